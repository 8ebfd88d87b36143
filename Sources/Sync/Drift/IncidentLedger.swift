public import Changes
import CivilTime
import Crypto
public import Exchanges
public import Registry
public import SQLDatabase

/// The incidents of a site: listed, acknowledged and closed here; opened by pulls.
public final class IncidentLedger: Sendable {
  let database: Database
  let keys: RegistryKeys
  let changes: ChangeFeed?
  let lost: (@Sendable (DriftLoss) -> Void)?

  var sealer: Sealer { keys.sealer }

  /// The database must have been migrated with ``IncidentSchema``.
  ///
  /// - Parameters:
  ///   - keys: seal places of messages, who did what to an incident, and what they wrote.
  ///   - changes: is told what opens and closes; nil: nobody is.
  ///   - lost: is told what was given up; nil: nobody is.
  public init(
    database: Database, keys: RegistryKeys, changes: ChangeFeed? = nil,
    lost: (@Sendable (DriftLoss) -> Void)? = nil
  ) {
    self.database = database
    self.keys = keys
    self.changes = changes
    self.lost = lost
  }

  public func incident(_ id: IncidentID) async throws -> Incident? {
    let sealer = sealer
    return try await database.read { reader in
      try reader.first(Self.select + " WHERE id = ?1", .int(id.rawValue)) { try Incident($0, sealer) }
    }
  }

  /// The newest number first.
  public func list(_ filter: IncidentFilter = IncidentFilter()) async throws -> [Incident] {
    var terms = ["1"]
    var values: [SQLValue] = []
    func require(_ term: String, _ value: SQLValue?) {
      guard let value else { return }
      values.append(value)
      terms.append("\(term) ?\(values.count)")
    }
    require("platform =", filter.platform.map { .text($0) })
    require("operation =", filter.operation.map { .text($0) })
    require("kind =", filter.kind.map { .text($0.rawValue) })
    require("id <", filter.after.map { .int($0.rawValue) })
    let states = filter.states.isEmpty ? Set(Incident.State.allCases) : filter.states
    let places = states.sorted { $0.rawValue < $1.rawValue }.map { state in
      values.append(.text(state.rawValue))
      return "?\(values.count)"
    }
    terms.append("state IN (\(places.joined(separator: ", ")))")
    values.append(.int(filter.limit))
    let sql =
      Self.select + " WHERE \(terms.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?\(values.count)"
    let (bound, sealer) = (values, sealer)
    return try await database.read { try $0.query(sql, bound) { try Incident($0, sealer) } }
  }

  /// Says that somebody has seen it.
  ///
  /// - Parameter accepting: it is right as it is now: the next run goes on, and what was drift becomes usual.
  /// - Throws: `IncidentError` when there is none, or when it is closed.
  @discardableResult
  public func acknowledge(_ id: IncidentID, _ step: IncidentStep, accepting: Bool) async throws -> Incident {
    try await change(id) { incident, transaction, sealer in
      guard incident.state != .closed else {
        throw IncidentError(
          code: .wrongState, message: "incident \(id) is closed; it opens again when it is met again")
      }
      guard !accepting || incident.subject.kind != .unreadableMessage else {
        throw IncidentError(
          code: .wrongState,
          message: "incident \(id) cannot be accepted: the message is not understood; mend adapter or mapping"
        )
      }
      _ = try transaction.execute(
        """
        UPDATE incident SET state = 'acknowledged',
          accepted = CASE WHEN accepted < ?2 THEN ?2 ELSE accepted END, acknowledged = ?3,
          acknowledged_by = ?4, acknowledged_note = ?5 WHERE id = ?1
        """, .int(id.rawValue), .flag(accepting), .int(step.time.milliseconds),
        .blob(sealer.seal(Array(step.by.utf8), context: Self.context(id, "acknowledged_by"))),
        .blobOrNull(
          step.note.map { sealer.seal(Array($0.utf8), context: Self.context(id, "acknowledged_note")) }))
    }
  }

  /// Says that it is over. What still holds a window is met again by the next run, and open again.
  @discardableResult
  public func close(_ id: IncidentID, _ step: IncidentStep) async throws -> Incident {
    try await change(id) { incident, transaction, sealer in
      guard incident.state != .closed else {
        throw IncidentError(code: .wrongState, message: "incident \(id) is closed already")
      }
      // What was accepted stays so: the next window still has to learn it.
      _ = try transaction.execute(
        """
        UPDATE incident SET state = 'closed', closed = ?2, closed_by = ?3, closed_note = ?4 WHERE id = ?1
        """, .int(id.rawValue), .int(step.time.milliseconds),
        .blob(sealer.seal(Array(step.by.utf8), context: Self.context(id, "closed_by"))),
        .blobOrNull(step.note.map { sealer.seal(Array($0.utf8), context: Self.context(id, "closed_note")) }))
      try self.changes?.append(
        .incident(.incidentClosed, id, incident.key, incident.subject), in: transaction, at: step.time)
    }
  }

  private func change(
    _ id: IncidentID, _ body: @escaping @Sendable (Incident, Transaction, Sealer) throws -> Void
  ) async throws -> Incident {
    let sealer = sealer
    return try await database.write { transaction in
      func read() throws -> Incident? {
        try transaction.first(Self.select + " WHERE id = ?1", .int(id.rawValue)) { try Incident($0, sealer) }
      }
      guard let incident = try read() else {
        throw IncidentError(code: .notFound, message: "there is no incident \(id)")
      }
      try body(incident, transaction, sealer)
      guard let changed = try read() else { preconditionFailure("a row that was just changed") }
      return changed
    }
  }

  /// Those of the exchanges that an incident names which is not closed: whoever looks into it needs what was said. All that are not closed are looked at, which are few.
  public static func named(among exchanges: [ExchangeID], in reader: Reader) throws -> [ExchangeID] {
    let named = Set(
      try reader.query(
        "SELECT exchange FROM incident WHERE state IN ('open', 'acknowledged') AND exchange IS NOT NULL"
      ) { ExchangeID($0.int(0)) })
    return exchanges.filter(named.contains)
  }

  /// How many incidents are not closed, by kind.
  public func counts() async throws -> [(kind: DriftKind, held: Bool, count: Int)] {
    try await database.read { reader in
      try reader.query(
        """
        SELECT kind, held, count(*) FROM incident WHERE state IN ('open', 'acknowledged')
        GROUP BY kind, held ORDER BY kind, held
        """
      ) { (kind: DriftKind(rawValue: $0.text(0)), held: $0.flag(1), count: Int($0.int(2))) }
    }.compactMap { row in row.kind.map { ($0, row.held, row.count) } }
  }

  /// Brings what is sealed under the current column key after a rotation. What is usual of an operation and does not open is given up: it is learned anew. A place that does not open
  /// stays as it is: its incident is shown without it.
  ///
  /// - Returns: how many incidents and baselines were sealed anew, of which operations what is usual was given up, and of which incidents a place does not open.
  @discardableResult
  public func resealOutdated() async throws -> (
    resealed: Int, givenUp: [OperationKey], unopened: [IncidentID]
  ) {
    let sealer = sealer
    let places = ["sealed_place", "sealed_locator"]
    let columns = places + ["acknowledged_by", "acknowledged_note", "closed_by", "closed_note"]
    return try await database.write { transaction in
      try self.sealPlaces(in: transaction)
      let rows = try transaction.query("SELECT id, \(columns.joined(separator: ", ")) FROM incident") { row in
        (id: IncidentID(rawValue: row.int(0)), sealed: (1...columns.count).map { row.blobOrNull($0) })
      }
      var resealed: Set<IncidentID> = []
      var unopened: Set<IncidentID> = []
      for row in rows {
        for (column, sealed) in zip(columns, row.sealed) {
          guard let sealed else { continue }
          let context = Self.context(row.id, column)
          func reseal() throws {
            guard try sealer.isOutdated(sealed) else { return }
            _ = try transaction.execute(
              "UPDATE incident SET \(column) = ?2 WHERE id = ?1", .int(row.id.rawValue),
              .blob(sealer.seal(try sealer.open(sealed, context: context), context: context)))
            resealed.insert(row.id)
          }
          // What somebody wrote has to be compared with a backup; a place is met again.
          if !places.contains(column) {
            try reseal()
          } else if try self.isDamaged(reseal) {
            unopened.insert(row.id)
          }
        }
      }
      let baselines = try self.resealBaselines(transaction)
      return (
        resealed.count + baselines.resealed, baselines.givenUp,
        unopened.sorted { $0.rawValue < $1.rawValue }
      )
    }
  }

  static func context(_ id: IncidentID, _ column: String) -> String { "incident/\(column)/\(id)" }

  static let select =
    """
    SELECT id, platform, operation, entity, kind, subject, state, held, accepted, count, detail, exchange,
      sealed_locator, first_seen, last_seen, opened, acknowledged, acknowledged_by, acknowledged_note, closed, closed_by,
      closed_note, sealed_place
    FROM incident
    """
}

extension Incident {
  init(_ row: borrowing Row, _ sealer: Sealer) throws {
    guard let kind = DriftKind(rawValue: row.text(4)), let state = State(rawValue: row.text(6)) else {
      throw IncidentError(code: .unreadable, message: "incident \(row.int(0)) is of a newer program")
    }
    let id = IncidentID(rawValue: row.int(0))
    func opened(_ sealed: [UInt8], _ column: String) throws(CryptoError) -> String {
      String(decoding: try sealer.open(sealed, context: IncidentLedger.context(id, column)), as: UTF8.self)
    }
    func unreadable(_ column: String, _ error: CryptoError) -> IncidentError {
      IncidentError(code: .unreadable, message: "\(column) of incident \(id) does not open: \(error)")
    }
    func text(_ sealed: [UInt8], _ column: String) throws(IncidentError) -> String {
      do throws(CryptoError) { return try opened(sealed, column) } catch { throw unreadable(column, error) }
    }
    // Also of an incident whose place is lost there is something to tell, and somebody closes it.
    func place(_ sealed: [UInt8], _ column: String) throws(IncidentError) -> String? {
      do throws(CryptoError) {
        return try opened(sealed, column)
      } catch {
        guard error.isDamage else { throw unreadable(column, error) }
        return nil
      }
    }
    func step(_ time: Int64?, _ by: [UInt8]?, _ note: [UInt8]?, _ word: String) throws -> IncidentStep? {
      guard let time, let by else { return nil }
      return IncidentStep(
        time: Timestamp(milliseconds: time), by: try text(by, "\(word)_by"),
        note: try note.map { try text($0, "\(word)_note") })
    }
    self.init(
      id: id, key: OperationKey(platform: row.text(1), operation: row.text(2)),
      subject: DriftSubject(
        entity: row.text(3), kind: kind,
        subject: try row.blobOrNull(22).map { try place($0, "sealed_place") ?? "?" } ?? row.text(5)),
      state: state,
      isHeld: row.flag(7), isAccepted: row.flag(8), count: Int(row.int(9)), detail: row.text(10),
      exchange: row.intOrNull(11).map { ExchangeID($0) },
      locator: try row.blobOrNull(12).flatMap {
        try place($0, "sealed_locator").flatMap { RecordLocator(path: $0) }
      },
      firstSeen: Timestamp(milliseconds: row.int(13)), lastSeen: Timestamp(milliseconds: row.int(14)),
      opened: Timestamp(milliseconds: row.int(15)),
      acknowledged: try step(
        row.intOrNull(16), row.blobOrNull(17), row.blobOrNull(18), "acknowledged"),
      closed: try step(row.intOrNull(19), row.blobOrNull(20), row.blobOrNull(21), "closed"))
  }
}
