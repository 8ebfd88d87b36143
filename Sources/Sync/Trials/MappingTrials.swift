public import CivilTime
public import Crypto
public import Exchanges
public import SQLDatabase

/// Trials of changed mappings as the database keeps them, and what each operation was last run by.
public struct MappingTrials: Sendable {
  private let database: Database
  private let sealer: Sealer

  /// - Parameter sealer: seals who tried and why.
  public init(database: Database, sealer: Sealer) {
    self.database = database
    self.sealer = sealer
  }

  /// Keeps a trial and gives its number.
  ///
  /// - Parameters:
  ///   - old, new: SM3 of the contents.
  @discardableResult
  public func record(
    _ mapping: String, old: [UInt8], new: [UInt8], _ counts: TrialCounts, isAccepted: Bool,
    by signOff: SignOff, at moment: Timestamp
  ) async throws -> Int64 {
    let who = sealer.seal(signOff.encoded, context: Self.context(mapping, moment.milliseconds))
    return try await database.write { transaction in
      let id = try transaction.first(
        """
        INSERT INTO mapping_trial (mapping, old_digest, new_digest, exchanges, erased, unread, rows, differing,
          of_all, accepted, who, moment)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) RETURNING id
        """, .text(mapping), .blob(old), .blob(new), .int(counts.exchanges), .int(counts.erased),
        .int(counts.unread), .int(counts.rows), .int(counts.differing), .flag(counts.isOfAll),
        .flag(isAccepted), .blob(who), .int(moment.milliseconds)
      ) { $0.int(0) }
      guard let id else { throw DatabaseError(.other, "The insert of a trial returned no id.") }
      return id
    }
  }

  /// The latest, newest first.
  public func list(limit: Int) async throws -> [MappingTrial] {
    let sealer = sealer
    return try await database.read { reader in
      try reader.query(Self.select + " ORDER BY id DESC LIMIT ?1", .int(limit)) { try Self.trial($0, sealer) }
    }
  }

  /// Those in which the one content was tried in place of the other.
  public func trials(of new: [UInt8], after old: [UInt8]) async throws -> [MappingTrial] {
    let sealer = sealer
    return try await database.read { reader in
      try reader.query(
        Self.select + " WHERE new_digest = ?1 AND old_digest = ?2 ORDER BY id", .blob(new), .blob(old)
      ) { try Self.trial($0, sealer) }
    }
  }

  /// SM3 of the mapping that an operation was last run by; nil where that was not noted yet.
  public func used(by key: OperationKey) async throws -> [UInt8]? {
    try await database.read { reader in
      try reader.first(
        "SELECT digest FROM mapping_used WHERE platform = ?1 AND operation = ?2", .text(key.platform),
        .text(key.operation)
      ) { $0.blob(0) }
    }
  }

  func noteUse(of digest: [UInt8], by key: OperationKey, at moment: Timestamp) async throws {
    _ = try await database.write { transaction in
      try transaction.execute(
        """
        INSERT INTO mapping_used (platform, operation, digest, since) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (platform, operation) DO UPDATE SET digest = ?3, since = ?4
        """, .text(key.platform), .text(key.operation), .blob(digest), .int(moment.milliseconds))
    }
  }

  /// One portion of bringing signatures under the current key after a rotation: looks at up to `limit` trials behind `position`.
  ///
  /// Returns the position to go on from, nil at the end, and how many were sealed anew.
  public func resealOutdated(
    after position: Int64, limit: Int
  ) async throws -> (next: Int64?, resealed: Int) {
    let sealer = sealer
    return try await database.write { transaction in
      let rows = try transaction.query(
        "SELECT id, mapping, moment, who FROM mapping_trial WHERE id > ?1 ORDER BY id LIMIT ?2",
        .int(position), .int(limit)
      ) { (id: $0.int(0), context: Self.context($0.text(1), $0.int(2)), who: $0.blob(3)) }
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.who) {
        let plain = try sealer.open(row.who, context: row.context)
        try transaction.execute(
          "UPDATE mapping_trial SET who = ?2 WHERE id = ?1", .int(row.id),
          .blob(sealer.seal(plain, context: row.context)))
        resealed += 1
      }
      return (rows.count < limit ? nil : rows.last?.id, resealed)
    }
  }

  private static let select =
    """
    SELECT id, mapping, old_digest, new_digest, exchanges, erased, unread, rows, differing, of_all, accepted, who,
      moment FROM mapping_trial
    """

  private static func context(_ mapping: String, _ milliseconds: Int64) -> String {
    "mapping_trial.who|\(mapping)|\(milliseconds)"
  }

  private static func trial(_ row: borrowing Row, _ sealer: Sealer) throws -> MappingTrial {
    var counts = TrialCounts()
    counts.exchanges = Int(row.int(4))
    counts.erased = Int(row.int(5))
    counts.unread = Int(row.int(6))
    counts.rows = Int(row.int(7))
    counts.differing = Int(row.int(8))
    counts.isOfAll = row.flag(9)
    let (mapping, moment) = (row.text(1), row.int(12))
    let who = try sealer.open(row.blob(11), context: context(mapping, moment))
    return MappingTrial(
      id: row.int(0), mapping: mapping, old: row.blob(2), new: row.blob(3), counts: counts,
      isAccepted: row.flag(10), signOff: try SignOff(decoding: who),
      moment: Timestamp(milliseconds: moment))
  }
}
