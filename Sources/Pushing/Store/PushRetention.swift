public import CivilTime
public import Journal
public import SQLDatabase

/// Says of which pushes a part of the gateway still needs what was handed in. Asked inside the transaction that erases.
public struct PushGuard: Sendable {
  /// Why, in a word for counts and reports.
  public let reason: String
  let holds: @Sendable (_ pushes: [PushID], _ reader: Reader) throws -> [PushID]

  public init(
    reason: String, holds: @escaping @Sendable (_ pushes: [PushID], _ reader: Reader) throws -> [PushID]
  ) {
    self.reason = reason
    self.holds = holds
  }
}

/// Of which pushes what was handed in went, or would go, and which were kept although their time had come.
public struct PushRetentionReport: Hashable, Sendable {
  /// By the rule that let them go.
  public var erased: [String: Int] = [:]
  /// By the reason for which they stayed.
  public var held: [String: Int] = [:]
  /// Bytes of what went.
  public var bytes = 0

  public init() {}

  mutating func add(_ other: Self) {
    erased.merge(other.erased, uniquingKeysWith: +)
    held.merge(other.held, uniquingKeysWith: +)
    bytes += other.bytes
  }
}

/// Destroys what was handed in and has been kept long enough: for as long as a rule keeps what was said in exchanges of the kind `push`, counted from
/// the last thing that happened to the push. Receipts stay, since later pushes go by them.
///
/// Each transaction looks again before it erases, so a run can be ended at any point, and run again or twice at once.
public struct PushRetention: Sendable {
  /// Why a push stays that is not decided.
  static let unresolved = "unresolved"

  private static let rowsRead = 500
  /// Attachments are large, and deleting overwrites each page.
  private static let pushesAtOnce = 20

  private let pushes: Pushes
  private let policy: RetentionPolicy
  private let guards: [PushGuard]

  public init(_ pushes: Pushes, policy: RetentionPolicy, guards: [PushGuard] = []) {
    self.pushes = pushes
    self.policy = policy
    self.guards = guards
  }

  /// - Parameters:
  ///   - isTrial: only tell what would go.
  ///   - pause: between two transactions, for whoever wants to write as well.
  /// - Throws: `DatabaseError`; `CancellationError` between two transactions.
  public func run(now: Timestamp, isTrial: Bool, pause: Duration = .zero) async throws -> PushRetentionReport
  {
    var report = PushRetentionReport()
    var position: (changed: Int64, id: Int64)? = (.min, 0)
    while let from = position {
      let (ids, due, seen) = try await pushes.database.read { reader in
        let rows = try self.rows(after: from, now: now, in: reader)
        let (due, report) = try self.judge(rows, now: now, in: reader)
        return (rows.map { (changed: $0.changed.milliseconds, id: $0.id.rawValue) }, due, report)
      }
      report.add(seen)
      position = ids.count < Self.rowsRead ? nil : ids.last
      if isTrial {
        report.add(try await sizes(of: due))
        continue
      }
      for start in stride(from: 0, to: due.count, by: Self.pushesAtOnce) {
        try Task.checkCancellation()
        let some = due[start..<min(start + Self.pushesAtOnce, due.count)].map(\.id)
        report.add(try await erase(some, now: now))
        if pause > .zero { try await Task.sleep(for: pause) }
      }
    }
    return report
  }

  private struct Due: Sendable {
    let id: PushID
    let rule: String
  }

  /// Those old enough for some rule, oldest first, behind a position.
  private func rows(
    after position: (changed: Int64, id: Int64), now: Timestamp, in reader: Reader
  ) throws -> [Push] {
    try reader.query(
      """
      SELECT \(Pushes.columns) FROM push
      WHERE erased IS NULL AND duplicate_of IS NULL AND changed < ?1
        AND (changed > ?2 OR changed = ?2 AND id > ?3)
      ORDER BY changed, id LIMIT ?4
      """, .int(policy.horizon(now: now).milliseconds), .int(position.changed), .int(position.id),
      .int(Self.rowsRead)
    ) { Push($0) }
  }

  /// What may be erased of the pushes, and what is held.
  private func judge(
    _ rows: [Push], now: Timestamp, in reader: Reader
  ) throws -> (due: [Due], PushRetentionReport) {
    var report = PushRetentionReport()
    var due: [Due] = []
    let clock = try RetentionClock(now: now, in: reader)
    for push in rows where push.erased == nil && push.duplicateOf == nil {
      let subject = RetentionSubject(
        platform: push.platform, operation: push.operation, kind: .push, contentType: nil,
        recorded: clock.earliest(push.changed, behind: push.exchange))
      guard let (_, rule) = policy.due(subject, now: now) else { continue }
      guard push.machine.state(after: .erased) != nil else {
        report.held[Self.unresolved, default: 0] += 1
        continue
      }
      due.append(Due(id: push.id, rule: rule.description))
    }
    for one in guards where !due.isEmpty {
      let held = Set(try one.holds(due.map(\.id), reader))
      guard !held.isEmpty else { continue }
      report.held[one.reason, default: 0] += held.count
      due.removeAll { held.contains($0.id) }
    }
    return (due, report)
  }

  private func sizes(of due: [Due]) async throws -> PushRetentionReport {
    try await pushes.database.read { reader in
      var report = PushRetentionReport()
      for item in due { try Self.count(item, reader, &report) }
      return report
    }
  }

  /// Looks at the pushes once more and erases what is still due, in one transaction.
  private func erase(_ ids: [PushID], now: Timestamp) async throws -> PushRetentionReport {
    try await pushes.database.write { transaction in
      // What is held was counted when it was first looked at.
      let rows = try ids.compactMap { try pushes.load($0, transaction) }
      let (due, _) = try judge(rows, now: now, in: transaction)
      var report = PushRetentionReport()
      for item in due {
        try Self.count(item, transaction, &report)
        try pushes.erase(item.id, receipt: false, in: transaction, at: now)
      }
      return report
    }
  }

  private static func count(_ item: Due, _ reader: Reader, _ report: inout PushRetentionReport) throws {
    report.erased[item.rule, default: 0] += 1
    report.bytes += Int(
      try reader.int(
        "SELECT coalesce(sum(length(sealed)), 0) FROM push_content WHERE push = ?1", .int(item.id.rawValue)))
  }
}
