public import Access
import Authorisations
public import Changes
public import CivilTime
public import Crypto
import Calendars
import Documents
public import HTTPTransport
import Inbound
public import Journal
import Materials
public import Notifications
public import Permits
public import Pushing
public import Registry
public import Replay
public import SQLDatabase
import Supply
public import Telemetry
public import Work

/// The composition root: everything one gateway is made of, opened in order and closed in the opposite one.
///
/// 1. The adapters and all secrets are read; when one is missing nothing is opened, and all that is missing is said at once.
/// 2. The database is opened and its tables brought up to date: journal, registry, access audit, changes, work, pushes, replays, subscriptions, permits, inbound calls, then what the caller adds.
/// 3. The registry's column keys are unwrapped with the master keys; without the right one the start ends here.
/// 4. Journal, registry and audit are put together on the database, and the client for outgoing calls is started.
///
/// Whoever runs schedules or an interface builds on these parts and ends before ``close()``.
public final class Gateway: Sendable {
  public let configuration: SiteConfiguration
  public let library: SiteLibrary
  public let log: Log
  public let database: Database
  public let keys: KeyRing
  public let registryKeys: RegistryKeys
  public let registry: Registry
  public let journal: Journal
  public let audit: AccessAudit
  /// What happened, for those who have to act upon it.
  public let changes: ChangeFeed
  public let subscriptions: Subscriptions
  /// What is to be done, by this process and others on the same database.
  public let work: WorkQueue
  public let pushes: Pushes
  public let replays: Replays
  public let permits: Permits
  public let consumers: ConsumerDirectory
  /// The configured platforms with their secrets, by name.
  public let platforms: [ResolvedPlatform]
  public let http: HTTPClient
  /// Calls those who are told of changes, and nobody else.
  public let receivers: HTTPClient
  public let started: Timestamp

  /// The parts whose tables every gateway has.
  public static let components = [
    JournalSchema.component, RegistrySchema.component, AccessAuditSchema.component, WorkSchema.component,
    PushSchema.component, ReplaySchema.component, ChangesSchema.component, SubscriptionSchema.component,
    PermitSchema.component, InboundSchema.component, SupplySchema.component, MaterialSchema.component,
    AuthorisationSchema.component, ReserveSchema.component,
  ]

  /// Opens a site.
  ///
  /// - Parameters:
  ///   - environment: the environment as it was at the start of the program; it is not looked at again.
  ///   - keys: master keys in place of the configured ones; `KeyRing.ephemeral()` for a demonstration, whose database is lost with them.
  ///   - components: tables of parts built on top.
  /// - Throws: `ConfigurationError` for secrets and files that are missing, `DatabaseError`, `RegistryError`, `CryptoError`, `TransportError`.
  public static func open(
    _ configuration: SiteConfiguration, environment: [String: String], keys: KeyRing? = nil,
    components: [SchemaComponent] = [], log: Log
  ) async throws -> Gateway {
    let diagnostics = Diagnostics()
    let library = SiteLibrary.read(configuration, diagnostics)
    let calendar = SiteCalendar.read(configuration, diagnostics)
    let secrets = SiteSecrets(configuration, environment: environment, keys: keys, diagnostics: diagnostics)
    configuration.checkDatabase(diagnostics)
    try diagnostics.throwIfErrors()
    guard let library, let secrets else { preconditionFailure("something is missing and nobody said what") }

    let database = try await Database.open(path: configuration.database)
    do {
      let steps = try await database.migrate(Self.components + components)
      for step in steps {
        log(
          .info, "database table step taken",
          ["component": .text(step.component), "version": .integer(step.version)])
      }
      try await ChangeFeed.begin(boot: WorkOwner().boot, in: database)
      let registryKeys = try await RegistryKeys.open(database, ring: secrets.keys)
      let http = try HTTPClient(configuration: HTTPClient.Configuration(egress: configuration.egress.policy))
      let receivers = try HTTPClient(
        configuration: HTTPClient.Configuration(
          egress: configuration.changes.destinations(configuration.egress.policy)))
      log(
        .info, "gateway opened",
        [
          "platforms": .integer(secrets.platforms.count),
          "consumers": .integer(secrets.consumers.names.count),
          "egressRules": .integer(configuration.egress.rules.count),
        ])
      let gateway = Gateway(
        configuration, library, secrets, database, registryKeys, http, receivers, calendar, log)
      try await gateway.pushes.beginDecisions()
      try await gateway.replays.beginDecisions()
      return gateway
    } catch {
      await database.close()
      throw error
    }
  }

  private init(
    _ configuration: SiteConfiguration, _ library: SiteLibrary, _ secrets: SiteSecrets, _ database: Database,
    _ registryKeys: RegistryKeys,
    _ http: HTTPClient, _ receivers: HTTPClient, _ calendar: WorkCalendar, _ log: Log
  ) {
    self.configuration = configuration
    self.library = library
    self.log = log
    self.database = database
    self.registryKeys = registryKeys
    self.http = http
    self.receivers = receivers
    keys = secrets.keys
    consumers = secrets.consumers
    platforms = secrets.platforms
    let told = SiteChanges(configuration, database: database, keys: registryKeys)
    changes = told.feed
    subscriptions = told.subscriptions
    work = told.queue
    registry = Registry(
      database: database, keys: registryKeys,
      precedence: Precedence(configuration.precedence, lists: [ProjectTable.platform]),
      changes: changes)
    journal = Journal(database: database, keys: secrets.keys)
    audit = AccessAudit(database: database, keys: registryKeys)
    pushes = Pushes(database: database, journal: journal, queue: work, keys: registryKeys)
    replays = Replays(
      pushes: pushes, keys: registryKeys, needsApproval: configuration.needsReplayApproval)
    permits = Permits(
      database: database, keys: registryKeys, queue: work, calendar: calendar, registry: registry,
      journal: journal, changes: changes, warned: { log.told($0) })
    permits.follow(pushes)
    started = .now()
  }

  public func platform(_ name: String) -> ResolvedPlatform? { platforms.first { $0.name == name } }

  /// Ends what this gateway opened: calls under way get `drain` to finish, then the database is closed.
  public func close(drain: Duration = .seconds(30)) async {
    changes.endWaiting()
    await http.shutdown(.drain(within: drain))
    await receivers.shutdown(.drain(within: drain))
    await JournalNotary(self).sign()
    await database.close()
    log(.info, "gateway closed")
  }
}
