import Adapters
import CivilTime
import Documents
import Exchanges
import Mapping
import Registry
import SQLDatabase

/// A page that has been understood: its records sealed and ready to store, and how far the pull has come with it.
struct PullPage: Sendable {
  let exchange: ExchangeID
  let prepared: [PreparedObservation]
  /// Of each of them, what the mapping calls it.
  let entities: [String]
  let quarantined: [QuarantineEntry]
  /// Digests of rows that gave a record, where quarantined rows of the operation wait for one.
  let released: [[UInt8]]
  let rows: Int
  let skipped: Int
  let bytes: Int
  /// The progress once this page is stored.
  let progress: PullProgress
  /// What its rows look like, by entity.
  let surveys: [String: EntitySurvey]
}

/// What every page of a run is derived with.
struct Derivation: Sendable {
  let key: OperationKey
  let mapping: CompiledMapping
  let mappingID: DefinitionID
  let adapterID: DefinitionID
  let registry: Registry
  /// Whether quarantined rows wait that may give a record now.
  let mayRelease: Bool

  /// So many failing rows of an answer, and no good one, are no accident.
  private static let changedMessage = 20

  /// Maps a page and prepares what has to be stored; all the computing of a pull happens here.
  func page(_ page: PlatformClient.Page, progress: PullProgress) throws -> PullPage {
    try understand(
      page.answer.message, of: page.exchange, received: page.received, bytes: page.bytes,
      counted: page.answer.facts.rows, progress: progress)
  }

  /// The same of what a platform sent by itself: it sends nothing in order to say that there is nothing. Whether any row gave a record is for the caller to see.
  func sent(_ message: MessageDocument, of exchange: ExchangeID, received: Timestamp) throws -> PullPage {
    try understand(
      message, of: exchange, received: received, bytes: 0, counted: nil, allFailing: nil,
      progress: PullProgress())
  }

  /// - Parameters:
  ///   - counted: rows that the envelope says there are; nil: some, since nobody sends a message without.
  ///   - limit: so many failing rows, and no good one, are an error; nil: none are.
  private func understand(
    _ message: MessageDocument, of exchange: ExchangeID, received: Timestamp, bytes: Int, counted: Int?,
    allFailing limit: Int? = changedMessage, progress: PullProgress
  ) throws -> PullPage {
    let result = try mapping.apply(to: message, keepingContent: mayRelease, surveying: true)
    // A mapping that looks elsewhere than the envelope would drop every row without a word.
    if result.rows == 0, counted != 0 { throw MappingError.noRows(of: mapping, counted: counted) }
    if let limit, result.records.isEmpty, result.quarantined.count >= limit {
      let reason = result.quarantined.first?.reasons.first?.description
      throw MappingError.noRowFits(result.quarantined.count, reason)
    }
    let observations = result.records.map { mapped in
      Observation(
        platform: key.platform, record: mapped.record, exchange: exchange, locator: mapped.locator,
        mapping: mappingID, adapter: adapterID, received: received)
    }
    let quarantined = result.quarantined.map { row in
      QuarantineEntry(
        platform: key.platform, operation: key.operation, exchange: exchange, locator: row.locator,
        mapping: mappingID, reasons: row.reasons.map(\.description), received: received,
        row: registry.rowDigest(row.content, entity: row.entity))
    }
    let released = result.records.compactMap { row in
      row.content.map { registry.rowDigest($0, entity: row.entity) }
    }
    return PullPage(
      exchange: exchange, prepared: try registry.prepare(observations),
      entities: result.records.map(\.entity), quarantined: quarantined, released: released, rows: result.rows,
      skipped: result.skipped, bytes: bytes, progress: progress,
      surveys: result.surveys)
  }

  /// Stores what was understood of a page: its records, and the rows that gave none.
  func store(
    _ page: PullPage, in transaction: Transaction, now: Timestamp = .now()
  ) throws -> StoreCounts {
    var counts = try registry.store(page.prepared, in: transaction, now: now)
    counts.quarantined += try settleRows(of: page, in: transaction)
    return counts
  }

  /// Of a page whose records are stored: the rows that gave none, and those that gave one at last. Returns how many gave none.
  func settleRows(of page: PullPage, in transaction: Transaction) throws -> Int {
    let quarantined = try registry.quarantine(page.quarantined, in: transaction)
    try registry.release(
      page.released, platform: key.platform, operation: key.operation, in: transaction)
    return quarantined
  }
}

extension Derivation {
  /// - Parameter mayRelease: nil: as the registry says now.
  /// - Throws: `TrialError` for a mapping that must not be run yet; nothing is stored then.
  init(
    _ key: OperationKey, _ mapping: CompiledMapping, _ adapter: Adapter, _ registry: Registry,
    _ gate: TrialGate?, mayRelease: Bool? = nil, at moment: Timestamp
  ) async throws {
    try await gate?.admit(mapping, for: key, registry, at: moment)
    var waits = mayRelease
    if waits == nil {
      waits = try await registry.hasQuarantined(platform: key.platform, operation: key.operation)
    }
    self.init(
      key: key, mapping: mapping,
      mappingID: try await registry.define(
        .mapping, name: mapping.name, version: mapping.version, content: mapping.bundle, at: moment),
      adapterID: try await registry.define(
        .adapter, name: adapter.name, version: 1, content: adapter.bundle, at: moment),
      registry: registry, mayRelease: waits ?? true)
  }
}
