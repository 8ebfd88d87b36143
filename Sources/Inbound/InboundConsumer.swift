public import Adapters
public import CivilTime
public import Exchanges
public import SQLDatabase

/// Acts on the calls of one purpose, in two steps: while a transaction is open nobody else can write, so whatever takes time
/// comes before it.
public protocol InboundConsumer: Sendable {
  /// Reads a call, and makes ready what it brings about. Nothing that a call brings is kept yet.
  ///
  /// - Throws: `InboundRefusal` where nothing can be made of it.
  func prepare(_ arrival: InboundArrival) async throws -> InboundDeed
}

/// A call that is in the journal, and has not been acted upon.
public struct InboundArrival: Sendable {
  public let receiver: InboundReceiver
  public let request: InboundRequest
  /// Under which it is in the journal.
  public let exchange: ExchangeID
  /// When it came, which may be long ago where it could not be acted upon then.
  public let received: Timestamp
}

/// What a call brings about, made ready.
public struct InboundDeed: Sendable {
  /// How many records it brought, for the answer.
  let records: Int
  /// Does it, in the transaction that says that it was done. Throws `InboundRefusal` where it cannot be done, and then has
  /// changed nothing.
  let act: @Sendable (Transaction, _ now: Timestamp) throws -> Void

  public init(records: Int = 0, _ act: @escaping @Sendable (Transaction, _ now: Timestamp) throws -> Void) {
    self.records = records
    self.act = act
  }
}
