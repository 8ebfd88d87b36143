public import Exchanges
public import SQLDatabase

/// What somebody still needs of an exchange that has been kept long enough.
public enum RetentionHold: Hashable, Sendable {
  /// That it was: what was said may go.
  case row
  /// All of it.
  case everything
}

/// Says which exchanges a part of the gateway still needs. Asked inside the transaction that removes them, so that nothing can become needed in
/// between: an answer takes a few look-ups by an index, and calls nobody.
public struct RetentionGuard: Sendable {
  /// Why, in a word for counts and reports.
  public let reason: String
  let holds: @Sendable (_ exchanges: [ExchangeID], _ reader: Reader) throws -> [ExchangeID: RetentionHold]

  public init(
    reason: String,
    holds:
      @escaping @Sendable (_ exchanges: [ExchangeID], _ reader: Reader) throws -> [ExchangeID:
      RetentionHold]
  ) {
    self.reason = reason
    self.holds = holds
  }
}
