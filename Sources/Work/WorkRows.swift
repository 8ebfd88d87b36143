import CivilTime
import SQLDatabase

/// Items somebody works on, of one kind. There are never more than processes have places.
struct LeasedRow {
  static let select =
    """
    SELECT id, lane, priority, lease_until, lease_length, owner, vanished, begun FROM work_item
    WHERE state = 'leased' AND kind = ?1 ORDER BY lease_until
    """

  let id: WorkID
  let lane: String
  let priority: Int
  let term: LeaseTerm
  let owner: String
  /// Holders in a row that vanished before this one.
  let vanished: Int
  /// Whether this one had begun with it.
  let isBegun: Bool

  static func all(_ kind: WorkKind, _ reader: Reader) throws -> [LeasedRow] {
    try reader.query(select, .text(kind.rawValue)) { row in
      LeasedRow(
        id: WorkID(rawValue: row.int(0)), lane: row.text(1), priority: Int(row.int(2)),
        term: LeaseTerm(until: Timestamp(milliseconds: row.int(3)), length: row.int(4)), owner: row.text(5),
        vanished: Int(row.int(6)), isBegun: row.flag(7))
    }
  }
}

extension LeasedRow {
  /// Over what so many holders in a row have vanished is taken over like anything else: a machine that crashes twice ends whatever it was at.
  private static let ordinary = 2
  /// Over what so many have vanished it is the last time that it is begun: were it begun beside what ends the process, it would be set aside with that.
  private static let last = WorkLease.mostVanished - 1
  /// How long what more than usual vanished over waits for nothing else to be under way, in milliseconds: with its lease it is less than 30 seconds.
  private static let patience: Int64 = 8_000

  var patienceEnds: Timestamp { term.until.advanced(byMilliseconds: Self.patience) }

  /// Its place among what can be claimed, once its lease has ended.
  func rank(at now: Timestamp) -> ClaimChoice.Rank {
    // The one that has just vanished is not among them.
    switch vanished + (isBegun ? 1 : 0) {
    case ...Self.ordinary: .takeover
    // Not to be begun, but parked: that ends nothing.
    case WorkLease.mostVanished...: .takeover
    case _ where now < patienceEnds: .alone
    case Self.last: .overdue
    default: .takeover
    }
  }

  static let tried =
    "SELECT taken, lease_length FROM work_item WHERE state = 'leased' AND owner = ?1 AND vanished = ?2"

  /// Until when a process tries something for the last time, in whichever of its loops, and begins nothing else of that kind; nil: it tries nothing. What has been under way for a lease
  /// keeps the others no longer.
  static func trialEnds(_ owner: String, at now: Timestamp, _ reader: Reader) throws -> Timestamp? {
    try reader.query(tried, .text(owner), .int(Int64(last))) { row in
      (taken: Timestamp(milliseconds: row.int(0)), length: row.int(1))
    }
    // A clock that was set back does not make it longer.
    .filter { $0.taken <= now }
    .map { $0.taken.advanced(byMilliseconds: $0.length) }
    .filter { $0 > now }.max()
  }
}

/// Items that can be claimed. Each step is a look-up in one index, so the number of items does not matter: only that of lanes and priorities does.
enum ReadyRows {
  static let nextLane =
    "SELECT lane FROM work_item WHERE state = 'ready' AND kind = ?1 AND lane > ?2 ORDER BY lane LIMIT 1"
  static let nextPriority =
    """
    SELECT priority FROM work_item WHERE state = 'ready' AND kind = ?1 AND lane = ?2 AND priority >= ?3
    ORDER BY priority LIMIT 1
    """
  static let due =
    """
    SELECT id, due FROM work_item
    WHERE state = 'ready' AND kind = ?1 AND lane = ?2 AND priority = ?3 AND due <= ?4
    ORDER BY due, id LIMIT ?5
    """
  static let earliest =
    """
    SELECT due FROM work_item WHERE state = 'ready' AND kind = ?1 AND lane = ?2 AND priority = ?3
    ORDER BY due LIMIT 1
    """

  static let ofFuture =
    "SELECT 1 FROM work_item WHERE state = 'ready' AND kind = ?1 AND said > ?2 LIMIT 1"

  /// Processes of one machine may be this far apart between looking at the clock and storing what they saw.
  private static let tolerance: Int64 = 1_000

  /// Whether the clock was set back since the time of some was said: they would wait for as long as it was set back.
  static func isOfFuture(_ kind: WorkKind, now: Timestamp, _ reader: Reader) throws -> Bool {
    let latest = now.advanced(byMilliseconds: tolerance)
    return try reader.first(ofFuture, .text(kind.rawValue), .int(latest.milliseconds)) { _ in true } ?? false
  }

  /// Lets those wait from now as long as they were to wait.
  static func bringBack(_ kind: WorkKind, now: Timestamp, _ transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE work_item SET due = due - (said - ?2), said = ?2 WHERE state = 'ready' AND kind = ?1 AND said > ?2",
      .text(kind.rawValue), .int(now.milliseconds))
  }

  static func lanes(_ kind: WorkKind, _ reader: Reader) throws -> [String] {
    let next = try reader.prepare(nextLane)
    var lanes: [String] = []
    while let lane = try next.first([.text(kind.rawValue), .text(lanes.last ?? "")], row: { $0.text(0) }) {
      lanes.append(lane)
    }
    return lanes
  }

  /// The first ones whose time has come, by priority, then by time.
  static func due(
    _ kind: WorkKind, _ lane: String, now: Timestamp, limit: Int, _ reader: Reader
  ) throws -> [ClaimChoice.Candidate] {
    let rows = try reader.prepare(due)
    var found: [ClaimChoice.Candidate] = []
    try forEachPriority(kind, lane, reader) { priority in
      found += try rows.query(
        .text(kind.rawValue), .text(lane), .int(priority), .int(now.milliseconds), .int(limit - found.count)
      ) { row in
        ClaimChoice.Candidate(
          id: WorkID(rawValue: row.int(0)), lane: lane, priority: Int(priority),
          due: Timestamp(milliseconds: row.int(1)), rank: .ready)
      }
      return found.count < limit
    }
    return found
  }

  static func earliest(_ kind: WorkKind, _ lane: String, _ reader: Reader) throws -> Timestamp? {
    let row = try reader.prepare(Self.earliest)
    var earliest: Timestamp?
    try forEachPriority(kind, lane, reader) { priority in
      let due = try row.first(.text(kind.rawValue), .text(lane), .int(priority)) {
        Timestamp(milliseconds: $0.int(0))
      }
      if let due { earliest = earliest.map { min($0, due) } ?? due }
      return true
    }
    return earliest
  }

  private static func forEachPriority(
    _ kind: WorkKind, _ lane: String, _ reader: Reader, _ body: (Int64) throws -> Bool
  ) throws {
    let next = try reader.prepare(nextPriority)
    var floor = Int64.min
    while let priority = try next.first(.text(kind.rawValue), .text(lane), .int(floor), row: { $0.int(0) }) {
      guard try body(priority), priority < .max else { return }
      floor = priority + 1
    }
  }
}
