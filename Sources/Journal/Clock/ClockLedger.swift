public import CivilTime
internal import Exchanges
public import SQLDatabase

/// Keeps how the machine's clock has gone, so that retention believes no moment only because it was written down.
public struct ClockLedger: Sendable {
  private let database: Database

  /// The database must have been migrated with `JournalSchema.component`.
  public init(database: Database) {
    self.database = database
  }

  /// Looks at the clock and writes down how it stands. To be done when a gateway starts, before anything else is written, and every few minutes.
  ///
  /// - Parameters:
  ///   - uptime: milliseconds the machine has been up.
  ///   - boot: which start of the machine this is; empty where nobody knows: then nothing is taken for having gone by.
  @discardableResult
  public func look(at now: Timestamp, uptime: Int64, boot: String) async throws -> ClockStanding {
    try await database.writeRegardless(isPatient: true) { transaction in
      var standing =
        try Self.standing(in: transaction) ?? Self.before(in: transaction)
        ?? ClockStanding(moment: now, uptime: uptime, boot: boot)
      if let behind = standing.look(at: now, uptime: uptime, boot: boot) {
        try Self.keep(behind, in: transaction)
      }
      try Self.keep(standing, in: transaction)
      return standing
    }
  }

  /// A person says that the clock is right, whatever it has done: it does not stand behind now either, and what it is thought to have stood behind is wrong
  /// where that would have been later than now.
  public func confirm(at now: Timestamp, uptime: Int64, boot: String) async throws {
    try await database.write { transaction in
      var standing =
        try Self.standing(in: transaction) ?? ClockStanding(moment: now, uptime: uptime, boot: boot)
      if let behind = standing.look(at: now, uptime: uptime, boot: boot) {
        try Self.keep(behind, in: transaction)
      }
      standing.confirm(at: now)
      // A span that was right ends at what the clock shows now, but for what it is thought longer so that it has all.
      try transaction.execute(
        "DELETE FROM clock_behind WHERE ended + shift > ?1", .int(now.milliseconds + ClockStanding.slack))
      try Self.keep(standing, in: transaction)
    }
  }

  /// How it would stand; nothing is written down. nil where nobody has ever looked, and nothing was recorded.
  public func standing(at now: Timestamp, uptime: Int64, boot: String) async throws -> ClockStanding? {
    try await database.read { reader in
      guard var standing = try Self.standing(in: reader) ?? Self.before(in: reader) else { return nil }
      _ = standing.look(at: now, uptime: uptime, boot: boot)
      return standing
    }
  }

  /// The database is a copy: how long another machine had been up tells nothing about this one.
  public static func forgetMachine(in transaction: Transaction) throws {
    try transaction.execute("UPDATE clock_standing SET uptime = ?1, boot = NULL", .int(Int64.max))
  }

  /// Where an older program had it: by what it recorded last.
  private static func before(in reader: Reader) throws -> ClockStanding? {
    try reader.first("SELECT recorded FROM exchange ORDER BY id DESC LIMIT 1") {
      ClockStanding(moment: Timestamp(milliseconds: $0.int(0)), uptime: .max, boot: "")
    }
  }

  private static func standing(in reader: Reader) throws -> ClockStanding? {
    try reader.first(
      """
      SELECT moment, uptime, reached, doubt, behind_began, behind_ended, behind_shift, boot
      FROM clock_standing WHERE id = 1
      """
    ) { row in
      var behind: ClockStanding.Behind?
      if let began = row.intOrNull(4), let ended = row.intOrNull(5), let shift = row.intOrNull(6) {
        behind = ClockStanding.Behind(
          began: Timestamp(milliseconds: began), ended: Timestamp(milliseconds: ended), shift: shift)
      }
      return ClockStanding(
        moment: Timestamp(milliseconds: row.int(0)), uptime: row.int(1), boot: row.textOrNull(7) ?? "",
        reached: Timestamp(milliseconds: row.int(2)), doubt: row.intOrNull(3), behind: behind)
    }
  }

  private static func keep(_ standing: ClockStanding, in transaction: Transaction) throws {
    try transaction.execute(
      """
      INSERT INTO clock_standing (id, moment, uptime, reached, doubt, behind_began, behind_ended, behind_shift,
        boot)
      VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT (id) DO UPDATE SET moment = excluded.moment, uptime = excluded.uptime, reached = excluded.reached,
        doubt = excluded.doubt, behind_began = excluded.behind_began, behind_ended = excluded.behind_ended,
        behind_shift = excluded.behind_shift, boot = excluded.boot
      """, .int(standing.moment.milliseconds), .int(standing.uptime), .int(standing.reached.milliseconds),
      .intOrNull(standing.doubt), .intOrNull(standing.behind?.began.milliseconds),
      .intOrNull(standing.behind?.ended.milliseconds), .intOrNull(standing.behind?.shift),
      .text(standing.boot))
  }

  private static func keep(_ behind: ClockStanding.Behind, in transaction: Transaction) throws {
    try transaction.execute(
      "INSERT INTO clock_behind (began, ended, shift) VALUES (?1, ?2, ?3)",
      .int(behind.began.milliseconds), .int(behind.ended.milliseconds), .int(behind.shift))
  }

  /// What the clock has stood behind, as far as that was seen, also where it does so now.
  static func behind(in reader: Reader) throws -> [ClockStanding.Behind] {
    let over = try reader.query("SELECT began, ended, shift FROM clock_behind ORDER BY id") { row in
      ClockStanding.Behind(
        began: Timestamp(milliseconds: row.int(0)), ended: Timestamp(milliseconds: row.int(1)),
        shift: row.int(2))
    }
    guard let now = try standing(in: reader)?.behind else { return over }
    return over + [now]
  }
}
