import Adapters
public import Exchanges
import Journal
import Mapping
public import Registry
public import SQLDatabase

/// What understanding old messages again would do.
public struct RemappingEffect: Hashable, Sendable {
  public var counts = StoreCounts()
  /// Messages that are not a success by adapter and mapping as they are now.
  public var unreadable: [ExchangeID] = []

  public init() {}
}

extension PullRunner {
  /// Understands once more what was received in an exchange, by adapter and mapping as they are now, and stores what comes out. The exchange stays
  /// as it was, and so do the versions of certificates that rest on it.
  ///
  /// - Parameter keep: writes down that it was done, in the same transaction.
  public func remap(
    _ exchange: ExchangeID, keep: @escaping @Sendable (StoreCounts, Transaction) throws -> Void
  ) async throws {
    let page = try await understand(exchange, try await derivation())
    let (key, registry, database) = (key, registry, ledger.database)
    try await database.writeRegardless { transaction in
      var counts = try registry.store(page.prepared, in: transaction)
      counts.quarantined += try registry.quarantine(page.quarantined, in: transaction)
      try registry.release(page.released, platform: key.platform, operation: key.operation, in: transaction)
      try keep(counts, transaction)
    }
  }

  /// What ``remap(_:keep:)`` would do with these exchanges, one after the other. Nothing is written, not even that the mapping is in use.
  public func effectOfRemapping(_ exchanges: [ExchangeID]) async throws -> RemappingEffect {
    let derivation = Derivation(
      key: key, mapping: mapping, mappingID: DefinitionID(rawValue: 0), adapterID: DefinitionID(rawValue: 0),
      registry: registry, mayRelease: false)
    var effect = RemappingEffect()
    let outlook = StoreOutlook()
    for exchange in exchanges {
      try Task.checkCancellation()
      let page: PullPage
      do {
        page = try await understand(exchange, derivation)
      } catch is AdapterError {
        effect.unreadable.append(exchange)
        continue
      } catch is MappingError {
        effect.unreadable.append(exchange)
        continue
      }
      let registry = registry
      effect.counts += try await ledger.database.read { reader in
        try registry.effect(of: page.prepared, after: outlook, in: reader)
      }
      effect.counts.quarantined += page.quarantined.count
    }
    return effect
  }

  private func understand(_ exchange: ExchangeID, _ derivation: Derivation) async throws -> PullPage {
    let stored = try await ledger.journal.exchange(exchange)
    let answer = try client.open(
      stored.responseBody, status: stored.status ?? 0, of: operation.base)
    let page = PlatformClient.Page(
      exchange: exchange, answer: answer, received: stored.received ?? stored.created,
      bytes: stored.responseBody.count, contentType: nil)
    return try derivation.page(page, progress: PullProgress())
  }
}
