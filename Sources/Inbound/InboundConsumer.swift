public import Adapters
public import CivilTime
public import Exchanges
public import SQLDatabase

/// Acts on the calls of one purpose.
public protocol InboundConsumer: Sendable {
  /// Does what the call says, in the transaction that says that it was done.
  ///
  /// - Parameters:
  ///   - exchange: under which the call is in the journal.
  ///   - received: when it came, which may be long ago where it could not be acted upon then.
  /// - Throws: `InboundRefusal` where it cannot be acted upon, and then has changed nothing.
  func act(
    on call: InboundCall, exchange: ExchangeID, received: Timestamp, in transaction: Transaction,
    now: Timestamp
  ) throws
}
