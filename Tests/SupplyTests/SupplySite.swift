import Authorisations
import Certificates
import Changes
import CivilTime
import Crypto
import Exchanges
import Journal
import Materials
import Policies
import Registry
import SQLDatabase
import Supply
import TestSupport
import Testing
import Work

/// A registry with certificates, and a desk in front of it.
struct SupplySite {
  let folder = TemporaryFolder()
  let database: Database
  let ring: KeyRing
  let keys: RegistryKeys
  let registry: Registry
  let journal: Journal
  let queue: WorkQueue
  let feed: ChangeFeed
  let following: SupplyFollowing
  let desk: SupplyDesk

  /// - Parameters:
  ///   - reach: at each look.
  ///   - sources: makes what can be asked of the site as it is so far.
  ///   - meanwhile: done when the registry has been read, and nothing is kept yet.
  init(
    reach: @autoclosure @escaping @Sendable () -> [CertificateKind: SupplyReach] = SupplyBench.everywhere,
    isStale: Bool = false, most: Int = 500, budget: Duration = .seconds(3),
    sources: (SupplyTeller) -> [SupplyQuery] = { _ in [] },
    meanwhile: @escaping @Sendable () async throws -> Void = {}
  ) async throws {
    database = try await Database.open(path: folder.file("site.sqlite"))
    _ = try await database.migrate([
      JournalSchema.component, RegistrySchema.component, SupplySchema.component, WorkSchema.component,
      ChangesSchema.component, MaterialSchema.component, AuthorisationSchema.component,
      ReserveSchema.component,
    ])
    ring = KeyRing.ephemeral()
    keys = try await RegistryKeys.open(database, ring: ring)
    feed = ChangeFeed(database: database)
    registry = Registry(
      database: database, keys: keys, precedence: Precedence(lists: [ProjectTable.platform]), changes: feed)
    journal = Journal(database: database, keys: ring)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    following = SupplyFollowing(queue: queue, changes: feed)
    let teller = SupplyTeller(database: database, registry: registry, journal: journal)
    desk = SupplyDesk(
      store: SupplyStore(database: database, keys: keys), registry: registry, journal: journal,
      policies: SupplyBench.library,
      surroundings: SupplyDesk.Surroundings(
        reach: { reach() },
        staleness: {
          try await meanwhile()
          return { isStale ? $0.seen : nil }
        }, sources: sources(teller)),
      following: following, budget: budget, mostCertificates: most)
  }

  /// Projects, and what looks at them.
  var reserve: ReserveStore { ReserveStore(database: database, keys: keys, changes: feed) }
  var projects: ReserveWatch { ReserveWatch(reserve, registry, now: { SupplyBench.moment }) }
  var conversion: ReserveDesk { ReserveDesk(store: reserve, supply: desk) }

  @discardableResult
  func store(
    _ records: [CertificateRecord], direction: ExchangeDirection = .outbound, platform: String = "data",
    operation: String = "pull"
  ) async throws -> ExchangeID {
    try await SupplyTeller(database: database, registry: registry, journal: journal).tell(
      records, direction: direction, platform: platform, operation: operation)
  }

  /// Does the work that is ready, in its order, until there is none.
  ///
  /// - Returns: how many items were done.
  func work(at moment: Timestamp = SupplyBench.moment) async throws -> Int {
    let handler = SupplyHandler(desk, following, now: { moment })
    var done = 0
    while let lease = try await queue.claim(
      kinds: [.supply], limit: 1, lease: .seconds(60), now: moment
    ).first {
      try await handler.perform(lease)
      done += 1
    }
    return done
  }

  func close() async { await database.close() }
}

/// Brings records into a registry as an exchange with a platform does.
struct SupplyTeller: Sendable {
  let database: Database
  let registry: Registry
  let journal: Journal

  /// Tells, as a platform does that was asked.
  func answer(_ records: [CertificateRecord]) async throws -> SupplyAsking.State {
    let exchange = try await tell(records, at: SupplyBench.moment)
    let registry = registry
    let ids = try await database.read { reader in
      try records.compactMap(\.identity).compactMap { try registry.id(of: $0, in: reader) }
    }
    return .told(
      .init(
        exchange: exchange, received: SupplyBench.moment, isWhole: true, certificates: Set(ids)))
  }

  func tell(
    _ records: [CertificateRecord], direction: ExchangeDirection = .outbound,
    at moment: Timestamp = SupplyBench.moment.advanced(byMilliseconds: -3_600_000),
    platform: String = "data", operation: String = "pull"
  ) async throws -> ExchangeID {
    let id = try await journal.record(
      Exchange(
        platform: platform, operation: operation, direction: direction, method: "POST",
        address: "https://data.example/", requestBody: [], status: 200, responseBody: [1],
        created: SupplyBench.moment, sent: SupplyBench.moment, received: SupplyBench.moment,
        outcome: .succeeded, requestID: "sync-1"))
    let mapping = try await registry.define(
      .mapping, name: "m", version: 1, content: [1], at: SupplyBench.moment)
    let adapter = try await registry.define(
      .adapter, name: "a", version: 1, content: [2], at: SupplyBench.moment)
    let prepared = try registry.prepare(
      try records.enumerated().map { index, record in
        Observation(
          platform: platform, record: record, exchange: id,
          locator: try #require(RecordLocator(path: "$[\(index)]")), mapping: mapping, adapter: adapter,
          received: moment)
      })
    let registry = registry
    try await database.write { _ = try registry.store(prepared, in: $0) }
    return id
  }
}
