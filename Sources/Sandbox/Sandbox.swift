public import CivilTime
import HTTPService
import HTTPTransport
import Synchronization

/// The simulated government platforms, each on a port of its own, and the control server that directs their faults.
///
/// They listen as soon as the sandbox is made, so ``connections`` can be written into a configuration; ``run()``
/// serves. Nothing is kept on disk and memory does not grow with what is pulled; what was pushed stays for as long as it runs.
public final class Sandbox: Sendable {
  public let configuration: SandboxConfiguration
  public let population: Population
  /// The faults in force.
  public let faults: FaultScript
  /// Answers requests without a socket, for tests.
  public let platforms: [any SimulatedPlatform]
  private let hosts: [PlatformHost]
  private let servers: [(name: String, server: HTTPServer)]
  private let ledger: CallLedger
  private let windows: [any PermitHolder]
  private let http: HTTPClient
  private let objections: DataObjections
  private let settings: [String: [SandboxConnection.Setting]]
  private let now: @Sendable () -> Timestamp

  /// Binds the ports. Throws `HTTPServiceError` when one is taken.
  ///
  /// - Parameter now: the platforms' clock: virtual in tests.
  public init(
    _ configuration: SandboxConfiguration = SandboxConfiguration(),
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
  ) throws {
    self.configuration = configuration
    let population = Population(
      seed: configuration.seed, sizes: configuration.sizes, history: configuration.history)
    let pager = Pager(cache: PageCache(capacity: configuration.pageCache))
    let limits = configuration.limits
    let zhejiang = ZhejiangPublicData(
      population, limits: limits, lifetimes: configuration.lifetimes, pager: pager, now: now)
    let investment = Investment30(population, limits: limits, pager: pager, now: now)
    let realEstate = RealEstateXML(population, limits: limits, pager: pager, now: now)
    let national = NationalExchange(
      population, limits: limits, lifetimes: configuration.lifetimes, pager: pager, now: now)
    let permits = PermitWindow(configuration.seed, limits: limits, now: now)
    let henan = HenanPermits(configuration.seed, limits: limits, lifetimes: configuration.lifetimes)
    let xinxian = XinxianPermits(configuration.seed, limits: limits)
    let chongqing = ChongqingPermits(configuration.seed, lifetimes: configuration.lifetimes)
    let changzhou = ChangzhouPermits(configuration.seed, limits: limits, lifetimes: configuration.lifetimes)
    let faces: [any PermitFace] = [henan, xinxian, chongqing, changzhou]
    let regional = faces.map { RegionalWindow($0, limits: limits, now: now) }
    let windows: [any PermitHolder] = [permits] + (regional as [any PermitHolder])
    let faults = FaultScript(seed: configuration.seed)
    let ledger = CallLedger()
    let cores: [any PlatformCore] =
      [zhejiang, investment, realEstate, national, permits] + (regional as [any PlatformCore])
    let hosts = cores.map { PlatformHost(core: $0, faults: faults, ledger: ledger) }
    var servers: [(name: String, server: HTTPServer)] = []
    for host in hosts {
      servers.append((host.name, try Sandbox.server(host.name, configuration) { await host.respond(to: $0) }))
    }
    let addresses = servers.map { ($0.name, Sandbox.address($0.server, configuration)) }
    // It calls whoever a script names.
    let http = try HTTPClient(configuration: HTTPClient.Configuration(egress: .unrestricted()))
    let control = ControlServer(
      cores: cores, effects: EffectControl(windows: windows, objections: zhejiang.objections, now: now),
      callbacks: CallbackControl(window: permits, http: http, now: now),
      sending: SendControl(senders: [investment, realEstate], http: http, now: now),
      addresses: addresses, faults: faults,
      ledger: ledger)
    servers.append(
      ("control", try Sandbox.server("control", configuration) { await control.respond(to: $0) }))
    self.population = population
    self.faults = faults
    self.ledger = ledger
    self.hosts = hosts
    self.servers = servers
    platforms = hosts
    settings = [
      zhejiang.name: zhejiang.settings, investment.name: investment.settings,
      realEstate.name: realEstate.settings,
      national.name: national.settings, permits.name: permits.settings,
    ].merging(faces.map { ($0.name, $0.settings) }) { first, _ in first }
    self.windows = windows
    self.now = now
    self.http = http
    objections = zhejiang.objections
  }

  /// `http://127.0.0.1:40001` by platform name, and `control`.
  public var addresses: [String: String] {
    Dictionary(uniqueKeysWithValues: servers.map { ($0.name, Sandbox.address($0.server, configuration)) })
  }

  /// What a gateway needs to call each platform, in a fixed order.
  public var connections: [SandboxConnection] {
    zip(hosts, servers).map { host, entry in
      SandboxConnection(
        platform: host.name, title: host.core.title, address: Sandbox.address(entry.server, configuration),
        settings: settings[host.name] ?? [])
    }
  }

  /// What happened so far at one operation of one platform.
  public func calls(_ platform: String, _ operation: String) -> CallCount {
    ledger.count(platform, operation)
  }

  /// What pushes have done at the permit windows, in the order of their coming at each.
  public var permitCases: [PermitCase] { windows.flatMap(\.cases.all) }

  /// What each permit window calls the states of its cases, by its name.
  public var permitWords: [String: Set<String>] {
    Dictionary(uniqueKeysWithValues: windows.map { ($0.name, $0.words) })
  }

  /// Lets the window of a case go on with it; nil when no window gave such a receipt.
  ///
  /// - Parameters:
  ///   - decision: the number of the decision (文号), for those that have one of their own: a refusal, or what takes a permit back.
  ///   - happened: when, by the window's word: earlier than now for what was done on paper (补录).
  @discardableResult
  public func decide(
    _ receipt: String, _ state: PermitCase.State, note: String? = nil, decision: String? = nil,
    happened: Timestamp? = nil
  ) -> PermitCase? {
    let time = happened ?? now()
    for window in windows {
      if let changed = window.cases.decide(receipt, state, note: note, decision: decision, at: time) {
        return changed
      }
    }
    return nil
  }

  /// The objections that the public data platform took.
  public var dataObjections: [DataObjection] { objections.all }

  /// Serves until ``stop()`` or until the task is cancelled. When one server fails, all stop and its error is thrown.
  /// To be called once.
  public func run() async throws {
    let servers = servers.map(\.server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for server in servers {
        group.addTask { try await server.run() }
      }
      do {
        try await group.waitForAll()
      } catch {
        for server in servers { server.stop() }
        await http.shutdown(.drain(within: .zero))
        throw error
      }
    }
    await http.shutdown(.drain(within: .zero))
  }

  /// Ends ``run()`` when the requests under way are answered.
  public func stop() {
    for (_, server) in servers { server.stop() }
  }

  private static func server(
    _ name: String, _ configuration: SandboxConfiguration, _ handler: @escaping HTTPServer.Handler
  ) throws -> HTTPServer {
    var settings = HTTPServerConfiguration(host: configuration.host, port: configuration.ports[name] ?? 0)
    // Faults keep connections busy for as long as the caller bears it.
    settings.deadlines.write = .seconds(3600)
    settings.deadlines.drain = .milliseconds(200)
    return try HTTPServer(configuration: settings, handler: handler)
  }

  private static func address(_ server: HTTPServer, _ configuration: SandboxConfiguration) -> String {
    "http://\(configuration.host):\(server.port)"
  }
}
