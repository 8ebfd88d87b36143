public import CivilTime
import Crypto
import Documents
public import Registry
public import SQLDatabase

/// Keeps applications and the verdicts on them.
public final class SupplyStore: Sendable {
  public let database: Database
  let keys: RegistryKeys

  /// The database must have been migrated with ``SupplySchema``.
  public init(database: Database, keys: RegistryKeys) {
    self.database = database
    self.keys = keys
  }

  /// Takes in an application, in the caller's transaction. The same number is the same application, whose form may have
  /// grown since.
  ///
  /// - Throws: `SupplyError.numberTaken` where the number stands for an application of somebody else.
  public func keep(
    _ form: SupplyForm, for asker: SupplyAsker?, in transaction: Transaction, now: Timestamp
  ) throws -> SupplyApplicationID {
    let id = try keep(form, in: transaction, now: now)
    if let asker {
      try transaction.execute(
        "UPDATE supply_application SET asker = ?2 WHERE id = ?1", .int(id.rawValue),
        .blob(keys.sealer.seal(asker.encoded, context: Self.askerContext(form.number))))
    }
    return id
  }

  private func keep(_ form: SupplyForm, in transaction: Transaction, now: Timestamp) throws
    -> SupplyApplicationID
  {
    let content = content(of: form)
    let sealed = keys.sealer.seal(form.bytes, context: Self.formContext(form.number))
    guard let known = try application(toTake: form, transaction) else {
      let id = try transaction.first(
        """
        INSERT INTO supply_application (number, region, applicant, content, form, created, changed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) RETURNING id
        """, .text(form.number), .text(form.supply.region), .blob(applicantToken(form.supply.applicant)),
        .blob(content), .blob(sealed), .int(now.milliseconds)
      ) { SupplyApplicationID(rawValue: $0.int(0)) }
      guard let id else { throw DatabaseError(.other, "The insert of an application returned no id.") }
      return id
    }
    if known.content != content {
      try setAside(known.id, for: form, in: transaction)
      try transaction.execute(
        """
        UPDATE supply_application SET region = ?2, content = ?3, form = ?4, changed = ?5, applicant = ?6 WHERE id = ?1
        """, .int(known.id.rawValue), .text(form.supply.region), .blob(content), .blob(sealed),
        .int(now.milliseconds), .blob(known.applicant))
    }
    return known.id
  }

  /// The application with a form's number, and whose it is from that form on; nil where there is none yet.
  ///
  /// - Throws: `SupplyError`: `numberTaken`, `erased`.
  func application(
    toTake form: SupplyForm, _ reader: Reader
  ) throws -> (id: SupplyApplicationID, content: [UInt8], applicant: [UInt8])? {
    let known = try reader.first(
      "SELECT id, applicant, content, erased IS NOT NULL FROM supply_application WHERE number = ?1",
      .text(form.number)
    ) { (SupplyApplicationID(rawValue: $0.int(0)), $0.blob(1), $0.blob(2), $0.flag(3)) }
    guard let (id, whose, content, isErased) = known else { return nil }
    let applicant = applicantToken(form.supply.applicant)
    let same =
      isErased
      ? (whose == applicant ? whose : nil) : try sameApplicant(form, applicant, whose, id, reader)
    guard let same else {
      throw SupplyError(
        .numberTaken, "the number '\(form.number)' stands for an application of somebody else, \(id)",
        remedy: "give the application a number of its own")
    }
    guard !isErased else { throw Self.erased(id) }
    return (id, content, same)
  }

  /// The form of another step stays beside the one that comes.
  private func setAside(
    _ id: SupplyApplicationID, for form: SupplyForm, in transaction: Transaction
  ) throws {
    let before: String?
    do {
      before = try formBefore(form, id, transaction).step
    } catch let error as SupplyError where error.code == .unreadable {
      // What an older version took and this one does not read cannot be judged once more.
      before = nil
    }
    if let before, SupplyStep.judged.contains(before), before != form.step {
      try transaction.execute(
        """
        INSERT INTO supply_step (application, stage, form, asker, changed)
        SELECT id, ?2, form, asker, changed FROM supply_application WHERE id = ?1
        ON CONFLICT (application, stage) DO UPDATE
          SET form = excluded.form, asker = excluded.asker, changed = excluded.changed
        """, .int(id.rawValue), .text(before))
    }
    try transaction.execute(
      "DELETE FROM supply_step WHERE application = ?1 AND stage = ?2", .int(id.rawValue), .text(form.step))
  }

  /// The form that an application has when another one comes.
  private func formBefore(
    _ form: SupplyForm, _ id: SupplyApplicationID, _ reader: Reader
  ) throws -> SupplyForm {
    let sealed = try reader.first(
      "SELECT form FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { $0.blob(0) }
    do {
      let bytes = try keys.sealer.open(sealed ?? [], context: Self.formContext(form.number))
      return try SupplyForm(JSONDocument(parsing: bytes).root, today: form.supply.day)
    } catch {
      throw SupplyError.unreadable("application \(id)")
    }
  }

  /// Whose an application is when a form comes for it: by the code where both have said one, else by the name. A code that was said stays,
  /// whatever later forms leave out: nobody with the same name and another code gets the application.
  ///
  /// - Parameters:
  ///   - new: the token of the form's applicant.
  ///   - whose: that of the application: of the code if one was ever said.
  /// - Returns: the application's token from now on; nil: somebody else applies.
  private func sameApplicant(
    _ form: SupplyForm, _ new: [UInt8], _ whose: [UInt8], _ id: SupplyApplicationID, _ reader: Reader
  ) throws -> [UInt8]? {
    if new == whose { return whose }
    let applicant = form.supply.applicant
    let before = try formBefore(form, id, reader).supply.applicant
    guard before.isPerson == applicant.isPerson,
      LookupNormal.name(before.name) == LookupNormal.name(applicant.name)
    else { return nil }
    let hadCode = whose != nameToken(before)
    switch (hadCode, applicant.code != nil) {
    case (false, true): return new
    case (true, false): return whose
    // Two codes that differ, or two names.
    case (true, true), (false, false): return nil
    }
  }

  private func nameToken(_ applicant: SupplyParty) -> [UInt8] {
    keys.blindIndex.token("supply.applicant", "name \(LookupNormal.name(applicant.name))")
  }

  func content(of form: SupplyForm) -> [UInt8] { keys.blindIndex.token("supply.content", form.bytes) }

  /// By the code where there is one: a name may be corrected.
  private func applicantToken(_ applicant: SupplyParty) -> [UInt8] {
    guard let code = applicant.code else { return nameToken(applicant) }
    return keys.blindIndex.token("supply.applicant", "code \(LookupNormal.code(code))")
  }

  /// The version that a new verdict on the application gets.
  func nextVersion(_ id: SupplyApplicationID, _ reader: Reader) throws -> Int {
    Int(
      try reader.first(
        "SELECT coalesce(max(version), 0) FROM supply_verdict WHERE application = ?1", .int(id.rawValue)
      ) { $0.int(0) } ?? 0) + 1
  }

  /// Adds a verdict. Its version must be the next one: who was slower has judged by what is not the latest form.
  ///
  /// - Parameters:
  ///   - step: that it is about.
  ///   - standing: of the verdict.
  func add(
    _ verdict: KeptVerdict, of step: String, standing: [UInt8], in transaction: Transaction
  ) throws -> Bool {
    guard try nextVersion(verdict.application, transaction) == verdict.version else { return false }
    try transaction.execute(
      """
      INSERT INTO supply_verdict (application, version, sealed, public_key, signature, created, standing, stage)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """, .int(verdict.application.rawValue), .int(verdict.version),
      .blob(
        keys.sealer.seal(
          verdict.statement, context: Self.verdictContext(verdict.application.rawValue, verdict.version))),
      .blob(verdict.publicKey), .blob(verdict.signature), .int(verdict.created.milliseconds),
      .blob(keys.blindIndex.token("supply.standing", standing)), .text(step))
    return true
  }

  /// The utility's own number of an application.
  ///
  /// - Throws: `SupplyError.notFound`, or `erased`.
  public func number(of id: SupplyApplicationID) async throws -> String {
    let found = try await database.read { reader in
      try reader.first(
        "SELECT number, erased IS NOT NULL FROM supply_application WHERE id = ?1", .int(id.rawValue)
      ) { ($0.text(0), $0.flag(1)) }
    }
    guard let (number, isErased) = found else { throw Self.notFound(id) }
    guard !isErased else { throw Self.erased(id) }
    return number
  }

  /// The latest verdict on an application, or the one of a version.
  ///
  /// - Throws: `SupplyError.notFound` where there is no such application or version.
  public func verdict(_ id: SupplyApplicationID, version: Int? = nil) async throws -> KeptVerdict {
    let found = try await database.read { reader in
      try reader.first(
        """
        SELECT a.number, v.version, v.created, v.sealed, v.public_key, v.signature, a.erased IS NOT NULL
        FROM supply_verdict v JOIN supply_application a ON a.id = v.application
        WHERE v.application = ?1 AND v.version = coalesce(?2, v.version) ORDER BY v.version DESC LIMIT 1
        """, .int(id.rawValue), .intOrNull(version.map { Int64($0) })
      ) { ($0.text(0), Int($0.int(1)), $0.int(2), $0.blob(3), $0.blob(4), $0.blob(5), $0.flag(6)) }
    }
    guard let (number, version, created, sealed, publicKey, signature, isErased) = found else {
      throw Self.notFound(id)
    }
    guard !isErased else { throw Self.erased(id) }
    do throws(CryptoError) {
      return KeptVerdict(
        application: id, number: number, version: version, created: Timestamp(milliseconds: created),
        statement: try keys.sealer.open(sealed, context: Self.verdictContext(id.rawValue, version)),
        publicKey: publicKey, signature: signature)
    } catch {
      throw SupplyError.unreadable("verdict \(version) on application \(id)")
    }
  }

  static func notFound(_ id: SupplyApplicationID) -> SupplyError {
    SupplyError(
      .notFound, "there is no application \(id), or no such verdict on it",
      remedy: "take the id that the evaluation returned")
  }

  static func erased(_ id: SupplyApplicationID) -> SupplyError {
    SupplyError(
      .erased, "what application \(id) said, and the verdicts on it, were erased",
      remedy: "'audit list' shows who did it; a new application has a number of its own")
  }

  static func askerContext(_ number: String) -> String { "supply|\(number)|asker" }

  static func formContext(_ number: String) -> String { "supply|\(number)|form" }

  static func verdictContext(_ application: Int64, _ version: Int) -> String {
    "supply|\(application)|verdict|\(version)"
  }
}

extension SupplyStore {
  /// Destroys the forms of an application and what the verdicts on it said, in the caller's transaction. Its number and its
  /// keyed digests stay, so that the number never comes to stand for another application.
  ///
  /// - Returns: how many verdicts were destroyed; nil where all of it is gone already.
  /// - Throws: `SupplyError.notFound`.
  public func erase(_ id: SupplyApplicationID, in transaction: Transaction, now: Timestamp) throws -> Int? {
    let isErased = try transaction.first(
      "SELECT erased IS NOT NULL FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { $0.flag(0) }
    guard let isErased else { throw Self.notFound(id) }
    guard !isErased else { return nil }
    try transaction.execute(
      "UPDATE supply_application SET form = ?2, asker = NULL, erased = ?3 WHERE id = ?1", .int(id.rawValue),
      .blob([]), .int(now.milliseconds))
    for table in ["supply_step", "supply_key"] {
      try transaction.execute("DELETE FROM \(table) WHERE application = ?1", .int(id.rawValue))
    }
    return try transaction.execute(
      "UPDATE supply_verdict SET sealed = ?2, signature = ?2 WHERE application = ?1", .int(id.rawValue),
      .blob([]))
  }
}
