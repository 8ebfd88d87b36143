/// Why an exchange did not succeed. The texts carry no personal data; they are shown in logs and lists.
public struct ExchangeProblem: Hashable, Sendable, CustomStringConvertible {
  /// Stable word for programs: `paging-early-end`, `signature-refused`, …
  public var code: String
  public var errorClass: ErrorClass
  /// What was found, and where.
  public var message: String
  /// What to do next.
  public var remedy: String

  public init(code: String, errorClass: ErrorClass, message: String, remedy: String) {
    self.code = code
    self.errorClass = errorClass
    self.message = message
    self.remedy = remedy
  }

  public var description: String {
    remedy.isEmpty ? "\(code): \(message)" : "\(code): \(message) (\(remedy))"
  }
}
