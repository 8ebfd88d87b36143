/// A value to bind to a placeholder.
///
/// The four storage classes that SQLite and PostgreSQL share. A date or a moment is an integer or a text
/// by the choice of the table that keeps it.
public enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  public static func int(_ value: Int64) -> SQLValue { .integer(value) }
  public static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }

  /// A Boolean, kept as 0 or 1.
  public static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

  public static func intOrNull(_ value: Int64?) -> SQLValue {
    if let value { .integer(value) } else { .null }
  }

  public static func intOrNull(_ value: Int?) -> SQLValue {
    if let value { .integer(Int64(value)) } else { .null }
  }

  public static func realOrNull(_ value: Double?) -> SQLValue {
    if let value { .real(value) } else { .null }
  }

  public static func textOrNull(_ value: String?) -> SQLValue {
    if let value { .text(value) } else { .null }
  }

  public static func blobOrNull(_ value: [UInt8]?) -> SQLValue {
    if let value { .blob(value) } else { .null }
  }
}
