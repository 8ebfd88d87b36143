import Changes
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPService
import HTTPTransport
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

@testable import Notifications

/// A receiver on this machine that does what a test wants, and keeps what it got.
final class Receiver: Sendable {
  struct Got: Sendable {
    let id: String
    let body: [UInt8]
    /// Whether the signature is that of the secret, by a computation of its own.
    let isGenuine: Bool
  }

  private struct State {
    var got: [Got] = []
    var answers: [HTTPServerResponse] = []
    var stalls = 0
    var secret: [UInt8] = []
  }

  private let state = Mutex(State())

  var got: [Got] { state.withLock { $0.got } }
  var ids: [String] { got.map(\.id) }

  /// The next answers; 204 when there are none.
  func answer(_ statuses: Int..., headers: HTTPFields = [:]) {
    state.withLock { $0.answers += statuses.map { HTTPServerResponse(status: $0, headers: headers) } }
  }

  /// Does not answer so many of the next messages.
  func stall(_ count: Int) { state.withLock { $0.stalls = count } }

  func know(_ secret: String) throws {
    let key = try Base64.decode(String(secret.dropFirst("whsec_".count)))
    state.withLock { $0.secret = key }
  }

  func take(_ request: HTTPServerRequest) async throws -> HTTPServerResponse {
    let id = request.headers["webhook-id"] ?? ""
    let timestamp = request.headers["webhook-timestamp"] ?? ""
    let (answer, isStalled) = state.withLock { state in
      let signed = Array("\(id).\(timestamp).".utf8) + request.body
      let code = HMAC.authenticate(.sha256, key: state.secret, message: signed)
      state.got.append(
        Got(
          id: id, body: request.body,
          isGenuine: request.headers["webhook-signature"] == "v1," + Base64.encode(code)
            && request.method == "POST" && request.headers["Content-Type"] == "application/json"))
      let isStalled = state.stalls > 0
      if isStalled { state.stalls -= 1 }
      return (
        state.answers.isEmpty ? HTTPServerResponse(status: 204) : state.answers.removeFirst(), isStalled
      )
    }
    if isStalled { try await Task.sleep(for: .seconds(600)) }
    return answer
  }
}

/// A feed, a queue and a receiver, with a clock that tests set.
final class NotificationBench: Sendable {
  static let start = Timestamp(iso8601: "2026-03-04T12:00:00+08:00")!
  static let keys = [DataKey(id: 1, purpose: .sealing), DataKey(id: 2, purpose: .sealing)]

  let folder = TemporaryFolder()
  let database: Database
  let http: HTTPClient
  let receiver: Receiver
  let url: String
  let events = Mutex<[NotificationHandler.Event]>([])
  private let time = Mutex(start)
  private let hidden = Mutex<[String: Set<ChangeKind>]>([:])
  private let gone = Mutex<Set<String>>([])

  var now: Timestamp { time.withLock { $0 } }
  func advance(_ seconds: Int) { time.withLock { $0 = $0.advanced(bySeconds: seconds) } }
  func hide(_ kinds: Set<ChangeKind>, from consumer: String) { hidden.withLock { $0[consumer] = kinds } }
  /// The configuration names it no more.
  func forget(_ consumer: String) { gone.withLock { _ = $0.insert(consumer) } }
  func visible(_ consumer: String) -> Set<ChangeKind>? {
    gone.withLock { $0.contains(consumer) }
      ? nil : Set(ChangeKind.allCases).subtracting(hidden.withLock { $0[consumer] } ?? [])
  }

  private init(_ receiver: Receiver, port: Int) async throws {
    self.receiver = receiver
    url = "http://127.0.0.1:\(port)/told?token=s3cr3t"
    database = try await Database.open(path: folder.file("n.db"))
    try await database.migrate([
      WorkSchema.component, ChangesSchema.component, SubscriptionSchema.component,
    ])
    http = try HTTPClient(
      configuration: .init(egress: try EgressPolicy(allowing: ["127.0.0.1:\(port)"])))
  }

  static func run(_ body: @escaping @Sendable (NotificationBench) async throws -> Void) async throws {
    let receiver = Receiver()
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { request in
      do { return try await receiver.take(request) } catch { return HTTPServerResponse(status: 500) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let bench = try await NotificationBench(receiver, port: server.port)
      defer { group.cancelAll() }
      try await body(bench)
      await bench.http.shutdown(.abort)
      await bench.database.close()
    }
  }

  /// The parts of one process.
  func process(_ owner: String = "a", sealing key: UInt32 = 1) throws -> Process {
    let sealer = try Sealer(keys: Self.keys, currentKeyID: key)
    let feed = ChangeFeed(database: database)
    let queue = WorkQueue(database: database, sealer: sealer, owner: owner, changes: feed)
    let subscriptions = Subscriptions(
      feed: feed, queue: queue, sealer: sealer,
      destinations: try EgressPolicy(allowing: ["127.0.0.1:*", "*"]),
      visible: { [self] in visible($0) }, now: { [self] in now })
    subscriptions.follow()
    return Process(bench: self, feed: feed, queue: queue, subscriptions: subscriptions)
  }

  struct Process: Sendable {
    let bench: NotificationBench
    let feed: ChangeFeed
    let queue: WorkQueue
    let subscriptions: Subscriptions

    var handler: NotificationHandler {
      NotificationHandler(
        subscriptions: subscriptions, http: bench.http, now: { bench.now }, fraction: { 0.999 }
      ) { event in bench.events.withLock { $0.append(event) } }
    }

    @discardableResult
    func subscribe(_ kinds: Set<ChangeKind>? = nil, as consumer: String = "erp") async throws
      -> SubscriptionID
    {
      let (subscription, secret) = try await subscriptions.create(for: consumer, url: bench.url, kinds: kinds)
      try bench.receiver.know(secret.text)
      return subscription.id
    }

    func append(_ kinds: ChangeKind...) async throws {
      let (feed, now) = (feed, bench.now)
      try await bench.database.write { transaction in
        try feed.append(kinds.map { NewChange($0, "push-1") }, in: transaction, at: now)
      }
    }

    func claim() async throws -> WorkLease? {
      try await queue.claim(kinds: [.notification], limit: 1, lease: .seconds(20), now: bench.now).first
    }

    /// Does what is due, one after the other; returns how many tries that were.
    @discardableResult
    func work() async throws -> Int {
      var tries = 0
      while let lease = try await claim() {
        try await handler.perform(lease)
        tries += 1
      }
      return tries
    }

    /// Lets the clock run to what is due next and does it, until nothing is left.
    @discardableResult
    func workOff(most: Int = 1000) async throws -> Int {
      var tries = 0
      while tries < most {
        tries += try await work()
        let due = try await queue.nextDue(kinds: [.notification], now: bench.now)
        guard let due else { return tries }
        bench.advance(max(1, Int(due.milliseconds(since: bench.now) / 1000) + 1))
      }
      return tries
    }

    func subscription(_ id: SubscriptionID) async throws -> Subscription {
      try await subscriptions.subscription(id)
    }

    func waiting() async throws -> Int {
      try await queue.openCounts().filter { $0.kind == .notification }.reduce(0) { $0 + $1.count }
    }
  }
}

@Suite struct DeliveryTests {
  @Test func changesAreToldInTheirOrderWithAGenuineSignature() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      try await process.append(.pushSettled)
      let id = try await process.subscribe([.pushSettled, .replayEnded])
      try await process.append(.pushSettled, .incidentOpened, .replayEnded)
      try await process.append(.pushSettled)
      #expect(try await process.work() == 3)
      // What came before is not told, nor what was not wanted.
      #expect(bench.receiver.ids == ["change-2", "change-4", "change-5"])
      #expect(bench.receiver.got.allSatisfy { $0.isGenuine })
      let body = try JSONDocument(parsing: bench.receiver.got[1].body).root
      #expect(body["type"]?.string == "replay.ended" && body["data"]?["sequence"]?.integer == 4)
      #expect(body["timestamp"]?.string == "2026-03-04T04:00:00.000Z")
      let subscription = try await process.subscription(id)
      #expect(subscription.delivered == 5 && subscription.failures == 0 && subscription.problemCode == nil)
      #expect(try await process.waiting() == 0)
    }
  }

  @Test func whoFailsIsTriedAgainInOrder() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      try await process.append(.pushSettled, .pushSettled)
      bench.receiver.answer(500, 503, 302)
      #expect(try await process.work() == 1)
      var subscription = try await process.subscription(id)
      #expect(subscription.failures == 1 && subscription.problemCode == "receiver-failed")
      // Nothing is done before its time, and nobody passes it by.
      #expect(try await process.work() == 0)
      #expect(try await process.workOff() == 4)
      #expect(bench.receiver.ids == ["change-1", "change-1", "change-1", "change-1", "change-2"])
      subscription = try await process.subscription(id)
      #expect(subscription.delivered == 2 && subscription.failures == 0 && subscription.failingSince == nil)
      let attempts = try await process.queue.list(WorkFilter(kind: .notification)).map(\.state)
      #expect(attempts == [.done, .done])
    }
  }

  @Test func whoFailsHoldsUpNobodyElse() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let ids = [try await process.subscribe(as: "one"), try await process.subscribe(as: "two")]
      try await process.append(.pushSettled, .pushSettled)
      bench.receiver.answer(500)
      // One fails and waits; the other has both of its messages meanwhile.
      #expect(try await process.work() == 3)
      var delivered: [Int64] = []
      for id in ids { delivered.append(try await process.subscription(id).delivered) }
      #expect(delivered.sorted() == [0, 2])
      #expect(try await process.workOff() == 2 && bench.receiver.ids.count == 5)
    }
  }

  @Test func whoStallsIsGivenUpAndTriedAgain() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe()
      try await process.append(.pushSettled)
      bench.receiver.stall(1)
      let lease = try #require(try await process.claim())
      let hurried = NotificationHandler(
        subscriptions: process.subscriptions, http: bench.http, timeouts: Timeouts(idle: .milliseconds(200)),
        now: { bench.now }, fraction: { 0 })
      try await hurried.perform(lease)
      let subscription = try await process.subscription(id)
      #expect(subscription.problemCode == "timeout-idle" && subscription.problemClass == .transient)
      #expect(try await process.workOff() == 1)
      #expect(bench.receiver.ids == ["change-1", "change-1"])
    }
  }

  @Test func aRefusedMessageIsLeftOutAndTheNextOneGoes() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe()
      try await process.append(.pushSettled, .pushUnknown)
      bench.receiver.answer(400, 400, 422, 400, 413)
      #expect(try await process.workOff() == 6)
      #expect(bench.receiver.ids.last == "change-2")
      let subscription = try await process.subscription(id)
      #expect(subscription.skipped == 1 && subscription.delivered == 2 && subscription.state == .active)
      guard
        case .skipped(id, change: 1, _)? = bench.events.withLock({
          $0.last { if case .skipped = $0 { true } else { false } }
        })
      else {
        Issue.record("nobody was told")
        return
      }
    }
  }

  @Test func whoIsGoneIsPausedAtOnceAndGoesOnWhereItWas() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      try await process.append(.pushSettled, .pushSettled, .pushSettled)
      bench.receiver.answer(204, 410)
      #expect(try await process.workOff() == 2)
      var subscription = try await process.subscription(id)
      #expect(subscription.state == .paused && subscription.problemCode == "receiver-gone")
      #expect(subscription.delivered == 1)
      #expect(try await process.waiting() == 0)
      // The feed tells of it, without a secret.
      let told = try await process.feed.page(after: 0, kinds: [.subscriptionPaused], limit: 10)
      #expect(told.changes.map(\.subject) == ["subscription-\(id)"])
      try await process.append(.pushSettled, .pushUnknown)
      #expect(try await process.workOff() == 0)
      subscription = try await process.subscriptions.resume(id, with: .missed)
      #expect(subscription.state == .active)
      #expect(try await process.workOff() == 3)
      #expect(bench.receiver.ids == ["change-1", "change-2", "change-2", "change-3", "change-5"])
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.resume(id, with: .new)
      }
    }
  }

  @Test func whoMayGoOnWithWhatIsNew() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe()
      try await process.append(.pushSettled, .pushSettled)
      bench.receiver.answer(410)
      try await process.workOff()
      _ = try await process.subscriptions.resume(id, with: .new)
      try await process.append(.replayEnded)
      try await process.workOff()
      // 3 is the pause itself.
      #expect(bench.receiver.ids == ["change-1", "change-4"])
    }
  }

  @Test func whoIsDeadForDaysIsPausedAndCostsLittle() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      for _ in 1...50 { try await process.append(.pushSettled) }
      bench.receiver.answer(500)
      for _ in 1...120 { bench.receiver.answer(503) }
      let tries = try await process.workOff()
      let subscription = try await process.subscription(id)
      #expect(subscription.state == .paused && (72...90).contains(tries), "\(tries)")
      #expect(Set(bench.receiver.ids) == ["change-1"])
      #expect(try await process.waiting() == 0)
      #expect(bench.now.milliseconds(since: NotificationBench.start) >= 3 * 86_400_000)
    }
  }

  /// A holder that vanishes before or behind the call: the message comes once or twice, never not at all, and the late holder changes nothing.
  @Test(arguments: [false, true])
  func anotherTakesOverWhatAHolderLeft(_ hasSent: Bool) async throws {
    try await NotificationBench.run { bench in
      let (first, second) = (try bench.process("a"), try bench.process("b"))
      let id = try await first.subscribe()
      try await first.append(.pushSettled, .pushSettled)
      let lost = try #require(try await first.claim())
      #expect(try await second.work() == 0)
      bench.advance(21)
      let taken = try #require(try await second.claim())
      #expect(taken.id == lost.id && taken.fence > lost.fence && taken.isTakeover)
      if hasSent {
        await #expect(throws: WorkError.self) { try await first.handler.perform(lost) }
        #expect(try await first.subscription(id).delivered == 0)
      }
      try await second.handler.perform(taken)
      #expect(try await second.work() == 1)
      #expect(bench.receiver.ids == (hasSent ? ["change-1"] : []) + ["change-1", "change-2"])
      #expect(try await second.subscription(id).delivered == 2)
    }
  }

  @Test func theLoopDeliversAndGivesBackWhatItHolds() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      try await process.subscribe()
      let loop = WorkLoop(process.queue, handlers: [.notification: process.handler], clock: .system)
      // The bench's clock stands still; the loop's does not.
      bench.advance(Int(Timestamp.now().milliseconds(since: bench.now) / 1000))
      bench.receiver.stall(1)
      let running = Task { await loop.run() }
      try await process.append(.pushSettled)
      while bench.receiver.ids.isEmpty { await Task.yield() }
      running.cancel()
      await running.value
      #expect(try await process.queue.list(WorkFilter(kind: .notification)).map(\.state) == [.ready])
      let again = Task { await loop.run() }
      while bench.receiver.ids.count < 2 { await Task.yield() }
      again.cancel()
      await again.value
      #expect(bench.receiver.ids == ["change-1", "change-1"])
    }
  }

  @Test func whatTheLoopParksHoldsUpNothingUnseen() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      try await process.append(.pushSettled, .pushSettled)
      let lease = try #require(try await process.claim())
      let problem = WorkProblem(
        code: "work-ends-process", errorClass: .configuration, message: "m", remedy: "r")
      let (queue, handler, now) = (process.queue, process.handler, bench.now)
      try await bench.database.write { transaction in
        try queue.park(lease, problem, in: transaction, now: now)
        try handler.parked(lease, problem, in: transaction, now: now)
      }
      #expect(try await process.subscription(id).problemCode == "work-ends-process")
      #expect(try await process.waiting() == 0)
      _ = try await process.subscriptions.resume(id, with: .missed)
      #expect(try await process.workOff() == 2)
      let told = try await process.feed.page(after: 0, kinds: [.workParked, .subscriptionPaused], limit: 10)
      #expect(told.changes.map(\.kind) == [.workParked, .subscriptionPaused])
    }
  }
}

@Suite struct SubscriptionTests {
  @Test func addressesAreChecked() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      for url in [
        "http://example.com/x", "http://localhost.example.com/", "http://127.0.0.1.example.com/",
        "ftp://127.0.0.1/", "http://user@127.0.0.1/", "https://example.com:8443/", "x",
        "https://example.com/" + String(repeating: "a", count: 2_000),
      ] {
        await #expect(throws: SubscriptionError.self, "\(url)") {
          _ = try await process.subscriptions.create(for: "erp", url: url, kinds: nil)
        }
      }
      for url in [
        "https://example.com/x?y=1", "http://127.0.0.1:8080", "http://localhost/x", "http://127.0.0.1/",
      ] {
        _ = try await process.subscriptions.create(for: "erp", url: url, kinds: nil)
      }
      for _ in 5...Subscriptions.most { try await process.subscribe() }
      await #expect(throws: SubscriptionError.self) { try await process.subscribe() }
      try await process.subscribe(as: "other")
      let all = try await process.subscriptions.list()
      #expect(all.count == Subscriptions.most + 1)
      #expect(try await process.subscriptions.list(of: "other").count == 1)
    }
  }

  @Test func addressAndSecretLieSealedAlsoUnderANewKey() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let (subscription, secret) = try await process.subscriptions.create(
        for: "erp", url: bench.url, kinds: nil)
      try bench.receiver.know(secret.text)
      func sealed() async throws -> [UInt8] {
        try await bench.database.read { reader in
          try reader.first("SELECT sealed FROM subscription") { $0.blob(0) } ?? []
        }
      }
      let before = try await sealed()
      for word in ["s3cr3t", secret.text, "127.0.0.1"] {
        #expect(before.firstRange(of: Array(word.utf8)) == nil)
      }
      let rotated = try bench.process("b", sealing: 2)
      #expect(try await rotated.subscriptions.resealOutdated() == 1)
      #expect(try await rotated.subscriptions.resealOutdated() == 0)
      #expect(try await sealed() != before)
      #expect(try await rotated.subscriptions.url(of: subscription.id) == bench.url)
      try await rotated.append(.pushSettled)
      try await rotated.workOff()
      #expect(bench.receiver.got.map(\.isGenuine) == [true])
    }
  }

  @Test func whatAConsumerMayNotSeeItIsNotTold() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      try await process.subscribe()
      bench.hide([.certificateChanged], from: "erp")
      try await process.append(.certificateChanged, .pushSettled)
      try await process.workOff()
      #expect(bench.receiver.ids == ["change-2"])
    }
  }

  @Test func deletingEndsWhatWaitsAndIsForTheOwner() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe()
      try await process.append(.pushSettled, .pushSettled)
      let lease = try #require(try await process.claim())
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.delete(id, of: "other")
      }
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.resume(id, of: "other", with: .new)
      }
      try await process.subscriptions.delete(id, of: "erp")
      // Whoever works on one just now finds that nobody wants it any more.
      try await process.handler.perform(lease)
      #expect(try await process.workOff() == 0 && bench.receiver.ids.isEmpty)
      #expect(try await process.waiting() == 0)
      #expect(try await process.subscribe() != id)
    }
  }

  @Test func whatIsMissedIsToldAsFarAsItIsKept() async throws {
    try await NotificationBench.run { bench in
      let process = try bench.process()
      let id = try await process.subscribe([.pushSettled])
      try await process.append(.pushSettled)
      bench.receiver.answer(410)
      try await process.workOff()
      let (feed, now) = (process.feed, bench.now)
      let many = Array(repeating: NewChange(.pushSettled, "push-1"), count: 30_000)
      try await bench.database.write { try feed.append(many, in: $0, at: now) }
      // However much that is, it is one item of work.
      _ = try await process.subscriptions.resume(id, with: .missed)
      #expect(try await process.waiting() == 1)
      bench.receiver.answer(204, 410)
      #expect(try await process.work() == 2)
      #expect(try await process.subscription(id).state == .paused)
      // Of what is no longer kept it cannot be told.
      try await feed.prune(before: now.advanced(bySeconds: 1))
      await #expect(throws: SubscriptionError.self) {
        try await process.subscriptions.resume(id, with: .missed)
      }
      _ = try await process.subscriptions.resume(id, with: .new)
      try await process.append(.pushSettled)
      try await process.workOff()
      #expect(bench.receiver.got.count == 4)
    }
  }
}
