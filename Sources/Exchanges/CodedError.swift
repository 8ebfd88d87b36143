/// An error with an address: a stable code for programs, what was found, and what to do next. Its texts carry no personal data.
public struct CodedError<C: RawRepresentable<String> & Hashable & Sendable>:
  Error, Hashable, Sendable, CustomStringConvertible
{
  public let code: C
  /// Names fields and places, never values.
  public let message: String
  /// What to do next.
  public let remedy: String

  public init(_ code: C, _ message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
