import Adapters
public import Exchanges
import Journal
import Mapping
public import Registry
public import SQLDatabase

/// What understanding old messages again would do.
public struct RemappingEffect: Hashable, Sendable {
  public var counts = StoreCounts()
  /// Messages that are not a success by the adapter as it is now.
  public var unreadable = 0

  public init() {}
}

extension PullRunner {
  /// Messages understood together.
  private static let remappedTogether = 50

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

  /// What ``remap(_:keep:)`` would do with these exchanges.
  public func effectOfRemapping(_ exchanges: [ExchangeID]) async throws -> RemappingEffect {
    let derivation = try await derivation()
    var effect = RemappingEffect()
    var rest = exchanges[...]
    while !rest.isEmpty {
      let portion = rest.prefix(Self.remappedTogether)
      rest = rest.dropFirst(portion.count)
      for exchange in portion {
        try Task.checkCancellation()
        let page: PullPage
        do {
          page = try await understand(exchange, derivation)
        } catch is AdapterError {
          effect.unreadable += 1
          continue
        } catch is MappingError {
          effect.unreadable += 1
          continue
        }
        let registry = registry
        effect.counts += try await ledger.database.read { try registry.effect(of: page.prepared, in: $0) }
        effect.counts.quarantined += page.quarantined.count
      }
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
