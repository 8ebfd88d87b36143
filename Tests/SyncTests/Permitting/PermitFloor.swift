import Adapters
import Applications
import Calendars
import Changes
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPTransport
import Inbound
import Journal
import Permits
import Policies
import Pushing
import Registry
import Replay
import SQLDatabase
import Sandbox
import Sync
import Synchronization
import Testing
import Work

/// Permit cases of a site whose window is a simulated one, on the real queue, with a clock that tests set.
final class PermitFloor: Sendable {
  /// Where cases are opened, and at which window.
  struct Site: Sendable {
    /// Whose window it is, by the folder of its manifest.
    var window = "hangzhou"
    /// What it takes; nil: what its manifest says.
    var regions: [String]?
    /// nil: the test's own.
    var policies: PolicyLibrary?
    /// When a window is asked: at any hour.
    var polling = {
      var polling = PermitPolling()
      polling.hours = nil
      return polling
    }()
    /// What is written otherwise in the manifest.
    var changes: [(String, String)] = [("idle: 30s", "idle: 500ms")]
    /// What the clock shows, Beijing time; nil: what a bench begins with.
    var start: String?
    /// Between the gateway and the window; nil: nothing is.
    var wire: Wire?
    /// Chance, where waits are spread.
    var fraction = 0.5
  }

  let desk: PushDesk
  let ledger: SyncLedger
  let keys: RegistryKeys
  let replays: Replays
  let site: Site
  let permits: Permits
  let registry: Registry
  let policies: PolicyLibrary
  let feed: ChangeFeed
  let troubles = Mutex<[PermitHandler.Trouble]>([])
  /// Its windows, the one of the site first.
  private let windows: Mutex<[(desk: PushDesk, routes: PermitRoutes)]>

  /// Approval but for one promise.
  static let policy = """
    policy: h
    title: 杭
    region: "330100"
    documents: {D: {title: 文件}}
    clock:
      starts: [accepted]
      starts-at-latest: [handling, special-procedure-started]
      silence: {after: 5 working days, from: [received, submitted], unless: [supplement-requested, not-accepted, refused, withdrawn], clause: D 32}
      ends: [approved, approved-deferred, rejected, not-accepted, refused, withdrawn]
      stops: [supplement, special-procedure]
      warnings: [{colour: blue, distance: 1, for: unit}, {colour: red, distance: 0, for: manager}]
    permits:
      needs: [{id: n, clause: D, need: needed}]
      ways:
        - {id: w1, clause: D, items: [route-planning, road-digging, greening], way: approval}
        - {id: w2, clause: D, items: [road-occupation], way: promise}
      limits: [{id: l, clause: D 3, ways: [approval], limit: 5 working days}]
      materials: [{id: all, clause: D 1, need: [drawing]}, {id: letter, clause: D 2, ways: [promise], need: [letter]}]
    process:
      - {id: p1, clause: D 9, step: permit-hand-in, limit: 1 working day, starts: [ready], ends: [submitted, filed, withdrawn],
         warnings: [{colour: yellow, distance: 0, for: manager}]}
    """

  init(_ desk: PushDesk, _ ledger: SyncLedger, _ keys: RegistryKeys, _ site: Site) throws {
    self.desk = desk
    self.ledger = ledger
    self.keys = keys
    self.site = site
    let clock = desk.bench.clock
    replays = Replays(pushes: desk.pushes, keys: keys, needsApproval: false, now: { clock.now })
    windows = Mutex([(desk, try Self.routes(desk, for: site.regions))])
    feed = ChangeFeed(database: desk.database)
    registry = Registry(database: desk.database, keys: keys)
    permits = Permits(
      database: desk.database, keys: keys, queue: desk.queue, calendar: .china, registry: registry,
      journal: desk.journal, changes: feed)
    permits.follow(desk.pushes)
    let diagnostics = Diagnostics()
    policies =
      site.policies
      ?? PolicyLibrary([.init(name: "h", file: "h.yaml", bytes: Array(Self.policy.utf8))], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
  }

  static func run<T: Sendable>(
    _ site: Site = Site(), _ body: @escaping @Sendable (PermitFloor) async throws -> T
  ) async throws -> T {
    defer { site.wire?.stop() }
    return try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/a.sqlite")
      do {
        try await database.migrate([
          JournalSchema.component, RegistrySchema.component, ChangesSchema.component, SyncSchema.component,
          WorkSchema.component, PushSchema.component, PermitSchema.component,
          ReplaySchema.component, InboundSchema.component,
        ])
        let keys = try await RegistryKeys.open(database, ring: bench.ring)
        let journal = Journal(database: database, keys: bench.ring)
        let ledger = SyncLedger(database: database, journal: journal, keys: keys)
        let desk = try PushDesk(
          bench, database, keys: keys, recorder: ledger, region: site.window, hurried: site.changes,
          url: site.wire.map { wire in { wire.url($0) } })
        if let start = site.start {
          bench.clock.advance(seconds: Int(try moment(start).milliseconds(since: bench.clock.now) / 1000))
        }
        let value = try await body(try PermitFloor(desk, ledger, keys, site))
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

  var now: CivilDateTime { desk.bench.clock.now.civil(offsetSeconds: UTCOffset.china) }

  /// The site has another window from now on.
  ///
  /// - Parameters:
  ///   - folder: of its manifest.
  ///   - regions: those that it takes.
  func addWindow(_ folder: String, for regions: [String]) throws {
    let other = try PushDesk(
      desk.bench, desk.database, keys: keys, recorder: ledger, region: folder, hurried: site.changes)
    permits.follow(other.pushes)
    let routes = try Self.routes(other, for: regions)
    windows.withLock { $0.append((other, routes)) }
  }

  /// The site has a window no more.
  func removeWindow(_ platform: String) {
    windows.withLock { windows in windows.removeAll { $0.desk.platform == platform } }
  }

  /// As the manifest's window has them.
  private static func routes(_ desk: PushDesk, for regions: [String]? = nil) throws -> PermitRoutes {
    let adapter = desk.client.adapter
    let window = try #require(adapter.window)
    return PermitRoutes(
      platform: desk.platform, regions: regions ?? window.regions,
      items: try window.items.mapValues(desk.route),
      promises: try window.promises.mapValues(desk.route), filings: try window.filings.mapValues(desk.route),
      supplement: try window.supplement.map(desk.route), withdraw: try window.withdraw.map(desk.route),
      client: desk.client, progress: window.progress.flatMap { adapter.operation($0) },
      untold: window.untold)
  }

  /// Of the site's own window.
  func routes() throws -> PermitRoutes { try #require(siteWindows.window(at: desk.platform)) }

  private var siteWindows: PermitWindows { PermitWindows(windows.withLock { $0.map(\.routes) }) }

  /// - Parameter seldom: asks twice an hour.
  func handler(now: (@Sendable () -> Timestamp)? = nil, seldom: Bool = false) throws -> PermitHandler {
    let clock = desk.bench.clock
    var polling = site.polling
    if seldom { (polling.first, polling.longest) = (1800, 1800) }
    return PermitHandler(
      permits: permits, pushes: desk.pushes, queue: desk.queue, windows: siteWindows,
      polling: polling, now: now ?? { clock.now }, fraction: { [site] in site.fraction },
      trouble: { [self] trouble in troubles.withLock { $0.append(trouble) } })
  }

  /// What people do.
  func people() throws -> PermitDesk {
    let clock = desk.bench.clock
    return PermitDesk(
      permits: permits, pushes: desk.pushes, policies: policies, windows: siteWindows,
      now: { clock.now })
  }

  static func material(_ code: String, _ content: String = "") -> PermitMaterial {
    let bytes = Array("\(code) \(content)".utf8)
    return PermitMaterial(
      code: code,
      attachment: Applications.Attachment(
        name: "\(code).txt", mediaType: "text/plain", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes))))
  }

  func request(
    _ number: String = "GD-1", application: String = "SQ-1", region: String = "330100"
  ) throws -> PermitRequest {
    let (record, _) = try PermitPushTests.record("route-planning") { values in
      values["applicationNumber"] = .text(application)
    }
    return PermitRequest(
      number: number, region: region, day: now.date, facts: Facts(), application: record,
      materials: [Self.material("drawing"), Self.material("letter")], requestID: "r")
  }

  func open(
    _ number: String = "GD-1", application: String = "SQ-1", region: String = "330100"
  ) async throws -> PermitCaseID {
    try await people().open(try request(number, application: application, region: region)).id
  }

  /// Does what is due now.
  func work(seldom: Bool = false) async throws {
    let handler = try handler(seldom: seldom)
    while let lease = try await claim() {
      if lease.kind == .permit { try await handler.perform(lease) } else { try await send(lease) }
    }
  }

  /// Hands something in, at the window whose lane it is in.
  func send(_ lease: WorkLease) async throws {
    let windows = windows.withLock { $0 }
    let place = try #require(windows.first { lease.lane.hasPrefix($0.desk.platform + "/") })
    try await place.desk.handler.perform(lease)
  }

  func claim(_ kinds: Set<WorkKind> = [.push, .permit]) async throws -> WorkLease? {
    try await desk.queue.claim(
      kinds: kinds, lanes: [], limit: 1, lease: .seconds(20), now: desk.bench.clock.now
    ).first
  }

  /// Lets so much time pass, and does whatever becomes due.
  func pass(seconds: Int, seldom: Bool = false) async throws {
    let end = desk.bench.clock.elapsed + Int64(seconds) * 1000
    while true {
      try await work(seldom: seldom)
      let left = Int((end - desk.bench.clock.elapsed) / 1000)
      guard left > 0 else { return }
      let now = desk.bench.clock.now
      let due = try await desk.queue.nextDue(kinds: [.push, .permit], now: now)
      let wait = due.map { max(1, Int($0.milliseconds(since: now) / 1000) + 1) } ?? left
      desk.bench.clock.advance(seconds: min(wait, left))
    }
  }

  func pass(days: Int) async throws { try await pass(seconds: days * 86_400) }

  /// The latest attempt at the item.
  func item(_ item: PermitItem, of id: PermitCaseID) async throws -> PermitItemView {
    let view = try await permits.view(id, at: now)
    return try #require(view.items.last { $0.attempt.item == item })
  }

  func state(_ item: PermitItem, of id: PermitCaseID) async throws -> PermitState? {
    try await self.item(item, of: id).state
  }

  func events(_ item: PermitItem, of id: PermitCaseID) async throws -> [String] {
    try await self.item(item, of: id).events.map(\.name)
  }

  func isClosed(_ id: PermitCaseID) async throws -> Bool {
    try await permits.view(id, at: now).permitCase.closed != nil
  }

  /// What the window has of an item.
  func effects(_ item: PermitItem) -> [WindowCase] {
    desk.bench.sandbox.permitCases.filter { $0.item == item.rawValue }
  }

  /// The window goes on with its latest case of an item.
  func window(_ item: PermitItem, _ state: String, note: String = "意见") async throws {
    let receipt = try #require(effects(item).last).receipt
    let address = try #require(desk.bench.sandbox.addresses["control"])
    let response = try await desk.bench.http.send(
      HTTPRequest(
        method: "POST", url: address + "/control/progress",
        headers: [HTTPHeader("Content-Type", "application/json")],
        body: Array("{\"receipt\":\"\(receipt)\",\"state\":\"\(state)\",\"note\":\"\(note)\"}".utf8),
        timeouts: Timeouts()))
    #expect(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
  }

  static func person() throws -> SignOff { try SignOff(name: "经办", reason: "x") }
}
