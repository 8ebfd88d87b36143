import Adapters
public import Documents
public import Exchanges
public import Journal
public import Mapping

/// An operation whose messages a mapping understands, as the journal has them.
public protocol MappedOperation: Sendable {
  var key: OperationKey { get }
  var mapping: CompiledMapping { get }

  /// What the mapping sees of an exchange, opened as the adapter says today.
  ///
  /// - Throws: `JournalError` where it is not there any more, `AdapterError` or `InboundRefusal` where it cannot be opened.
  func message(of exchange: ExchangeID) async throws -> MessageDocument

  /// Those that the filter lets through.
  func exchanges(_ filter: ExchangeFilter) async throws -> [ExchangeID]
}

extension PullRunner: MappedOperation {
  public func message(of exchange: ExchangeID) async throws -> MessageDocument {
    try client.open(try await ledger.journal.body(exchange, .response), of: operation.base).message
  }

  public func exchanges(_ filter: ExchangeFilter) async throws -> [ExchangeID] {
    try await ledger.journal.list(filter).map(\.id)
  }
}

extension RecordIntake: MappedOperation {
  public func message(of exchange: ExchangeID) async throws -> MessageDocument {
    let kept = try await ledger.journal.exchange(exchange)
    return try operation.message(kept.requestBody, headers: kept.requestHeaders)
  }

  public func exchanges(_ filter: ExchangeFilter) async throws -> [ExchangeID] {
    try await ledger.journal.list(filter).map(\.id)
  }
}
