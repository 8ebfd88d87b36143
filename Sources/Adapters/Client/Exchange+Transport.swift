import CivilTime
import Exchanges
import HTTPTransport

extension Exchange {
  mutating func take(_ response: HTTPResponse) {
    status = response.status
    responseHeaders = response.headers.journaled
    responseBody = response.body
    take(response.timings)
    received = Timestamp(milliseconds: response.timings.unixMilliseconds(of: response.timings.done))
  }

  /// What had come before it broke belongs in the journal too.
  mutating func take(_ failure: TransportError) {
    status = failure.partial.status
    responseHeaders = failure.partial.headers.journaled
    responseBody = failure.partial.body
    if let timings = failure.timings { take(timings) }
  }

  private mutating func take(_ timings: TransferTimings) {
    sent = timings.sent.map { Timestamp(milliseconds: timings.unixMilliseconds(of: $0)) }
  }
}

extension [HTTPHeader] {
  /// Without cookies and the like.
  fileprivate var journaled: [ExchangeHeader] {
    Redaction(headerNames: [], queryNames: []).redact(map { ExchangeHeader(name: $0.name, value: $0.value) })
  }
}

extension HTTPResponse {
  /// Seconds of a `Retry-After` header, given as such or as a date.
  func retryAfter(at now: Timestamp) -> Int? {
    headers["Retry-After"].flatMap { ServerHints.seconds($0, at: now) }
  }
}

extension AdapterError {
  /// A connection that broke, in the classes that decide what happens next.
  init(_ failure: TransportError) {
    let errorClass: ErrorClass =
      switch failure.code {
      case .invalidRequest, .invalidURL, .invalidConfiguration, .egressRefused, .tlsConfiguration:
        .configuration
      case .tls: .credentials
      case .malformedResponse, .badEncoding, .bodyTooLarge, .headersTooLarge: .platform
      default: .transient
      }
    self.init(
      .transport, errorClass, "\(failure.code.rawValue): \(failure.message)", remedy: failure.remedy)
  }
}

extension String {
  /// Scheme, host and port of an address: what stands before the first slash after `//`.
  var origin: String {
    guard let start = range(of: "//") else { return "" }
    let rest = self[start.upperBound...]
    return String(self[..<(rest.firstIndex { "/?#".contains($0) } ?? endIndex)]).lowercased()
  }

  private func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
