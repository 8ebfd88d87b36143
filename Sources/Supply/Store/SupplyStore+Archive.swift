import CivilTime
import Exchanges
import Registry
import SQLDatabase

/// What an archive is made of since everything was met: whatever forms come later.
struct ArchivePin: Hashable, Sendable {
  /// The version of the verdict.
  let verdict: Int
  /// nil: an earlier version noted it, and the forms say it as they are.
  let line: SupplyLine?
}

extension SupplyStore {
  /// Notes that the customer of an application is connected, in the caller's transaction. The same once more is one note; another stands in
  /// for it, and both stay.
  ///
  /// - Parameters:
  ///   - due: by when the archive has to be whole.
  ///   - pin: on which the connection rests, if its verdict is the latest still; nil where none meets everything yet. What an earlier note of the same moment
  ///     rests on stays.
  /// - Throws: `SupplyError`: `notFound`, `erased`.
  func connect(
    _ id: SupplyApplicationID, at moment: Timestamp, contracts: [String], due: Timestamp?,
    pin: ArchivePin?, in transaction: Transaction, now: Timestamp
  ) throws -> (connection: SupplyConnection, isNew: Bool) {
    let isErased = try transaction.first(
      "SELECT erased IS NOT NULL FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { $0.flag(0) }
    guard let isErased else { throw Self.notFound(id) }
    guard !isErased else { throw Self.erased(id) }
    let known = try connection(id, transaction)
    if let known, known.connected == moment, known.contracts == contracts { return (known, false) }
    let number = try transaction.first(
      """
      INSERT INTO supply_connection (application, connected, contracts, noted) VALUES (?1, ?2, ?3, ?4) RETURNING id
      """, .int(id.rawValue), .int(moment.milliseconds), .text(contracts.joined(separator: " ")),
      .int(now.milliseconds)
    ) { $0.int(0) }
    guard let number else { throw DatabaseError(.other, "The insert of a connection returned no id.") }
    try transaction.execute(
      """
      INSERT INTO supply_archive (application, connection, due, told, late, archived)
      VALUES (?1, ?2, ?3, NULL, 0, NULL)
      ON CONFLICT (application) DO UPDATE SET connection = ?2, due = ?3, told = NULL, late = 0, archived = NULL
      """, .int(id.rawValue), .int(number), .intOrNull(due?.milliseconds))
    if known?.connected != moment {
      try transaction.execute(
        """
        UPDATE supply_archive SET verdict = NULL, permits = NULL, project = NULL, cases_until = NULL
        WHERE application = ?1
        """, .int(id.rawValue))
    }
    if let pin { try self.pin(pin, of: id, in: transaction) }
    let first = try firstNoted(id, connected: moment, transaction)
    try count(id, connected: moment, noted: first, in: transaction)
    return (
      SupplyConnection(id: number, connected: moment, contracts: contracts, noted: now), true
    )
  }

  /// The latest note; nil where there is none.
  func connection(_ id: SupplyApplicationID, _ reader: Reader) throws -> SupplyConnection? {
    try reader.first(
      """
      SELECT id, connected, contracts, noted FROM supply_connection
      WHERE application = ?1 ORDER BY id DESC LIMIT 1
      """, .int(id.rawValue)
    ) { row in
      SupplyConnection(
        id: row.int(0), connected: Timestamp(milliseconds: row.int(1)),
        contracts: row.text(2).split(separator: " ").map(String.init),
        noted: Timestamp(milliseconds: row.int(3)))
    }
  }

  /// How far the archive is; nil where nobody has noted that the customer is connected.
  public func archiveStanding(_ id: SupplyApplicationID) async throws -> ArchiveStanding? {
    try await database.read { try self.archive(id, $0)?.standing }
  }

  struct Archive {
    let standing: ArchiveStanding
    /// The words of what was told last to be missing; nil: nothing was told.
    let told: String?
    /// It was told to be late.
    let isToldLate: Bool
    /// Up to when cases of the project are its own where an earlier version found it whole, which looked at all that there were; else nil.
    let casesUntil: Timestamp?
  }

  func archive(_ id: SupplyApplicationID, _ reader: Reader) throws -> Archive? {
    guard let connection = try connection(id, reader) else { return nil }
    return try reader.first(
      "SELECT due, told, late, archived, cases_until FROM supply_archive WHERE application = ?1",
      .int(id.rawValue)
    ) { row in
      Archive(
        standing: ArchiveStanding(
          connection: connection, due: row.intOrNull(0).map { Timestamp(milliseconds: $0) },
          archived: row.intOrNull(3).map { Timestamp(milliseconds: $0) }),
        told: row.textOrNull(1), isToldLate: row.flag(2),
        casesUntil: row.intOrNull(4).map { Timestamp(milliseconds: $0) })
    }
  }

  /// When a moment of a connection was noted first: what only names a contract besides is no other one.
  func firstNoted(
    _ id: SupplyApplicationID, connected moment: Timestamp, _ reader: Reader
  ) throws -> Timestamp {
    Timestamp(
      milliseconds: try reader.int(
        "SELECT min(noted) FROM supply_connection WHERE application = ?1 AND connected = ?2",
        .int(id.rawValue), .int(moment.milliseconds)))
  }

  /// Up to when permit cases of its project may be an application's; nil where nobody has noted a connection.
  func casesUntil(_ id: SupplyApplicationID, _ reader: Reader) throws -> Timestamp? {
    guard let archive = try archive(id, reader) else { return nil }
    let connected = archive.standing.connection.connected
    return try archive.casesUntil ?? firstNoted(id, connected: connected, reader)
  }

  /// What the archive is made of; nil where it goes by the latest still.
  func pinned(_ id: SupplyApplicationID, _ reader: Reader) throws -> ArchivePin? {
    let row = try reader.first(
      "SELECT verdict, permits, project FROM supply_archive WHERE application = ?1", .int(id.rawValue)
    ) { ($0.intOrNull(0), $0.textOrNull(1), $0.blobOrNull(2)) }
    guard case (let verdict?, let word, let project)? = row else { return nil }
    guard let word else { return ArchivePin(verdict: Int(verdict), line: nil) }
    guard let permits = PermitNeed(rawValue: word) else {
      throw SupplyError.unreadable("the archive of application \(id)")
    }
    return ArchivePin(verdict: Int(verdict), line: SupplyLine(permits: permits, project: project))
  }

  /// Has the archive be made of this from now on, if its verdict is the latest and there was nothing before.
  func pin(_ pin: ArchivePin, of id: SupplyApplicationID, in transaction: Transaction) throws {
    guard try nextVersion(id, transaction) == pin.verdict + 1 else { return }
    try transaction.execute(
      """
      UPDATE supply_archive SET verdict = ?2, permits = ?3, project = ?4 WHERE application = ?1 AND verdict IS NULL
      """, .int(id.rawValue), .int(pin.verdict), .textOrNull(pin.line?.permits.rawValue),
      .blobOrNull(pin.line?.project))
  }

  func settle(
    _ id: SupplyApplicationID, told: String, isLate: Bool, archived: Timestamp?, in transaction: Transaction
  ) throws {
    try transaction.execute(
      "UPDATE supply_archive SET told = ?2, late = ?3, archived = ?4 WHERE application = ?1",
      .int(id.rawValue), .text(told), .flag(isLate), .intOrNull(archived?.milliseconds))
    try count(id, archived: archived, in: transaction)
  }

  /// Every verdict on an application up to a version, the latest if none is given; oldest first.
  func verdicts(_ id: SupplyApplicationID, upTo version: Int?) async throws -> [KeptVerdict] {
    let latest = try await verdict(id, version: version)
    var verdicts: [KeptVerdict] = []
    for version in 1..<latest.version { verdicts.append(try await verdict(id, version: version)) }
    return verdicts + [latest]
  }
}
