import Adapters
import CivilTime
import Exchanges
import Mapping
import Registry

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

  /// So many failing rows and no good one are no accident.
  private static let changedMessage = 20

  /// Maps a page and prepares what has to be stored; all the computing of a pull happens here.
  func page(_ page: PlatformClient.Page, progress: PullProgress) throws -> PullPage {
    let result = try mapping.apply(to: page.answer.message, keepingContent: mayRelease, surveying: true)
    // A mapping that looks elsewhere than the envelope would drop every row without a word.
    if result.rows == 0, page.answer.facts.rows > 0 {
      throw MappingError.noRows(of: mapping, counted: page.answer.facts.rows)
    }
    if result.records.isEmpty, result.quarantined.count >= Self.changedMessage {
      throw MappingError.noRowFits(result.quarantined)
    }
    let observations = result.records.map { mapped in
      Observation(
        platform: key.platform, record: mapped.record, exchange: page.exchange, locator: mapped.locator,
        mapping: mappingID, adapter: adapterID, received: page.received)
    }
    let quarantined = result.quarantined.map { row in
      QuarantineEntry(
        platform: key.platform, operation: key.operation, exchange: page.exchange, locator: row.locator,
        mapping: mappingID, reasons: row.reasons.map(\.description), received: page.received,
        row: registry.rowDigest(row.content, entity: row.entity))
    }
    let released = result.records.compactMap { row in
      row.content.map { registry.rowDigest($0, entity: row.entity) }
    }
    return PullPage(
      exchange: page.exchange, prepared: try registry.prepare(observations),
      entities: result.records.map(\.entity), quarantined: quarantined, released: released, rows: result.rows,
      skipped: result.skipped, bytes: page.bytes, progress: progress,
      surveys: result.surveys)
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
