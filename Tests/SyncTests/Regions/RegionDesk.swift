import Adapters
import Applications
import Calendars
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPTransport
import Journal
import Mapping
import Permits
import Policies
import Pushing
import Registry
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

/// The permit cases of a gateway with one region's window, on a clock that goes on when a test says so.
final class RegionDesk: Sendable {
  let bench: SyncBench
  let queue: WorkQueue
  let pushes: Pushes
  let permits: Permits
  let desk: PermitDesk
  let troubles = Mutex<[PermitHandler.Trouble]>([])
  private let client: PlatformClient
  private let platform: String
  private let routes: PermitRoutes

  /// The policies of the repository.
  static let policies: PolicyLibrary = {
    let diagnostics = Diagnostics()
    let names = ["national", "henan", "xinxian", "chongqing", "changzhou", "hangzhou"]
    let library = PolicyLibrary(
      names.map { name in
        let file = "\(Library.repository)/Adapters/\(name)/policy.yaml"
        return PolicyLibrary.Source(name: name, file: file, bytes: Library.read(file))
      }, diagnostics)
    precondition(!diagnostics.hasErrors, "\(diagnostics.all)")
    return library
  }()

  private init(_ bench: SyncBench, _ database: Database, _ keys: RegistryKeys, _ region: String) throws {
    self.bench = bench
    let platform = region + "-permits"
    self.platform = platform
    let clock = bench.clock
    let journal = Journal(database: database, keys: bench.ring)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    pushes = Pushes(database: database, journal: journal, queue: queue, keys: keys, now: { clock.now })
    permits = Permits(database: database, keys: keys, queue: queue, calendar: .china)
    permits.follow(pushes)
    let ledger = SyncLedger(database: database, journal: journal, sealer: keys.sealer)
    let connection = try #require(bench.sandbox.connections.first { $0.platform == platform })
    let adapter = try #require(Library.adapters.adapter(region + "/permits"))
    let window = try #require(adapter.window)
    let client = try PlatformClient(
      adapter: adapter,
      connection: Connection(
        platform: platform, url: connection.address,
        settings: Dictionary(uniqueKeysWithValues: connection.settings.map { ($0.name, $0.value) })),
      http: bench.http, recorder: ledger, budget: ledger,
      environment: CallEnvironment(
        now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { _ in await Task.yield() },
        uptime: { Double(clock.elapsed) }))
    self.client = client
    func route(_ name: String) throws -> PushRoute { try Self.route(name, client) }
    let routes = PermitRoutes(
      platform: platform, items: try window.items.mapValues(route),
      promises: try window.promises.mapValues(route), filings: try window.filings.mapValues(route),
      supplement: try window.supplement.map(route), withdraw: try window.withdraw.map(route),
      client: client, progress: window.progress.flatMap { client.adapter.operation($0) })
    self.routes = routes
    desk = PermitDesk(
      permits: permits, pushes: pushes, policies: Self.policies, routes: { _ in routes },
      now: { clock.now })
  }

  /// - Parameter start: what the clock shows, Beijing time.
  static func run<T: Sendable>(
    _ region: String, from start: String, _ body: @escaping @Sendable (RegionDesk) async throws -> T
  ) async throws -> T {
    try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/a.sqlite")
      do {
        try await database.migrate([
          JournalSchema.component, RegistrySchema.component, SyncSchema.component, WorkSchema.component,
          PushSchema.component, PermitSchema.component,
        ])
        let keys = try await RegistryKeys.open(database, ring: bench.ring)
        let desk = try RegionDesk(bench, database, keys, region)
        bench.clock.advance(seconds: Int(try moment(start).milliseconds(since: bench.clock.now) / 1000))
        let value = try await body(desk)
        await database.close()
        return value
      } catch {
        await database.close()
        throw error
      }
    }
  }

  /// Beijing time.
  static func moment(_ text: String) throws -> Timestamp {
    try #require(CivilDateTime(iso: text)).timestamp(offsetSeconds: UTCOffset.china)
  }

  private static func route(_ name: String, _ client: PlatformClient) throws -> PushRoute {
    let operation = try #require(client.adapter.operation(name))
    let push = try #require(operation.push)
    let template = try #require(Library.mappings.template(push.template))
    return try PushRoute(client: client, operation: operation, template: template)
  }

  var now: CivilDateTime { bench.clock.now.civil(offsetSeconds: UTCOffset.china) }

  /// Does what is due, and lets time pass, until the clock shows `end`.
  func goOn(to end: String) async throws {
    let end = try Self.moment(end)
    while true {
      try await work()
      let time = bench.clock.now
      guard let due = try await queue.nextDue(kinds: [.push, .permit], now: time), due < end else { break }
      bench.clock.advance(seconds: max(1, Int(due.milliseconds(since: time) / 1000) + 1))
    }
    let left = end.milliseconds(since: bench.clock.now) / 1000
    if left > 0 { bench.clock.advance(seconds: Int(left)) }
    try await work()
  }

  private func work() async throws {
    let clock = bench.clock
    let pushing = PushHandler(
      pushes: pushes,
      environment: CallEnvironment(
        now: { clock.now }, random: { [UInt8](repeating: 0, count: $0) },
        sleep: { _ in await Task.yield() }, uptime: { Double(clock.elapsed) }),
      routes: { [client] _, operation in try? Self.route(operation, client) })
    let permitting = PermitHandler(
      permits: permits, pushes: pushes, queue: queue, routes: { [routes] _ in routes },
      now: { clock.now }, fraction: { 0.5 },
      trouble: { [self] trouble in troubles.withLock { $0.append(trouble) } })
    while true {
      let leases = try await queue.claim(
        kinds: [.push, .permit], lanes: [], limit: 1, lease: .seconds(20), now: clock.now)
      guard let lease = leases.first else { return }
      if lease.kind == .push {
        try await pushing.perform(lease)
      } else {
        try await permitting.perform(lease)
      }
    }
  }

  /// Opens a case with every file there is.
  func open(_ area: String, _ facts: String) async throws -> PermitCaseID {
    let usual =
      #""digs-road": true, "occupies-road": true, "uses-green-land": true, "trees": "ordinary", "crossings": []"#
    let application = """
      {"kind": "permit-application", "applicationNumber": "SQ-1", "projectName": "拟东线", "itemCode": "route-planning",
       "applicant": {"name": "拟电力公司", "code": "91330199TX0000001W", "codeType": "001"}, "location": "拟路 1 号",
       "areaCode": "\(area)", "startDate": "2026-11-01", "endDate": "2026-12-01", "lineLength": 420, "voltage": 10,
       "occupiedArea": 3, "diggingLength": 86.4, "greenArea": 30, "promise": false}
      """
    let codes = ["route-drawing", "promise-letter", "construction-plan", "traffic-plan", "tree-list"]
    return try await desk.open(
      PermitRequest(
        number: "GD-1", region: area, day: now.date,
        facts: try Facts(decoding: JSONDocument(parsing: Array("{\(facts), \(usual)}".utf8)).root),
        application: try ApplicationRecord(decoding: Array(application.utf8)),
        materials: codes.map { Self.material($0) }, requestID: "test")
    ).id
  }

  static func material(_ code: String, _ text: String = "content") -> PermitMaterial {
    let bytes = Array("\(text) of \(code)\r\n--\u{0}".utf8)
    return PermitMaterial(
      code: code,
      attachment: Applications.Attachment(
        name: "\(code).bin", mediaType: "application/octet-stream", bytes: bytes,
        sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  /// The latest attempt at an item.
  func item(
    _ item: PermitItem, of id: PermitCaseID, knownAt: String? = nil
  ) async throws -> PermitItemView {
    let view = try await permits.view(id, at: now, knownAt: try knownAt.map(Self.moment))
    return try #require(view.items.last { $0.attempt.item == item })
  }

  func states(of id: PermitCaseID) async throws -> [PermitState?] {
    var states: [PermitState?] = []
    for item in PermitItem.allCases { states.append(try await self.item(item, of: id).attempt.state) }
    return states
  }

  /// The clauses of a decision: of the way, and of what limits it alone and together with others.
  func clauses(_ item: PermitItem, of id: PermitCaseID) async throws -> [String] {
    let text = try await self.item(item, of: id).attempt.decision
    let decision = try JSONDocument(parsing: text).root
    let limits = ["limit", "total"].filter { decision[$0]?["value"]?.string != nil }
    return (["way"] + limits).compactMap { decision[$0]?["clause"]?.string }
  }

  func push(_ item: PermitItem, of id: PermitCaseID) async throws -> Push {
    let attempt = try await self.item(item, of: id).attempt
    let number = try #require(attempt.push)
    return try #require(try await pushes.push(PushID(number)))
  }

  /// What the window has of the latest attempt at an item.
  func effects(_ item: PermitItem, of id: PermitCaseID) async throws -> [WindowCase] {
    let key = try await push(item, of: id).key
    return bench.sandbox.permitCases.filter { $0.key == key && $0.item == item.rawValue }
  }

  /// Lets the window go on with the items.
  func decide(
    _ state: WindowCase.State, _ items: [PermitItem] = PermitItem.allCases, of id: PermitCaseID,
    happened: String? = nil
  ) async throws {
    for item in items {
      let receipt = try #require(try await effects(item, of: id).first?.receipt)
      let changed = bench.sandbox.decide(
        receipt, state, note: "意见", happened: try happened.map(Self.moment))
      #expect(changed?.state == state)
    }
  }

  /// - Parameter calls: the first of them, or each.
  func fault(_ kind: FaultKind, _ operation: String? = nil, each: Bool = false) {
    bench.sandbox.faults.add(
      FaultRule(kind, platform: platform, operation: operation, trigger: each ? .always : .call(1)))
  }
}
