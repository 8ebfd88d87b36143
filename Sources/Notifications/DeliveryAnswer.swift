import Exchanges
import HTTPTransport
import Work

/// What a receiver made of a message.
enum DeliveryAnswer: Hashable, Sendable {
  case taken
  /// It says that nobody is there any more, or nothing can be sent to it: trying again is in vain.
  case ended(WorkProblem)
  /// It does not want this message; others it may take.
  case refused(WorkProblem)
  case failed(WorkProblem)

  /// - Parameter retryAfter: seconds, where it says so.
  init(status: Int, retryAfter: Int?) {
    func problem(_ code: String, _ errorClass: ErrorClass, _ remedy: String) -> WorkProblem {
      WorkProblem(
        code: code, errorClass: errorClass, message: "the receiver answered \(status)", remedy: remedy)
    }
    switch status {
    case 200..<300: self = .taken
    case 410:
      self = .ended(
        problem("receiver-gone", .configuration, "delete the subscription, or let it go on"))
    case 300..<400:
      self = .failed(
        problem("receiver-moved", .configuration, "subscribe with the new address: no redirect is followed"))
    case 401, 403:
      self = .failed(
        problem("receiver-denies", .credentials, "see that the receiver knows the subscription's secret"))
    case 404, 405:
      self = .failed(
        problem("receiver-missing", .configuration, "see that the receiver runs at this address"))
    case 408, 425:
      self = .failed(problem("receiver-failed", .transient, "it is tried again"))
    case 429:
      var busy = problem("receiver-busy", .rate, "it is tried again")
      busy.retryAfter = retryAfter
      self = .failed(busy)
    case 400..<500:
      self = .refused(
        problem("receiver-refuses", .data, "see in the receiver's log what it does not like"))
    default:
      var failed = problem("receiver-failed", .platform, "it is tried again")
      failed.retryAfter = retryAfter
      self = .failed(failed)
    }
  }

  init(_ error: TransportError) {
    switch error.code {
    case .egressRefused, .invalidURL, .invalidRequest, .tlsConfiguration:
      self = .ended(
        WorkProblem(
          code: error.code.rawValue, errorClass: .configuration, message: error.message,
          remedy: error.remedy))
    default:
      self = .failed(
        WorkProblem(
          code: error.code.rawValue, errorClass: .transient, message: error.message, remedy: error.remedy))
    }
  }
}
