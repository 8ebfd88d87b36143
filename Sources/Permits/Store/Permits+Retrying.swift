import Applications
public import CivilTime
import Crypto
import Documents
import Exchanges
import Policies
import Registry
public import SQLDatabase

/// What is brought for another attempt, sealed.
public struct PreparedRetry: Sendable {
  let materials: [(code: String, sm3: String, sealed: [UInt8])]
  let remarks: String?

  /// As it was handed in before.
  public static let unchanged = PreparedRetry(materials: [], remarks: nil)
}

extension Permits {
  /// Another attempt after one that came to nothing: a new clock, a new push, linked to the one before. It is handed in with the files of the
  /// one before, those that are brought in place of those of the same code or beside them, and the remarks. Nothing is changed
  /// where a file is missing that the policy asks for.
  ///
  /// Where a restored copy has the one before, nobody knows whether another was made behind it: this one is held, and handed in when it is
  /// tried again in turn.
  public func retry(
    _ id: PermitItemID, with brought: PreparedRetry = .unchanged, in transaction: Transaction,
    now: Timestamp
  ) throws -> PermitItemID {
    let item = try load(id, transaction)
    let permitCase = try load(item.permitCase, transaction)
    if item.isHeld {
      // It is known now that it was not handed in.
      try transaction.execute(
        "UPDATE permit_item SET is_held = 0, problem_code = NULL, problem = NULL, changed = ?2 WHERE id = ?1",
        .int(id.rawValue), .int(now.milliseconds))
      try bring(brought, for: id, of: permitCase, in: transaction, now: now)
      try wake(item.permitCase, in: transaction, now: now)
      return id
    }
    guard permitCase.erased == nil else { throw PermitError.erased(item.permitCase) }
    guard item.state?.hasFailed == true else {
      throw PermitError(
        .notNow,
        "\(item.item.rawValue) is \(item.state?.rawValue ?? "not handed in"); only what was refused or withdrawn is tried again",
        remedy: "wait for the decision, or withdraw it first")
    }
    let later = try transaction.int(
      "SELECT count(*) FROM permit_item WHERE permit_case = ?1 AND item = ?2 AND attempt > ?3",
      .int(item.permitCase.rawValue), .text(item.item.rawValue), .int(Int64(item.attempt)))
    guard later == 0 else {
      throw PermitError(
        .notNow, "another attempt at \(item.item.rawValue) has been made already",
        remedy: "go on from the latest")
    }
    let next = try transaction.first(
      """
      INSERT INTO permit_item (permit_case, item, attempt, follows, way, after_items, state, clock, push, decision,
        created, changed, own_clock, is_held)
      SELECT permit_case, item, attempt + 1, id, way, after_items, ?2, clock, NULL, decision, ?3, ?3, own_clock, is_held
      FROM permit_item WHERE id = ?1 RETURNING id
      """, .int(id.rawValue), .text(PermitState.planned.rawValue), .int(now.milliseconds)
    ) { PermitItemID(rawValue: $0.int(0)) }
    guard let next else { throw DatabaseError(.other, "The insert of an attempt returned no id.") }
    try bring(brought, for: next, of: permitCase, in: transaction, now: now)
    try close(item.permitCase, ifDecidedAt: now, in: transaction)
    try wake(item.permitCase, in: transaction, now: now)
    let change = Self.change(
      permitCase.id, permitCase.number, "tried-again", item: item.item, attempt: item.attempt + 1,
      state: .planned)
    try tell([change], in: transaction, now: now)
    return next
  }

  /// Keeps what is brought for an attempt, and looks whether everything is there that the policy asks for.
  ///
  /// - Throws: `PermitError` `unfit` with the files that are missing.
  private func bring(
    _ brought: PreparedRetry, for id: PermitItemID, of permitCase: PermitCase, in transaction: Transaction,
    now: Timestamp
  ) throws {
    for material in brought.materials {
      try insert(material, of: permitCase.id, for: id, transaction, now)
    }
    if let remarks = brought.remarks {
      let sealed = keys.sealer.seal(Array(remarks.utf8), context: Self.remarksContext(id.rawValue))
      try transaction.execute(
        "UPDATE permit_item SET remarks = ?2 WHERE id = ?1", .int(id.rawValue), .blob(sealed))
    }
    let attempt = try load(id, transaction)
    let present = Set(try files(for: attempt, in: transaction).map(\.code))
    let missing = try Self.materials(of: attempt).filter { !present.contains($0.code) }
    guard missing.isEmpty else {
      throw PermitError(
        .unfit,
        "missing: "
          + missing.map { "\(attempt.item.rawValue): the file '\($0.code)' (\($0.clause))" }
          .joined(separator: "; "), remedy: "add them; nothing was handed in")
    }
  }

  func insert(
    _ material: (code: String, sm3: String, sealed: [UInt8]), of id: PermitCaseID, for item: PermitItemID,
    _ transaction: Transaction, _ now: Timestamp
  ) throws {
    try insert(material, of: id, transaction, now)
    try transaction.execute(
      "INSERT INTO permit_item_material (item, code, sm3) VALUES (?1, ?2, ?3)", .int(item.rawValue),
      .text(material.code), .text(material.sm3))
  }

  /// The files with which an attempt is handed in: of each code that the policy asks for the latest of the case, and of what
  /// was brought for this attempt or one before it, whatever the code, the latest.
  func files(
    for attempt: PermitItemAttempt, in reader: Reader
  ) throws -> [(code: String, sm3: String, sealed: [UInt8])] {
    let stored = try reader.query(
      "SELECT code, sm3, sealed FROM permit_material WHERE permit_case = ?1 ORDER BY id",
      .int(attempt.permitCase.rawValue)
    ) { (code: $0.text(0), sm3: $0.text(1), sealed: $0.blob(2)) }
    let wanted = Set(try Self.materials(of: attempt).map(\.code))
    var chosen: [String: String] = [:]
    for row in stored where wanted.contains(row.code) { chosen[row.code] = row.sm3 }
    let brought = try reader.query(
      """
      SELECT own.code, own.sm3 FROM permit_item_material AS own JOIN permit_item AS item ON item.id = own.item
      WHERE item.permit_case = ?1 AND item.item = ?2 AND item.attempt <= ?3 ORDER BY own.id
      """, .int(attempt.permitCase.rawValue), .text(attempt.item.rawValue), .int(Int64(attempt.attempt))
    ) { (code: $0.text(0), sm3: $0.text(1)) }
    for row in brought { chosen[row.code] = row.sm3 }
    return stored.filter { chosen[$0.code] == $0.sm3 }
  }

  /// The attempts at the same item before this one, the latest first.
  func attempts(before attempt: PermitItemAttempt, _ reader: Reader) throws -> [PermitItemAttempt] {
    try reader.query(
      """
      SELECT \(Self.itemColumns) FROM permit_item WHERE permit_case = ?1 AND item = ?2 AND attempt < ?3
      ORDER BY attempt DESC
      """, .int(attempt.permitCase.rawValue), .text(attempt.item.rawValue), .int(Int64(attempt.attempt))
    ) { try PermitItemAttempt($0) }
  }

  /// What is said to the window with an attempt.
  func remarks(of id: PermitItemID, in reader: Reader) throws -> String? {
    let sealed = try reader.first("SELECT remarks FROM permit_item WHERE id = ?1", .int(id.rawValue)) {
      $0.blobOrNull(0)
    }
    return try (sealed ?? nil).map { sealed in
      do throws(CryptoError) {
        return String(
          decoding: try keys.sealer.open(sealed, context: Self.remarksContext(id.rawValue)), as: UTF8.self)
      } catch {
        throw PermitError.unreadable("what is said with permit item \(id)")
      }
    }
  }

  static func remarksContext(_ item: Int64) -> String { context("item|\(item)", "remarks") }

  /// What the attempt's decision asks for, with the clause that does.
  static func materials(of attempt: PermitItemAttempt) throws -> [(code: String, clause: String)] {
    let root: JSONValue
    do {
      root = try JSONDocument(parsing: attempt.decision).root
    } catch {
      throw PermitError.unreadable("the decision of permit item \(attempt.id)")
    }
    return root["materials"]?.elements.compactMap { entry in
      entry["code"]?.string.map { ($0, entry["clause"]?.string ?? "") }
    } ?? []
  }
}
