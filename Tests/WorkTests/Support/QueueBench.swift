import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import TestSupport

@testable import Work

/// A queue on a database of its own, with short words for what tests do.
struct QueueBench: Sendable {
  static let now = Timestamp(iso8601: "2026-03-04T12:00:00+08:00")!
  static let problem = WorkProblem(code: "down", errorClass: .transient, message: "m", remedy: "r")
  static let keys = [DataKey(id: 1, purpose: .sealing), DataKey(id: 2, purpose: .sealing)]

  let folder: TemporaryFolder
  let database: Database
  let queue: WorkQueue

  init() async throws {
    folder = TemporaryFolder()
    database = try await Database.open(path: folder.file("work.db"))
    try await database.migrate(WorkSchema.component)
    _ = try await database.write {
      try $0.execute(
        "CREATE TABLE effect (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, fence INTEGER NOT NULL)")
    }
    queue = try Self.queue(database, "a")
  }

  static func queue(_ database: Database, _ owner: String) throws -> WorkQueue {
    WorkQueue(database: database, sealer: try Sealer(keys: keys, currentKeyID: 1), owner: owner)
  }

  func queue(_ owner: String) throws -> WorkQueue { try Self.queue(database, owner) }

  static func work(
    _ key: Int, lane: String = "p/submit", sequence: String? = nil, kind: WorkKind = .push,
    at time: Timestamp = now, priority: Int = 0, content: Int = 0
  ) -> NewWork {
    NewWork(
      kind: kind, lane: lane, sequence: sequence, businessKey: Array("key \(key)".utf8),
      contentDigest: Array("content \(content)".utf8), payload: Array("payload \(key)".utf8), notBefore: time,
      priority: priority)
  }

  @discardableResult func add(_ work: NewWork, now: Timestamp = now) async throws -> Enqueued {
    let queue = queue
    return try await database.write { try queue.enqueue(work, in: $0, now: now) }
  }

  func claim(
    _ limit: Int = 100, lanes excluded: Set<String> = [], at now: Timestamp = now, by queue: WorkQueue? = nil,
    kinds: Set<WorkKind> = Set(WorkKind.allCases)
  ) async throws -> [WorkLease] {
    try await (queue ?? self.queue).claim(
      kinds: kinds, lanes: excluded, limit: limit, lease: .seconds(20), now: now)
  }

  /// Ends a lease in a transaction that also leaves an effect.
  func end(
    _ lease: WorkLease, _ body: @escaping @Sendable (WorkQueue, Transaction) throws -> Void
  ) async throws {
    let queue = queue
    try await database.write { transaction in
      try transaction.execute(
        "INSERT INTO effect (item, fence) VALUES (?1, ?2)", .int(lease.id.rawValue), .int(lease.fence))
      try body(queue, transaction)
    }
  }

  func complete(_ lease: WorkLease, at now: Timestamp = now) async throws {
    try await end(lease) { try $0.complete(lease, in: $1, now: now) }
  }

  func retry(_ lease: WorkLease, at time: Timestamp = now) async throws {
    try await end(lease) { try $0.retry(lease, at: time, Self.problem, in: $1, now: Self.now) }
  }

  func park(_ lease: WorkLease) async throws {
    try await end(lease) { try $0.park(lease, Self.problem, in: $1, now: Self.now) }
  }

  func release(_ id: WorkID, at time: Timestamp = now) async throws {
    let queue = queue
    try await database.write { try queue.release(id, at: time, in: $0, now: time) }
  }

  func cancel(_ id: WorkID, at time: Timestamp = now) async throws {
    let queue = queue
    try await database.write { try queue.cancel(id, in: $0, now: time) }
  }

  func effects() async throws -> [Int64] {
    try await database.read { try $0.query("SELECT item FROM effect ORDER BY id") { $0.int(0) } }
  }

  func states() async throws -> [WorkState] {
    try await queue.list(WorkFilter(limit: 100_000)).map(\.state)
  }

  func close() async { await database.close() }
}

/// The code of the error that `body` throws.
func code(_ body: () async throws -> Void) async throws -> WorkError.Code? {
  do {
    try await body()
    return nil
  } catch let error as WorkError {
    return error.code
  }
}
