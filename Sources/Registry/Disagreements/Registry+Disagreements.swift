import Certificates
import Changes
public import CivilTime
import Crypto
public import SQLDatabase

extension Registry {
  public func disagreement(_ id: DisagreementID) async throws -> Disagreement? {
    let sealer = keys.sealer
    return try await database.read { reader in
      try reader.first(Self.selectDisagreement + " WHERE d.id = ?1", .int(id.rawValue)) {
        try Disagreement($0, sealer)
      }
    }
  }

  /// The newest number first.
  public func disagreements(_ filter: DisagreementFilter = DisagreementFilter()) async throws
    -> [Disagreement]
  {
    var terms = ["1"]
    var values: [SQLValue] = []
    func place(_ value: SQLValue) -> String {
      values.append(value)
      return "?\(values.count)"
    }
    if let kind = filter.kind { terms.append("d.kind = \(place(.text(kind.rawValue)))") }
    if let field = filter.field { terms.append("d.field = \(place(.text(field)))") }
    if let platform = filter.platform {
      let place = place(.text(platform))
      terms.append("(d.left_platform = \(place) OR d.right_platform = \(place))")
    }
    if let certificate = filter.certificate {
      terms.append("c.public_id = \(place(.text(certificate.rawValue)))")
    }
    if let after = filter.after { terms.append("d.id < \(place(.int(after.rawValue)))") }
    if !filter.states.isEmpty {
      let places = filter.states.map(\.rawValue).sorted().map { place(.text($0)) }
      terms.append("d.state IN (\(places.joined(separator: ", ")))")
    }
    let limit = place(.int(filter.limit))
    let sql =
      Self.selectDisagreement
      + " WHERE \(terms.joined(separator: " AND ")) ORDER BY d.id DESC LIMIT \(limit)"
    let (bound, sealer) = (values, keys.sealer)
    return try await database.read { try $0.query(sql, bound) { try Disagreement($0, sealer) } }
  }

  /// Decides that nothing is to be done, while the two go on saying what they say.
  ///
  /// - Throws: `RegistryError` `.notFound`, or `.wrongState` when it is over already.
  @discardableResult
  public func dismiss(
    _ id: DisagreementID, by: String, reason: String, at time: Timestamp
  ) async throws -> Disagreement {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let changed = try transaction.execute(
        """
        UPDATE disagreement SET state = 'dismissed', updated = ?2, ended = ?2, ended_by = ?3, reason = ?4
        WHERE id = ?1 AND state IN ('open', 'objected')
        """, .int(id.rawValue), .int(time.milliseconds),
        .blob(sealer.seal(Array(by.utf8), context: Disagreement.context(id, "ended_by"))),
        .blob(sealer.seal(Array(reason.utf8), context: Disagreement.context(id, "reason"))))
      guard
        let found = try transaction.first(
          Self.selectDisagreement + " WHERE d.id = ?1", .int(id.rawValue),
          row: { try Disagreement($0, sealer) })
      else { throw RegistryError(.notFound, "there is no disagreement \(id)") }
      guard changed > 0 else {
        throw RegistryError(.wrongState, "disagreement \(id) is \(found.state.rawValue) already")
      }
      try self.changes?.append(.ended(id, as: .dismissed), in: transaction, at: time)
      return found
    }
  }

  /// Notes that the platform has been told, in the transaction of what tells it.
  ///
  /// - Parameter since: when the two came to say what the platform is told: ``DataObjection/since``.
  /// - Throws: `RegistryError` `.wrongState` unless it is open, and the two still say that.
  public func markObjected(
    _ id: DisagreementID, sayingSince since: Timestamp, at time: Timestamp, in transaction: Transaction
  ) throws {
    guard try standing(of: id, in: transaction)?.since == since else {
      throw RegistryError(
        .wrongState, "disagreement \(id) is another by now: the two say something else")
    }
    let changed = try transaction.execute(
      "UPDATE disagreement SET state = 'objected', updated = ?2 WHERE id = ?1 AND state = 'open'",
      .int(id.rawValue), .int(time.milliseconds))
    guard changed > 0 else { throw RegistryError(.wrongState, "disagreement \(id) is not open") }
    try changes?.append(
      NewChange(.disagreementObjected, "disagreement-\(id)"), in: transaction, at: time)
  }

  /// What was told the platform did not take, or was never told: it stands open again. Nothing happens where it is not `objected`.
  public func reopenObjected(_ id: DisagreementID, at time: Timestamp, in transaction: Transaction) throws {
    let changed = try transaction.execute(
      "UPDATE disagreement SET state = 'open', updated = ?2 WHERE id = ?1 AND state = 'objected'",
      .int(id.rawValue), .int(time.milliseconds))
    guard changed > 0 else { return }
    try changes?.append(NewChange(.disagreementOpened, "disagreement-\(id)"), in: transaction, at: time)
  }

  /// Since when the two say what they say, or last said it, and where that stands, in a transaction of the caller; nil where there is no such disagreement.
  public func standing(
    of id: DisagreementID, in reader: Reader
  ) throws -> (since: Timestamp, state: Disagreement.State, ended: Timestamp?)? {
    try reader.first(
      "SELECT coalesce(said_since, opened), state, ended FROM disagreement WHERE id = ?1", .int(id.rawValue)
    ) { row in
      guard let state = Disagreement.State(rawValue: row.text(1)) else {
        throw RegistryError(.unreadable, "disagreement \(id) is of a newer program")
      }
      return (
        Timestamp(milliseconds: row.int(0)), state, row.intOrNull(2).map { Timestamp(milliseconds: $0) }
      )
    }
  }

  /// The platform has it after all, of which it had been thought that it was not told. Nothing happens where the disagreement is not open.
  public func noteObjected(_ id: DisagreementID, at time: Timestamp, in transaction: Transaction) throws {
    let changed = try transaction.execute(
      "UPDATE disagreement SET state = 'objected', updated = ?2 WHERE id = ?1 AND state = 'open'",
      .int(id.rawValue), .int(time.milliseconds))
    guard changed > 0 else { return }
    try changes?.append(NewChange(.disagreementObjected, "disagreement-\(id)"), in: transaction, at: time)
  }

  /// Brings the sealed words under the current column key after a rotation. Returns how many rows were sealed anew.
  public func resealDisagreements() async throws -> Int {
    let sealer = keys.sealer
    return try await database.write { transaction in
      let rows = try transaction.query(
        "SELECT id, ended_by, reason FROM disagreement WHERE ended_by IS NOT NULL ORDER BY id"
      ) { (id: DisagreementID(rawValue: $0.int(0)), by: $0.blob(1), reason: $0.blobOrNull(2)) }
      var resealed = 0
      for row in rows where try sealer.isOutdated(row.by) {
        func anew(_ sealed: [UInt8], _ column: String) throws -> [UInt8] {
          let context = Disagreement.context(row.id, column)
          return sealer.seal(try sealer.open(sealed, context: context), context: context)
        }
        _ = try transaction.execute(
          "UPDATE disagreement SET ended_by = ?2, reason = ?3 WHERE id = ?1", .int(row.id.rawValue),
          .blob(try anew(row.by, "ended_by")), .blobOrNull(try row.reason.map { try anew($0, "reason") }))
        resealed += 1
      }
      return resealed
    }
  }

  static let selectDisagreement =
    """
    SELECT d.id, c.public_id, d.kind, d.field, d.left_platform, d.right_platform, d.left_observation,
      d.right_observation, o.platform, d.state, d.opened, d.updated, d.ended, d.ended_by, d.reason,
      coalesce(d.said_since, d.opened)
    FROM disagreement d JOIN certificate c ON c.id = d.certificate JOIN observation o ON o.id = c.observation
    """
}

extension Disagreement {
  static func context(_ id: DisagreementID, _ column: String) -> String { "disagreement/\(column)/\(id)" }

  init(_ row: borrowing Row, _ sealer: Sealer) throws {
    let id = DisagreementID(rawValue: row.int(0))
    guard let certificate = CertificateID(rawValue: row.text(1)),
      let kind = CertificateKind(rawValue: row.text(2)),
      let state = State(rawValue: row.text(9))
    else { throw RegistryError(.unreadable, "disagreement \(id) is of a newer program") }
    func text(_ sealed: [UInt8]?, _ column: String) throws -> String? {
      guard let sealed else { return nil }
      do throws(CryptoError) {
        return String(
          decoding: try sealer.open(sealed, context: Disagreement.context(id, column)), as: UTF8.self)
      } catch {
        throw RegistryError(.unreadable, "who saw to disagreement \(id) does not open: \(error)")
      }
    }
    self.init(
      id: id, certificate: certificate, kind: kind, field: row.text(3),
      platforms: [row.text(4), row.text(5)], observations: [row.int(6), row.int(7)], prevailing: row.text(8),
      state: state, opened: Timestamp(milliseconds: row.int(10)),
      saidSince: Timestamp(milliseconds: row.int(15)),
      updated: Timestamp(milliseconds: row.int(11)),
      ended: row.intOrNull(12).map { Timestamp(milliseconds: $0) },
      endedBy: try text(row.blobOrNull(13), "ended_by"), reason: try text(row.blobOrNull(14), "reason"))
  }
}
