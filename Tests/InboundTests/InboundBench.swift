import Adapters
import Applications
import CivilTime
import Crypto
import Documents
import Exchanges
@testable import Inbound
import Journal
import Registry
import SQLDatabase
import Synchronization
import TestSupport
import Testing
import Work

/// A desk on a database of its own, and a consumer that counts what it did.
final class InboundBench: Sendable {
  static let manifest = """
    adapter: here/window
    title: 窗口
    basis: assumed
    settings: {key: {secret: true}}
    envelope: {format: json, success: status}
    operations:
      ask:
        kind: probe
        request: {method: POST, path: /ask, body: {json: {no: "{push.receipt}", key: "{push.key}"}}}
        found: {path: $.no, present: true}
        absent: {path: $.no, present: false}
      progress:
        kind: inbound
        purpose: permit-progress
        within: 5s
        authentication:
          checks: [{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, header.x-time + header.x-nonce + body))"}]
          time: {value: header.x-time, form: epoch-s, window: 5m}
          nonce: header.x-nonce
        call: {format: json, receipt: $.no, state: $.state, at: $.at, states: {"3": accepted, "11": approved}}
        duplicate: call.receipt + ' ' + call.state
        answers:
          done: {body: {json: {code: "0", id: "{answer.id}", time: "{answer.time}", no: "{call.receipt}"}}}
          refused: {status: 422, body: {json: {code: "{answer.code}"}}}
          unauthenticated: {status: 401}
    """

  struct Consumer: InboundConsumer {
    let knows: @Sendable (String) -> Bool

    func prepare(_ arrival: InboundArrival) throws -> InboundDeed {
      let call = try arrival.receiver.read(arrival.request)
      let receipt = call.receipt ?? ""
      return InboundDeed { [knows] transaction, _ in
        guard knows(receipt) else { throw InboundRefusal(.unknown, "nobody knows it") }
        try transaction.execute(
          "INSERT INTO acted (receipt, event, exchange) VALUES (?1, ?2, ?3)", .text(receipt),
          .text(call.event.rawValue), .int(arrival.exchange.rawValue))
      }
    }
  }

  let folder = TemporaryFolder()
  let database: Database
  let ring: KeyRing
  let journal: Journal
  let queue: WorkQueue
  let keys: RegistryKeys
  let receiver: InboundReceiver
  let clock = Mutex(Timestamp(milliseconds: 1_795_000_000_000))
  /// Called each time that a desk looks at its clock, on whichever thread.
  let ticked = Mutex<(@Sendable () -> Void)?>(nil)
  let known = Mutex<Set<String>>(["A1", "A2"])
  private let nonces = Atomic(0)

  /// - Parameter within: the time the platform waits.
  init(within: String = "5s") async throws {
    database = try await Database.open(path: folder.file("inbound.db"))
    let acted = SchemaComponent(
      name: "acted",
      migrations: [
        Migration(
          version: 1, name: "acted",
          statements: [
            "CREATE TABLE acted (receipt TEXT NOT NULL, event TEXT NOT NULL, exchange INTEGER NOT NULL)"
          ])
      ])
    _ = try await database.migrate([
      JournalSchema.component, RegistrySchema.component, WorkSchema.component, InboundSchema.component, acted,
    ])
    ring = KeyRing.ephemeral()
    keys = try await RegistryKeys.open(database, ring: ring)
    journal = Journal(database: database, keys: ring)
    queue = WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner())
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(
      [
        .init(
          name: "here/window", file: "window.yaml",
          bytes: Array(Self.manifest.replacing("within: 5s", with: "within: \(within)").utf8))
      ], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    let operation = try #require(library.adapter("here/window")?.inbound.first)
    receiver = InboundReceiver(
      platform: "window", operation: operation, settings: ["key": "k"], random: { SecureRandom.bytes($0) })
  }

  /// What a process has of it: another one on the same database is another desk.
  ///
  /// - Parameter lost: told of answers that the journal does not have.
  func desk(lost: @escaping @Sendable (LostAnswer) -> Void = { _ in }) -> InboundDesk {
    InboundDesk(
      database: database, journal: journal, queue: queue, keys: keys, receivers: [receiver],
      consumers: [
        .permitProgress: Consumer { [self] receipt in known.withLock { $0.contains(receipt) } }
      ],
      now: { [self] in
        ticked.withLock { $0 }?()
        return clock.withLock { $0 }
      }, lost: lost)
  }

  func request(
    _ receipt: String, _ state: String = "3", nonce: String? = nil, key: String = "k", body: String? = nil,
    from address: String = "10.0.0.1"
  ) -> InboundRequest {
    let time = String(clock.withLock { $0 }.milliseconds / 1000)
    let nonce = nonce ?? "n\(nonces.add(1, ordering: .relaxed).newValue)"
    let body = Array(
      (body ?? "{\"no\":\"\(receipt)\",\"state\":\"\(state)\",\"at\":\"2026-11-26 10:00:00\"}").utf8)
    let sign = HMAC.authenticate(.sm3, key: Array(key.utf8), message: Array((time + nonce).utf8) + body)
    return InboundRequest(
      method: "POST", target: "/inbound/window/progress",
      headers: [
        ("Content-Type", "application/json"), ("X-Time", time), ("X-Nonce", nonce),
        ("X-Sign", Hex.encode(sign)),
      ], body: body, remoteAddress: address)
  }

  func receive(_ request: InboundRequest, by desk: InboundDesk) async throws -> InboundReception {
    try #require(
      await desk.receive(request, platform: "window", operation: "progress", requestID: "r-00000001"))
  }

  func acted() async throws -> [String] {
    try await database.read { reader in
      try reader.query("SELECT receipt, event FROM acted ORDER BY rowid") { "\($0.text(0)) \($0.text(1))" }
    }
  }

  func exchanges() async throws -> [ExchangeSummary] {
    try await journal.list(ExchangeFilter(platform: "window", order: .oldestFirst))
  }

  func work() async throws -> [WorkItem] { try await queue.list(WorkFilter(kind: .inbound)) }

  /// Lets the queue do one item, as its loop does.
  func perform(_ id: WorkID, by desk: InboundDesk) async throws -> WorkProblem? {
    let now = clock.withLock { $0 }
    let lease = try await queue.claim(id, now: now)
    let handler = InboundHandler(desk)
    do {
      try await handler.perform(lease)
      return nil
    } catch {
      let problem = handler.problem(of: error)
      try await database.write { transaction in
        try handler.parked(lease, problem, in: transaction, now: now)
        try self.queue.park(lease, problem, in: transaction, now: now)
      }
      return problem
    }
  }
}
