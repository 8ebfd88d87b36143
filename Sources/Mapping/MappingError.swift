/// Why a message cannot be mapped at all. Single rows never throw; they are quarantined.
public struct MappingError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A JSON message for an XML mapping, or the other way round.
    public static let wrongFormat = Code(rawValue: "wrong-format")
    /// Every row of a message fails.
    public static let noRowFits = Code(rawValue: "no-row-fits")
    /// Finding the rows would cost more than is allowed on this message.
    public static let rowsNotFound = Code(rawValue: "rows-not-found")
    /// A bundle that this program did not write, or that was damaged.
    public static let damagedBundle = Code(rawValue: "damaged-bundle")
  }

  public let code: Code
  /// What was found and what to do about it; without anything of the message's values.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The envelope counted rows where the mapping has none, or, with nil, there is no message without rows.
  public static func noRows(of mapping: CompiledMapping, counted: Int?) -> MappingError {
    let places = mapping.rowPaths.joined(separator: ", ")
    return MappingError(
      .rowsNotFound,
      counted.map {
        "the envelope counts \($0) rows, and the mapping \(mapping.name) finds none at \(places)"
      }
        ?? "the mapping \(mapping.name) finds no row at \(places)")
  }

  /// So many rows of a message, and none that gives a record: the message has changed, and to quarantine them all would take the page for done.
  ///
  /// - Parameter reason: the first one's.
  public static func noRowFits(_ rows: Int, _ reason: String?) -> MappingError {
    let first = reason.map { ": \($0)" } ?? ""
    return MappingError(
      .noRowFits, "none of \(rows) rows gives a record; the first one's reason\(first)")
  }

  public var description: String { "\(message) [\(code.rawValue)]" }
}
