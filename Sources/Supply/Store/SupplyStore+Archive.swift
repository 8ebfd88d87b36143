import CivilTime
import Exchanges
import Registry
import SQLDatabase

extension SupplyStore {
  /// Notes that the customer of an application is connected, in the caller's transaction. The same once more is one note; another stands in
  /// for it, and both stay.
  ///
  /// - Parameters:
  ///   - due: by when the archive has to be whole.
  ///   - verdict: on which the connection rests, if it is the latest still; nil where none meets everything yet. What an earlier note of the same moment
  ///     rests on stays.
  /// - Throws: `SupplyError`: `notFound`, `erased`.
  func connect(
    _ id: SupplyApplicationID, at moment: Timestamp, contracts: [String], due: Timestamp?,
    verdict: Int?, in transaction: Transaction, now: Timestamp
  ) throws -> (connection: SupplyConnection, isNew: Bool) {
    let isErased = try transaction.first(
      "SELECT erased IS NOT NULL FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { $0.flag(0) }
    guard let isErased else { throw Self.notFound(id) }
    guard !isErased else { throw Self.erased(id) }
    let known = try connection(id, transaction)
    if let known, known.connected == moment, known.contracts == contracts { return (known, false) }
    let before = known?.connected == moment ? try pinned(id, transaction) : nil
    let isLatest = try verdict.map { try nextVersion(id, transaction) == $0 + 1 } ?? false
    let number = try transaction.first(
      """
      INSERT INTO supply_connection (application, connected, contracts, noted) VALUES (?1, ?2, ?3, ?4) RETURNING id
      """, .int(id.rawValue), .int(moment.milliseconds), .text(contracts.joined(separator: " ")),
      .int(now.milliseconds)
    ) { $0.int(0) }
    guard let number else { throw DatabaseError(.other, "The insert of a connection returned no id.") }
    try transaction.execute(
      """
      INSERT INTO supply_archive (application, connection, due, told, late, archived, verdict)
      VALUES (?1, ?2, ?3, NULL, 0, NULL, ?4)
      ON CONFLICT (application) DO UPDATE SET connection = ?2, due = ?3, told = NULL, late = 0, archived = NULL,
        verdict = ?4
      """, .int(id.rawValue), .int(number), .intOrNull(due?.milliseconds),
      .intOrNull((before ?? (isLatest ? verdict : nil)).map { Int64($0) }))
    try count(id, connected: moment, in: transaction, now: now)
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
  }

  func archive(_ id: SupplyApplicationID, _ reader: Reader) throws -> Archive? {
    guard let connection = try connection(id, reader) else { return nil }
    return try reader.first(
      "SELECT due, told, late, archived FROM supply_archive WHERE application = ?1", .int(id.rawValue)
    ) { row in
      Archive(
        standing: ArchiveStanding(
          connection: connection, due: row.intOrNull(0).map { Timestamp(milliseconds: $0) },
          archived: row.intOrNull(3).map { Timestamp(milliseconds: $0) }),
        told: row.textOrNull(1), isToldLate: row.flag(2))
    }
  }

  /// The version that the archive is made of; nil where it goes by the latest still.
  func pinned(_ id: SupplyApplicationID, _ reader: Reader) throws -> Int? {
    try reader.first("SELECT verdict FROM supply_archive WHERE application = ?1", .int(id.rawValue)) {
      $0.intOrNull(0).map { Int($0) }
    } ?? nil
  }

  /// Has the archive be made of this version from now on, if it is the latest and none was before.
  func pin(_ version: Int, of id: SupplyApplicationID, in transaction: Transaction) throws {
    guard try nextVersion(id, transaction) == version + 1 else { return }
    try transaction.execute(
      "UPDATE supply_archive SET verdict = ?2 WHERE application = ?1 AND verdict IS NULL", .int(id.rawValue),
      .int(version))
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
