public import Exchanges

/// Why an item could not be done. The texts carry no personal data; they stand in plain columns and lists.
public struct WorkProblem: Hashable, Sendable, CustomStringConvertible {
  /// Stable word for programs.
  public var code: String
  public var errorClass: ErrorClass
  public var message: String
  /// What to do next.
  public var remedy: String
  /// Seconds to wait, where the platform or a limit says so. Not stored: it is in the item's time.
  public var retryAfter: Int?

  public init(
    code: String, errorClass: ErrorClass, message: String = "", remedy: String = "", retryAfter: Int? = nil
  ) {
    self.code = code
    self.errorClass = errorClass
    self.message = message
    self.remedy = remedy
    self.retryAfter = retryAfter
  }

  public init(_ problem: ExchangeProblem, retryAfter: Int? = nil) {
    self.init(
      code: problem.code, errorClass: problem.errorClass, message: problem.message, remedy: problem.remedy,
      retryAfter: retryAfter)
  }

  /// The code of work that is parked because every process that began it vanished.
  public static let endsProcess = "work-ends-process"

  /// - Parameter vanished: how many of them in a row.
  static func endsProcess(after vanished: Int) -> WorkProblem {
    WorkProblem(
      code: endsProcess, errorClass: .configuration,
      message: "the last \(vanished) processes that began it vanished while they worked on it",
      remedy: "find in the system's log what ended them, mend that, then let it run again")
  }

  public var description: String {
    remedy.isEmpty ? "\(code): \(message)" : "\(code): \(message) (\(remedy))"
  }
}
