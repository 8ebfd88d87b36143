public import CivilTime
import Crypto
import Exchanges
public import Pushing
public import Registry
public import SQLDatabase
public import Work

/// The replays of a site: planned, looked at, approved, started, stopped; each change with its history, in one transaction.
public final class Replays: Sendable {
  let pushes: Pushes
  let keys: RegistryKeys
  /// A second person has to agree to every replay.
  let needsApproval: Bool
  let now: @Sendable () -> Timestamp

  public var database: Database { pushes.database }
  public var queue: WorkQueue { pushes.queue }

  public init(
    pushes: Pushes, keys: RegistryKeys, needsApproval: Bool,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.pushes = pushes
    self.keys = keys
    self.needsApproval = needsApproval
    self.now = now
  }

  static func notFound(_ id: ReplayID) -> ReplayError {
    ReplayError(.notFound, "there is no replay \(id)", remedy: "'replay list' shows those there are")
  }

  static func unreadable(_ id: ReplayID, _ what: String) -> ReplayError {
    ReplayError(
      .unreadable, "replay \(id) cannot be read: \(what)",
      remedy: "a newer program wrote it, or the database was damaged: compare it with a backup")
  }

  private static let columns =
    """
    id, depth, query, terms, state, needs_approval, approved, canary_passed, created, changed, basis, pending,
      waiting, succeeded, failed, doubtful, records_new, records_changed, records_unchanged,
      pruned, report_sm3
    """

  /// Of a plan that nobody sees yet there is no replay.
  private static let isKept = "state NOT IN ('\(draft)', '\(discarded)')"

  func require(_ id: ReplayID, _ reader: Reader) throws -> Replay {
    let row = try reader.first(
      "SELECT \(Self.columns) FROM replay WHERE id = ?1 AND \(Self.isKept)", .int(id.rawValue),
      row: StoredReplay.init)
    guard let row else { throw Self.notFound(id) }
    return try row.replay()
  }

  /// Whether it may go on: asked with each item, in the transaction that keeps it.
  func isUnderWay(_ id: ReplayID, _ reader: Reader) throws -> Bool {
    let state = try reader.first("SELECT state FROM replay WHERE id = ?1", .int(id.rawValue)) { $0.text(0) }
    guard let state else { throw Self.notFound(id) }
    return ReplayState(rawValue: state)?.isUnderWay ?? false
  }

  public func replay(_ id: ReplayID) async throws -> Replay {
    try await database.read { try self.require(id, $0) }
  }

  /// The latest replays, newest first.
  public func list(limit: Int = 50) async throws -> [Replay] {
    try await database.read { reader in
      try reader.query(
        "SELECT \(Self.columns) FROM replay WHERE \(Self.isKept) ORDER BY id DESC LIMIT ?1", .int(limit),
        row: StoredReplay.init
      ).map { row in try row.replay() }
    }
  }

  /// How many replays are in each state.
  public func counts() async throws -> [ReplayState: Int] {
    let rows = try await database.read { reader in
      try reader.query(
        "SELECT state, count(*), max(id) FROM replay WHERE \(Self.isKept) GROUP BY state"
      ) {
        (state: $0.text(0), count: Int($0.int(1)), latest: ReplayID($0.int(2)))
      }
    }
    var counts: [ReplayState: Int] = [:]
    for row in rows {
      guard let state = ReplayState(rawValue: row.state) else {
        throw Self.unreadable(row.latest, "its state is unknown")
      }
      counts[state] = row.count
    }
    return counts
  }

  /// Items in their order, behind `after`.
  public func items(
    of id: ReplayID, state: ReplayItem.State? = nil, after: Int = 0, limit: Int = 1000
  ) async throws -> [ReplayItem] {
    try await database.read { try self.items(of: id, state: state, after: after, limit: limit, $0) }
  }

  func items(
    of id: ReplayID, state: ReplayItem.State?, after: Int, limit: Int, _ reader: Reader
  ) throws -> [ReplayItem] {
    let condition = state == nil ? "" : " AND state = ?4"
    var values: [SQLValue] = [.int(id.rawValue), .int(after), .int(limit)]
    if let state { values.append(.text(state.rawValue)) }
    return try reader.query(
      """
      SELECT number, original, window_to, state, repetition, problem_code, problem_class, new, changed,
        unchanged, stored
      FROM replay_item WHERE replay = ?1 AND number > ?2\(condition) ORDER BY number LIMIT ?3
      """, values
    ) { try ReplayItem($0, of: id) }
  }

  /// What keeps the work of a replay from being done, so that it stopped; nil where nothing does.
  public func problem(of id: ReplayID) async throws -> WorkProblem? {
    let work = try await database.read { try self.work(of: id, $0) }
    guard let work, let item = try await queue.item(work), item.state == .parked else {
      return nil
    }
    return item.problem
  }

  /// Who did what about a replay, and why; oldest first.
  public func history(of id: ReplayID) async throws -> [ReplayHistoryEntry] {
    let rows = try await database.read { reader in
      _ = try self.require(id, reader)
      return try reader.query(
        "SELECT moment, event, state, who FROM replay_event WHERE replay = ?1 ORDER BY id", .int(id.rawValue)
      ) { (moment: $0.int(0), event: $0.text(1), state: $0.text(2), who: $0.blobOrNull(3)) }
    }
    return try rows.map { row in
      guard let state = ReplayState(rawValue: row.state) else {
        throw Self.unreadable(id, "an entry of its history is of an unknown kind")
      }
      return ReplayHistoryEntry(
        moment: Timestamp(milliseconds: row.moment), event: row.event, state: state,
        signOff: try row.who.map { try open($0, id) })
    }
  }

  private func open(_ sealed: [UInt8], _ id: ReplayID) throws -> SignOff {
    let bytes = try keys.sealer.open(sealed, context: Self.context(id))
    do throws(SignOffError) { return try SignOff(decoding: bytes) } catch {
      throw Self.unreadable(id, error.message)
    }
  }

  static func context(_ id: ReplayID) -> String { "replay_event.who|\(id)" }
}
