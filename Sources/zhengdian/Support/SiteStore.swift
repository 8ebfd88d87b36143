import Access
import Changes
import Crypto
import Gateway
import Journal
import Notifications
import Permits
import Pushing
import Registry
import Replay
import SQLDatabase
import Supply
import Sync
import Work

/// What a site knows, for commands that read it. No platform is called, so no secret of one is asked for.
struct SiteStore: Sendable {
  let configuration: SiteConfiguration
  let database: Database
  let keys: KeyRing
  let registryKeys: RegistryKeys
  let registry: Registry
  let journal: Journal
  let audit: AccessAudit
  let incidents: IncidentLedger
  let pushes: Pushes
  let permits: Permits
  let reserve: ReserveStore
  let indicators: IndicatorDesk
  let replays: Replays
  let changes: ChangeFeed
  let subscriptions: Subscriptions
  /// What customers handed in and agreed to.
  let counter: SupplyCounter

  /// Opens the site's store and closes it after `body`.
  ///
  /// - Throws: `ConfigurationError`; `CommandFailure` for a database that is not there or not up to date.
  static func use(
    _ configuration: SiteConfiguration, _ environment: Environment,
    _ body: (SiteStore) async throws -> ExitCode
  ) async throws -> ExitCode {
    let keys = try SiteFile.masterKeys(configuration, environment)
    return try await SiteDatabase.use(configuration.database) { database in
      try await SiteDatabase.requireCurrent(database)
      // What is decided here is told in the feed, by numbers that nobody has seen before a loss of power.
      try await ChangeFeed.begin(boot: WorkOwner().boot, in: database)
      let registryKeys = try await RegistryKeys.open(database, ring: keys)
      let journal = Journal(database: database, keys: keys)
      let told = SiteChanges(configuration, database: database, keys: registryKeys)
      let queue = told.queue
      let incidents = IncidentLedger(database: database, keys: registryKeys, changes: told.feed)
      try await incidents.sealPlaces()
      let pushes = Pushes(database: database, journal: journal, queue: queue, keys: registryKeys)
      let registry = Registry(
        database: database, keys: registryKeys,
        precedence: Precedence(configuration.precedence, lists: [ProjectTable.platform]),
        changes: told.feed)
      let permits = Permits(
        database: database, keys: registryKeys, queue: queue, calendar: try SiteCalendar.read(configuration),
        registry: registry, journal: journal, changes: told.feed)
      permits.follow(pushes)
      ObjectionDesk.follow(pushes, registry)
      return try await body(
        SiteStore(
          configuration: configuration, database: database, keys: keys, registryKeys: registryKeys,
          registry: registry,
          journal: journal, audit: AccessAudit(database: database, keys: registryKeys),
          incidents: incidents,
          pushes: pushes, permits: permits,
          reserve: ReserveStore(database: database, keys: registryKeys, changes: told.feed),
          indicators: IndicatorDesk(database, registryKeys, permits),
          replays: Replays(
            pushes: pushes, keys: registryKeys, needsApproval: configuration.needsReplayApproval),
          changes: told.feed, subscriptions: told.subscriptions,
          counter: SupplyCounter(
            store: SupplyStore(database: database, keys: registryKeys),
            following: SupplyFollowing(queue: queue, changes: told.feed))))
    }
  }
}
