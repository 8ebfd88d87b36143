/// Why bytes or JSON are not a record.
public struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Not JSON at all.
    public static let notJSON = Code(rawValue: "not-json")
    /// A value of another type than the field's.
    public static let wrongType = Code(rawValue: "wrong-type")
    /// A member that records of this kind do not have.
    public static let unknownField = Code(rawValue: "unknown-field")
    /// `kind` is missing or not one of ours.
    public static let unknownKind = Code(rawValue: "unknown-kind")
  }

  public let code: Code
  /// `specific.buildingArea`, `holders[0].name`.
  public let path: String
  /// Without any value of the record.
  public let message: String

  public var description: String { "\(path.isEmpty ? "" : path + ": ")\(message) [\(code.rawValue)]" }
}
