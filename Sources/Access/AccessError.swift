/// Why the access audit cannot be read. Carries no personal data.
public struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable word for programs; open to growth.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A row of the audit was altered, or does not open.
    public static let auditDamaged = Code(rawValue: "access-audit-damaged")
  }

  public let code: Code
  /// The row of the audit that is meant.
  public let row: Int64
  public let message: String
  /// What to do next.
  public let remedy: String

  init(_ code: Code, row: Int64, _ message: String, remedy: String) {
    self.code = code
    self.row = row
    self.message = message
    self.remedy = remedy
  }

  public var description: String { "\(code.rawValue): \(message) (\(remedy))" }
}
