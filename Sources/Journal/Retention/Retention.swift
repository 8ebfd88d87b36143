public import CivilTime
internal import Exchanges
internal import SQLDatabase

/// Removes from the journal what has been kept long enough and nobody needs any more.
///
/// Goes through the journal from its oldest exchange in small transactions, each of which looks again before it removes. So it can be ended at any point,
/// and run again, or twice at once: what is gone is not met again, and nothing is removed in part.
public struct Retention: Sendable {
  /// Outcomes nobody knows yet are kept whole: a probe or a person has still to say what happened.
  static let unresolved = "unresolved"

  private static let rowsRead = 1_000
  /// So that writers do not wait long for a transaction: deleting overwrites each page of what is removed.
  private static let exchangesAtOnce = 50
  private static let bytesAtOnce = 8 << 20

  private let journal: Journal
  private let policy: RetentionPolicy
  private let guards: [RetentionGuard]

  public init(_ journal: Journal, policy: RetentionPolicy, guards: [RetentionGuard]) {
    self.journal = journal
    self.policy = policy
    self.guards = guards
  }

  /// One whole run.
  ///
  /// - Parameters:
  ///   - isTrial: only tell what would be removed.
  ///   - pause: between two transactions, for whoever wants to write as well.
  ///   - progress: told after each portion of what was done so far; must not block.
  /// - Throws: `DatabaseError`; `CancellationError` between two transactions. What was removed until then stays so.
  public func run(
    now: Timestamp, isTrial: Bool = false, pause: Duration = .zero,
    progress: (@Sendable (RetentionReport) -> Void)? = nil
  ) async throws -> RetentionReport {
    var report = RetentionReport()
    var position: ExchangeID? = ExchangeID(0)
    while let from = position {
      let (next, done) = try await portion(after: from, now: now, isTrial: isTrial, pause: pause)
      report.add(done)
      progress?(report)
      position = next
    }
    return report
  }

  /// Some thousand exchanges behind `position`. Gives where to go on, nil at the end.
  func portion(
    after position: ExchangeID, now: Timestamp, isTrial: Bool, pause: Duration = .zero
  ) async throws -> (next: ExchangeID?, report: RetentionReport) {
    let (rows, due, seen) = try await journal.database.read { reader in
      let rows = try self.rows(after: position, now: now, in: reader)
      let (due, report) = try self.judge(rows, now: now, in: reader)
      return (rows, due, report)
    }
    var report = seen
    if isTrial {
      for item in due { report.count(item) }
    } else {
      for some in Self.portions(of: due) {
        try Task.checkCancellation()
        report.add(try await remove(some.map(\.row.id), now: now))
        if pause > .zero { try await Task.sleep(for: pause) }
      }
    }
    return (rows.count < Self.rowsRead ? nil : rows.last.map { ExchangeID($0.id) }, report)
  }

  /// Looks at the exchanges once more and removes what is still due, in one transaction.
  private func remove(_ ids: [Int64], now: Timestamp) async throws -> RetentionReport {
    try await journal.database.write { transaction in
      let rows = try ids.compactMap { id in
        try transaction.first(Self.columns + " WHERE id = ?1", .int(id), row: Row.init)
      }
      // What is held was counted when it was first looked at.
      let (due, _) = try self.judge(rows, now: now, in: transaction)
      var report = RetentionReport()
      for item in due {
        switch item.step {
        case .bodies:
          try self.journal.erase(ExchangeID(item.row.id), in: transaction, now: now)
        case .row: try self.journal.prune(ExchangeID(item.row.id), in: transaction, now: now)
        }
        report.count(item)
      }
      return report
    }
  }

  /// What may be removed of the rows, and what is held.
  private func judge(
    _ rows: [Row], now: Timestamp, in reader: Reader
  ) throws -> (due: [Due], RetentionReport) {
    var report = RetentionReport()
    report.examined = rows.count
    var due: [Due] = []
    let clock = try RetentionClock(now: now, in: reader)
    for row in rows {
      let recorded = clock.earliest(row.recorded, behind: ExchangeID(row.id))
      guard let (step, rule) = policy.due(try row.subject(policy, recorded: recorded), now: now) else {
        continue
      }
      if step == .bodies, try !hasBodies(row, reader) { continue }
      due.append(Due(row: row, step: step, rule: rule.description))
    }
    let holds = try holds(on: due.filter { $0.row.outcome != Outcome.unknown.rawValue }, reader)
    var free: [Due] = []
    for item in due {
      if item.row.outcome == Outcome.unknown.rawValue {
        report.held[Self.unresolved, default: RetentionReport.Count()].add(item.step)
      } else if let (hold, reason) = holds[ExchangeID(item.row.id)], hold == .everything || item.step == .row
      {
        report.held[reason, default: RetentionReport.Count()].add(item.step)
        if hold == .row, try hasBodies(item.row, reader) {
          free.append(Due(row: item.row, step: .bodies, rule: item.rule))
        }
      } else {
        free.append(item)
      }
    }
    return (free, report)
  }

  /// The strongest hold on each exchange, with the first reason for it.
  private func holds(
    on due: [Due], _ reader: Reader
  ) throws -> [ExchangeID: (hold: RetentionHold, reason: String)] {
    guard !due.isEmpty else { return [:] }
    let ids = due.map { ExchangeID($0.row.id) }
    var holds: [ExchangeID: (hold: RetentionHold, reason: String)] = [:]
    for one in guards {
      for (id, hold) in try one.holds(ids, reader) where holds[id]?.hold != .everything {
        if holds[id] == nil || hold == .everything { holds[id] = (hold, one.reason) }
      }
    }
    return holds
  }

  /// Whether anything of what was said is left, with or without its key.
  private func hasBodies(_ row: Row, _ reader: Reader) throws -> Bool {
    guard row.isErased else { return true }
    let first = SQLValue.int(ExchangePart.request.row(of: row.id))
    let end = SQLValue.int(ExchangePart.request.row(of: row.id + 1))
    return try reader.int("SELECT count(*) FROM exchange_content WHERE id >= ?1 AND id < ?2", first, end) > 0
  }

  /// Those behind `position` that are old enough for some rule, oldest first.
  private func rows(after position: ExchangeID, now: Timestamp, in reader: Reader) throws -> [Row] {
    // Behind it nothing is that old, even where moments of recording went back.
    let last = try reader.first(
      "SELECT id FROM exchange WHERE recorded < ?1 ORDER BY recorded DESC, id DESC LIMIT 1",
      .int(policy.horizon(now: now).milliseconds)
    ) { $0.int(0) }
    guard let last else { return [] }
    return try reader.query(
      Self.columns + " WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3", .int(position.rawValue), .int(last),
      .int(Self.rowsRead), row: Row.init)
  }

  private static func portions(of due: [Due]) -> [[Due]] {
    var portions: [[Due]] = []
    var bytes = 0
    for item in due {
      if portions.isEmpty || portions[portions.count - 1].count >= exchangesAtOnce || bytes >= bytesAtOnce {
        portions.append([])
        bytes = 0
      }
      portions[portions.count - 1].append(item)
      bytes += item.row.bytes
    }
    return portions
  }

  private static let columns = """
    SELECT id, platform, operation, direction, recorded, outcome, erased IS NOT NULL,
      coalesce(response_type, CASE WHEN response_sealed_digest IS NULL THEN request_type END),
      request_size + response_size FROM exchange
    """

  fileprivate struct Row: Sendable {
    let id: Int64
    let platform: String
    let operation: String
    let direction: String
    let recorded: Timestamp
    let outcome: String
    let isErased: Bool
    let contentType: String?
    let bytes: Int

    init(_ row: borrowing SQLDatabase.Row) throws {
      id = row.int(0)
      platform = row.text(1)
      operation = row.text(2)
      direction = row.text(3)
      recorded = Timestamp(milliseconds: row.int(4))
      outcome = row.text(5)
      isErased = row.int(6) != 0
      contentType = row.textOrNull(7)
      bytes = Int(row.int(8))
    }

    /// - Parameter recorded: when it was, whatever the clock said.
    func subject(_ policy: RetentionPolicy, recorded: Timestamp) throws -> RetentionSubject {
      guard let direction = ExchangeDirection(rawValue: direction) else {
        throw JournalError(
          .damaged, "The row holds a direction that this program does not know.", exchange: ExchangeID(id))
      }
      return RetentionSubject(
        platform: platform, operation: operation,
        kind: policy.kind(platform: platform, operation: operation, direction: direction),
        contentType: contentType, recorded: recorded)
    }
  }

  fileprivate struct Due: Sendable {
    let row: Row
    let step: RetentionStep
    let rule: String
  }
}

extension RetentionReport {
  fileprivate mutating func count(_ item: Retention.Due) {
    removed[item.rule, default: Count()].add(item.step)
    bytes += item.row.bytes
  }
}
