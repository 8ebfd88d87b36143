import Certificates
import Changes
public import CivilTime
import Exchanges
public import SQLDatabase

extension Registry {
  /// Stores observations and resolves their certificates, in the caller's transaction.
  ///
  /// - Parameter now: when the change is told, however old what was received is.
  public func store(
    _ prepared: [PreparedObservation], in transaction: Transaction, now: Timestamp = .now()
  ) throws -> StoreCounts {
    var statements = try Statements(transaction)
    var counts = StoreCounts()
    for one in prepared { try store(one, &statements, &counts) }
    try changes?.append(statements.changed, in: transaction, at: now)
    return counts
  }

  private struct Statements {
    let find: Statement
    let latest: Statement
    let same: Statement
    let insertCertificate: Statement
    let insertObservation: Statement
    let insertKey: Statement
    let hasOther: Statement
    let compareLater: Statement
    let touchObservation: Statement
    let touchCertificate: Statement
    let change: Statement
    /// Ids are given here: there is one writer at a time, and asking the database for each costs more than all the rest of an insert.
    var nextCertificate: Int64
    var nextObservation: Int64
    /// For the feed: told at once at the end, because each append costs a statement of its own.
    var changed: [NewChange] = []
    var lastChange: (place: ChangePlace, change: NewChange)?

    init(_ transaction: Transaction) throws {
      find = try transaction.prepare(
        """
        SELECT id, version, claim_rank, claim_content, claim_time, observation, public_id FROM certificate
        WHERE identity = ?1
        """)
      latest = try transaction.prepare(
        """
        SELECT id, digest, claim_time FROM observation WHERE certificate = ?1 AND platform = ?2
        ORDER BY claim_time DESC, id DESC LIMIT 1
        """)
      same = try transaction.prepare(
        "SELECT id FROM observation WHERE certificate = ?1 AND platform = ?2 AND digest = ?3 AND claim_time = ?4"
      )
      insertCertificate = try transaction.prepare(
        """
        INSERT INTO certificate (id, public_id, kind, identity, observation, version, claim_rank, claim_content,
          claim_time, state, valid_to, created, changed, seen)
        VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?11)
        """)
      insertObservation = try transaction.prepare(
        """
        INSERT INTO observation (id, certificate, platform, digest, claim_time, exchange, locator, mapping, adapter,
          received, last_seen, last_exchange, version, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?6, ?11, ?12)
        """)
      insertKey = try transaction.prepare(
        "INSERT INTO certificate_key (token, certificate) VALUES (?1, ?2) ON CONFLICT (token, certificate) DO NOTHING"
      )
      hasOther = try transaction.prepare(
        "SELECT 1 FROM observation WHERE certificate = ?1 AND (platform < ?2 OR platform > ?2) LIMIT 1")
      compareLater = try transaction.prepare(
        """
        INSERT INTO disagreement_check (certificate, observation) VALUES (?1, ?2)
        ON CONFLICT (certificate) DO UPDATE SET observation = ?2
        """)
      touchObservation = try transaction.prepare(
        """
        UPDATE observation SET last_seen = CASE WHEN last_seen < ?2 THEN ?2 ELSE last_seen END,
          last_exchange = CASE WHEN last_exchange < ?3 THEN ?3 ELSE last_exchange END
        WHERE id = ?1 AND (last_seen < ?2 OR last_exchange < ?3)
        """)
      touchCertificate = try transaction.prepare(
        "UPDATE certificate SET seen = ?2 WHERE id = ?1 AND seen < ?2")
      change = try transaction.prepare(
        """
        UPDATE certificate SET observation = ?2, version = ?3, claim_rank = ?4, claim_content = ?5, claim_time = ?6,
          state = ?7, valid_to = ?8, changed = ?9, seen = CASE WHEN seen < ?9 THEN ?9 ELSE seen END
        WHERE id = ?1
        """)
      nextCertificate = try transaction.int("SELECT coalesce(max(id), 0) + 1 FROM certificate")
      nextObservation = try transaction.int("SELECT coalesce(max(id), 0) + 1 FROM observation")
    }
  }

  private struct Known {
    let id: Int64
    let version: Int
    let claim: Claim
    let observation: Int64
    let publicID: String
  }

  private func note(
    _ publicID: String, _ prepared: PreparedObservation, version: Int, _ statements: inout Statements
  ) {
    guard let changes, changes.keeps(.certificateChanged) else { return }
    let observation = prepared.observation
    let place = ChangePlace(
      kind: observation.record.kind, version: version, platform: observation.platform)
    if let last = statements.lastChange, last.place == place {
      return statements.changed.append(last.change.happened(to: publicID))
    }
    let change = NewChange(
      .certificateChanged, publicID,
      [
        "certificateKind": .word(place.kind.rawValue), "version": .number(version),
        "platform": .word(place.platform),
      ])
    statements.lastChange = (place, change)
    statements.changed.append(change)
  }

  /// What the details of a change say: mostly the same in a row of records.
  private struct ChangePlace: Equatable {
    let kind: CertificateKind
    let version: Int
    let platform: String
  }

  private func store(
    _ prepared: PreparedObservation, _ statements: inout Statements, _ counts: inout StoreCounts
  ) throws {
    let known = try statements.find.first(.blob(prepared.identity)) { row in
      Known(
        id: row.int(0), version: Int(row.int(1)),
        claim: Claim(rank: Int(row.int(2)), hasContent: row.flag(3), time: row.int(4)),
        observation: row.int(5), publicID: row.text(6))
    }
    guard let known else {
      try add(prepared, &statements)
      counts.new += 1
      return
    }
    let observation = prepared.observation
    let latest = try statements.latest.first(.int(known.id), .text(observation.platform)) { row in
      (id: row.int(0), digest: row.blob(1), time: row.int(2))
    }
    let received = observation.received.milliseconds
    // An older word of the same platform, read again from a saved message, is kept and changes nothing.
    let isOutdated = latest.map { prepared.claim.time < $0.time } ?? false
    let repeated =
      isOutdated
      ? try statements.same.first(
        .int(known.id), .text(observation.platform), .blob(prepared.digest), .int(prepared.claim.time)
      ) { $0.int(0) }
      : latest.flatMap { $0.digest == prepared.digest ? $0.id : nil }
    if let repeated {
      _ = try statements.touchObservation.execute(
        .int(repeated), .int(received), .int(observation.exchange.rawValue))
      if repeated == known.observation {
        _ = try statements.touchCertificate.execute(.int(known.id), .int(received))
      }
      counts.unchanged += 1
      return
    }
    let prevails = !isOutdated && prepared.claim.prevails(over: known.claim)
    let id = try insert(
      prepared, certificate: known.id, version: prevails ? known.version + 1 : nil, &statements)
    // Whether two platforms agree costs opening both records: not while everybody waits for the writer.
    if try statements.hasOther.first(.int(known.id), .text(observation.platform), row: { _ in true }) == true
    {
      _ = try statements.compareLater.execute(.int(known.id), .int(id))
    }
    guard prevails else {
      counts.outranked += 1
      return
    }
    let record = observation.record
    _ = try statements.change.execute(
      .int(known.id), .int(id), .int(known.version + 1), .int(prepared.claim.rank),
      .flag(prepared.claim.hasContent), .int(prepared.claim.time), .textOrNull(record.state?.rawValue),
      .intOrNull(record.validTo?.daysSinceEpoch), .int(received))
    counts.changed += 1
    note(known.publicID, prepared, version: known.version + 1, &statements)
  }

  private func add(_ prepared: PreparedObservation, _ statements: inout Statements) throws {
    let record = prepared.observation.record
    let id = statements.nextCertificate
    statements.nextCertificate += 1
    let observation = try insert(prepared, certificate: id, version: 1, &statements)
    _ = try statements.insertCertificate.execute(
      .int(id), .text(prepared.candidateID.rawValue), .text(record.kind.rawValue), .blob(prepared.identity),
      .int(observation), .int(prepared.claim.rank), .flag(prepared.claim.hasContent),
      .int(prepared.claim.time), .textOrNull(record.state?.rawValue),
      .intOrNull(record.validTo?.daysSinceEpoch), .int(prepared.observation.received.milliseconds))
    note(prepared.candidateID.rawValue, prepared, version: 1, &statements)
  }

  /// Inserts the observation with its look-up keys, which stay when a later one no longer has them: a company is found under its former name's papers too.
  private func insert(
    _ prepared: PreparedObservation, certificate: Int64, version: Int?, _ statements: inout Statements
  ) throws -> Int64 {
    let observation = prepared.observation
    let id = statements.nextObservation
    statements.nextObservation += 1
    for token in prepared.keys { _ = try statements.insertKey.execute(.blob(token), .int(certificate)) }
    _ = try statements.insertObservation.execute(
      .int(id), .int(certificate), .text(observation.platform), .blob(prepared.digest),
      .int(prepared.claim.time), .int(observation.exchange.rawValue), .text(observation.locator.path),
      .int(observation.mapping.rawValue), .int(observation.adapter.rawValue),
      .int(observation.received.milliseconds), .intOrNull(version), .blob(prepared.sealed))
    return id
  }
}
