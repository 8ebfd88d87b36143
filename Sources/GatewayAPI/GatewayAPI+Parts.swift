public import Access
public import Changes
public import CivilTime
public import HTTPTransport
public import Inbound
public import Journal
public import Notifications
public import Permits
public import Pushing
public import Registry
public import Replay
public import SQLDatabase
public import Supply
public import Sync
public import Telemetry

extension GatewayAPI {
  /// What the interface answers from. Whoever puts a gateway together fills it in.
  public struct Parts: Sendable {
    public var registry: Registry
    public var journal: Journal
    public var audit: AccessAudit
    public var consumers: ConsumerDirectory
    /// Where all of these lie, for health and counts.
    public var database: Database
    /// Makes the outgoing calls, for their counts.
    public var http: HTTPClient
    public var log: Log
    /// Tells how the platforms stand.
    public var platforms: any PlatformReporter
    /// What platforms' messages are no longer, and what is stale for it.
    public var incidents: IncidentLedger
    public var pushes: Pushes
    public var replays: Replays
    public var changes: ChangeFeed
    public var subscriptions: Subscriptions
    public var permits: PermitDesk
    public var supply: SupplyDesk
    public var reserve: ReserveDesk
    public var indicators: IndicatorDesk
    /// When the gateway was opened.
    public var started: Timestamp

    /// Notes connections and makes packages of archives; without one those are answered with 501.
    public var archivist: SupplyArchivist?
    /// Derives records again for `…/evidence?prove=true`; without one that is answered with 501.
    public var prover: (any Prover)?
    /// Looks for what a replay would repeat; without one plans are answered with 501.
    public var replayLibrary: ReplayLibrary?
    /// The longest that planning may take: a re-map is tried on all that it would repeat.
    public var planningDeadline = Duration.seconds(300)
    /// How often whoever follows a replay's events is told how it stands.
    public var replayPause = Duration.seconds(1)
    /// Takes the calls of platforms; without it there are none.
    public var inbound: InboundDesk?
    /// Proxies in front, which say where a request comes from.
    public var proxies: [AddressBlock] = []
    /// Further metrics, in this order.
    public var metrics: [any MetricsSource] = []
    /// The longest a request may take before it is answered with 503.
    public var deadline = Duration.seconds(10)
    /// The largest body of a request.
    public var largestBody = 256 << 10
    /// The clock, for tests.
    public var now: @Sendable () -> Timestamp = { .now() }

    public init(
      registry: Registry, journal: Journal, audit: AccessAudit, consumers: ConsumerDirectory,
      database: Database, http: HTTPClient, log: Log, platforms: any PlatformReporter,
      incidents: IncidentLedger, pushes: Pushes, replays: Replays, changes: ChangeFeed,
      subscriptions: Subscriptions, permits: PermitDesk, supply: SupplyDesk, reserve: ReserveDesk,
      indicators: IndicatorDesk, started: Timestamp
    ) {
      self.registry = registry
      self.journal = journal
      self.audit = audit
      self.consumers = consumers
      self.database = database
      self.http = http
      self.log = log
      self.platforms = platforms
      self.incidents = incidents
      self.pushes = pushes
      self.replays = replays
      self.changes = changes
      self.subscriptions = subscriptions
      self.permits = permits
      self.supply = supply
      self.reserve = reserve
      self.indicators = indicators
      self.started = started
    }
  }
}
