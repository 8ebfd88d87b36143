public import Adapters
public import CivilTime
public import Documents
public import Exchanges
import Journal
public import Mapping
public import Registry
public import SQLDatabase
import Synchronization

/// Understands what one operation of a platform sends by itself, and keeps it like what the platform was asked for.
public final class RecordIntake: Sendable {
  public let key: OperationKey
  public let mapping: CompiledMapping
  let operation: InboundOperation
  let ledger: SyncLedger
  private let adapter: Adapter
  private let registry: Registry
  private let gate: TrialGate?
  private let now: @Sendable () -> Timestamp
  private let watch: MessageWatch
  /// Made by the first message: neither mapping nor adapter change while the process runs.
  private let made = Mutex<Derivation?>(nil)

  /// - Parameter gate: keeps an untried mapping from being run; nil: nothing is asked or noted.
  public init(
    platform: String, operation: InboundOperation, of adapter: Adapter, mapping: CompiledMapping,
    ledger: SyncLedger, registry: Registry, gate: TrialGate? = nil,
    now: @escaping @Sendable () -> Timestamp
  ) {
    key = OperationKey(platform: platform, operation: operation.name)
    self.operation = operation
    self.adapter = adapter
    self.ledger = ledger
    self.mapping = mapping
    self.registry = registry
    self.gate = gate
    self.now = now
    watch = MessageWatch(key, mapping, ledger, by: .call)
  }

  /// Maps a message and seals its records; nothing of it is stored yet.
  ///
  /// - Throws: `MappingError` for a message without rows, or none of whose rows gives a record: one row may be all that there is, and would be lost where the
  ///   platform believes that it is told; `DriftHeld` for one that the mapping's contract
  ///   holds; `TrialError` for a mapping that must not be run yet.
  public func understand(
    _ message: MessageDocument, of exchange: ExchangeID, received: Timestamp
  ) async throws -> SentRecords {
    let derivation = try await derivation()
    let page: PullPage
    do {
      page = try derivation.sent(message, of: exchange, received: received)
    } catch let error as MappingError {
      try await watch.refuse(error, rows: [], of: exchange, at: now())
      throw error
    }
    if page.prepared.isEmpty, !page.quarantined.isEmpty {
      let error = MappingError.noRowFits(page.quarantined.count, page.quarantined[0].reasons.first)
      let isToBeJudged = try await watch.refuse(
        error, rows: page.quarantined.compactMap(\.row), of: exchange, at: now())
      // Good calls come between bad ones: their share in all of them tells, and holds them. This one is bad by itself, also when that is over.
      if isToBeJudged {
        do {
          try await watch.judge(page, under: derivation.mappingID, at: now())
        } catch is DriftHeld {}
      }
      throw error
    }
    try await watch.judge(page, under: derivation.mappingID, at: now())
    return SentRecords(derivation: derivation, page: page)
  }

  private func derivation() async throws -> Derivation {
    if let made = made.withLock({ $0 }) { return made }
    let derivation = try await Derivation(key, mapping, adapter, registry, gate, mayRelease: true, at: now())
    made.withLock { $0 = derivation }
    return derivation
  }
}

/// The records of a message that a platform sent by itself, ready to be stored.
public struct SentRecords: Sendable {
  fileprivate let derivation: Derivation
  fileprivate let page: PullPage

  public var count: Int { page.prepared.count }

  /// Stores them, and keeps the rows that gave none.
  @discardableResult
  public func store(in transaction: Transaction, now: Timestamp) throws -> StoreCounts {
    try derivation.store(page, in: transaction, now: now)
  }
}
