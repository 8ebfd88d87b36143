public import CivilTime
public import Exchanges
public import Journal
public import Registry
public import SQLDatabase

/// Takes lists of projects into the registry, as what a platform tells.
public struct ProjectListing: Sendable {
  private let registry: Registry
  private let journal: Journal
  private let database: Database

  /// - Parameter database: in which both of them keep what they have.
  public init(_ registry: Registry, _ journal: Journal, _ database: Database) {
    self.registry = registry
    self.journal = journal
    self.database = database
  }

  /// Records the list as it was handed over, then keeps its projects. The same list once more changes nothing.
  public func store(
    _ list: ProjectTable, _ bytes: [UInt8], requestID: String, at moment: Timestamp
  ) async throws -> (exchange: ExchangeID, counts: StoreCounts) {
    let exchange = try await journal.record(
      Exchange(
        platform: ProjectTable.platform, operation: "import", direction: .inbound, method: "FILE",
        address: "list:projects", requestHeaders: [ExchangeHeader(name: "Content-Type", value: "text/csv")],
        requestBody: bytes, created: moment, received: moment, outcome: .succeeded, requestID: requestID))
    let mapping = try await registry.define(
      .mapping, name: "\(ProjectTable.platform)/csv", version: 1, content: Self.definition, at: moment)
    let adapter = try await registry.define(
      .adapter, name: ProjectTable.platform, version: 1, content: Self.definition, at: moment)
    let observations = list.entries.compactMap { entry in
      RecordLocator(path: "$[\(entry.line)]").map { locator in
        Observation(
          platform: ProjectTable.platform, record: entry.record, exchange: exchange, locator: locator,
          mapping: mapping, adapter: adapter, received: moment)
      }
    }
    precondition(observations.count == list.entries.count, "a line has a place")
    let prepared = try registry.prepare(observations)
    let registry = registry
    let counts = try await database.write {
      try registry.store(prepared, in: $0, now: moment)
    }
    return (exchange, counts)
  }

  /// Which columns there are, for whoever asks by what a record was understood.
  private static let definition = Array(
    ("columns: " + ProjectTable.Column.allCases.map(\.rawValue).joined(separator: ", ")).utf8)
}
