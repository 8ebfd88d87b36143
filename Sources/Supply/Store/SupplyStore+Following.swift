import Certificates
import CivilTime
import Crypto
import Documents
import Registry
import SQLDatabase

/// An application as it was handed in, to be judged once more.
struct HeldApplication: Sendable {
  let form: SupplyForm
  let asker: SupplyAsker?
  /// When its form last changed.
  let changed: Timestamp
}

/// What lies there when a verdict begins: where it is something else when the verdict is kept, something came between.
struct SupplyStart: Sendable {
  /// Under which the application is kept, or would be.
  let id: SupplyApplicationID
  /// Of the next verdict.
  let version: Int
  /// The keyed digest of the form; nil: none is kept yet.
  let content: [UInt8]?
  /// How often papers had changed.
  let papers: Int64
  /// How far the change feed was.
  var place: Int64 = 0

  /// Whether a verdict that began with the one may be kept where the other lies there.
  func isSame(as other: Self) -> Bool {
    id == other.id && version == other.version && content == other.content
  }
}

extension SupplyStore {
  /// The latest form of each step of an application: last the one that came last. None where it was erased.
  ///
  /// - Throws: `SupplyError`: `notFound`, `unreadable`.
  func applications(_ id: SupplyApplicationID, requestID: String) async throws -> [HeldApplication] {
    let (number, rows) = try await database.read { reader in
      let found = try reader.first(
        "SELECT number, erased IS NOT NULL FROM supply_application WHERE id = ?1", .int(id.rawValue)
      ) { ($0.text(0), $0.flag(1)) }
      guard let (number, isErased) = found else { throw Self.notFound(id) }
      let rows = try ["supply_step WHERE application = ?1", "supply_application WHERE id = ?1"].flatMap {
        try reader.query("SELECT form, asker, changed FROM \($0) ORDER BY id", .int(id.rawValue)) {
          ($0.blob(0), $0.blobOrNull(1), Timestamp(milliseconds: $0.int(2)))
        }
      }
      return (number, isErased ? [] : rows)
    }
    do {
      return try rows.map { sealed, sealedAsker, changed in
        // A form without a day goes by that on which it became what it is.
        let day = changed.civil(offsetSeconds: UTCOffset.china).date
        let bytes = try keys.sealer.open(sealed, context: Self.formContext(number))
        let form = try SupplyForm(try JSONDocument(parsing: bytes).root, today: day)
        let asker = try sealedAsker.map {
          let bytes = try keys.sealer.open($0, context: Self.askerContext(number))
          guard let asker = SupplyAsker(decoding: bytes, requestID: requestID) else {
            throw SupplyError.unreadable("who asked for application \(id)")
          }
          return asker
        }
        return HeldApplication(form: form, asker: asker, changed: changed)
      }
    } catch {
      throw error as? SupplyError ?? SupplyError.unreadable("application \(id)")
    }
  }

  /// An application by the form that came last; nil where it was erased.
  func application(_ id: SupplyApplicationID, requestID: String) async throws -> HeldApplication? {
    try await applications(id, requestID: requestID).last
  }

  /// The latest verdict on a step; nil where there is none.
  func verdict(_ id: SupplyApplicationID, of step: String) async throws -> KeptVerdict? {
    let version = try await database.read { reader in
      try reader.first(
        """
        SELECT max(version) FROM supply_verdict WHERE application = ?1 AND (stage = ?2 OR stage IS NULL)
        """, .int(id.rawValue), .text(step)
      ) { $0.intOrNull(0) } ?? nil
    }
    guard let version else { return nil }
    return try await verdict(id, version: Int(version))
  }

  /// The same where the form was what it is by then: `changed` is when it became so.
  func verdict(
    _ id: SupplyApplicationID, of step: String, since changed: Timestamp
  ) async throws -> KeptVerdict? {
    guard let latest = try await verdict(id, of: step), changed <= latest.created else { return nil }
    return latest
  }

  /// Whether a verdict on an application was kept behind a moment.
  func isJudged(_ id: SupplyApplicationID, since moment: Timestamp, _ reader: Reader) throws -> Bool {
    try reader.first(
      "SELECT 1 FROM supply_verdict WHERE application = ?1 AND created > ?2 LIMIT 1", .int(id.rawValue),
      .int(moment.milliseconds)
    ) { _ in true } ?? false
  }

  /// The application that has this form, as the one that came last or as that of its step, and when it became so; nil where another came, or none.
  ///
  /// - Throws: `SupplyError.unreadable`.
  func known(_ form: SupplyForm) async throws -> (id: SupplyApplicationID, changed: Timestamp)? {
    let content = content(of: form)
    let (latest, before) = try await database.read { reader in
      let latest = try reader.first(
        "SELECT id, changed FROM supply_application WHERE number = ?1 AND content = ?2 AND erased IS NULL",
        .text(form.number), .blob(content)
      ) { (id: SupplyApplicationID(rawValue: $0.int(0)), changed: Timestamp(milliseconds: $0.int(1))) }
      let before = try reader.first(
        """
        SELECT a.id, s.changed, s.form FROM supply_step s JOIN supply_application a ON a.id = s.application
        WHERE a.number = ?1 AND s.stage = ?2 AND a.erased IS NULL
        """, .text(form.number), .text(form.step)
      ) { (SupplyApplicationID(rawValue: $0.int(0)), Timestamp(milliseconds: $0.int(1)), $0.blob(2)) }
      return (latest, before)
    }
    if let latest { return latest }
    guard let (id, changed, sealed) = before else { return nil }
    do throws(CryptoError) {
      let bytes = try keys.sealer.open(sealed, context: Self.formContext(form.number))
      return bytes == form.bytes ? (id, changed) : nil
    } catch {
      throw SupplyError.unreadable("application \(id)")
    }
  }

  /// A form that names no day, with that on which it became what it is: the day on which it came so, and today where it comes so
  /// for the first time.
  func dated(_ form: SupplyForm, at moment: Timestamp) async throws -> SupplyForm {
    guard !form.hasDay else { return form }
    let content = content(of: form)
    let changed = try await database.read { reader in
      try reader.first(
        "SELECT content, changed FROM supply_application WHERE number = ?1", .text(form.number)
      ) { ($0.blob(0), Timestamp(milliseconds: $0.int(1))) }
    }
    let since = changed.flatMap { $0.0 == content ? $0.1 : nil } ?? moment
    var dated = form
    dated.supply.day = since.civil(offsetSeconds: UTCOffset.china).date
    return dated
  }

  /// What a verdict on the application with this number begins with.
  func start(ofNumber number: String, _ reader: Reader) throws -> SupplyStart {
    let known = try reader.first(
      "SELECT id FROM supply_application WHERE number = ?1", .text(number)
    ) { SupplyApplicationID(rawValue: $0.int(0)) }
    if let known { return try start(of: known, reader) }
    let given = try reader.int(
      "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'supply_application'")
    return SupplyStart(
      id: SupplyApplicationID(rawValue: given + 1), version: 1, content: nil, papers: try papers(reader))
  }

  /// - Throws: `SupplyError.notFound`.
  func start(of id: SupplyApplicationID, _ reader: Reader) throws -> SupplyStart {
    let content = try reader.first(
      "SELECT content FROM supply_application WHERE id = ?1", .int(id.rawValue)
    ) { $0.blob(0) }
    guard let content else { throw Self.notFound(id) }
    return SupplyStart(
      id: id, version: try nextVersion(id, reader), content: content, papers: try papers(reader))
  }

  /// How often papers have changed: what was handed in, agreed to, or taken back.
  func papers(_ reader: Reader) throws -> Int64 {
    try reader.first("SELECT changes FROM supply_papers WHERE id = 1") { $0.int(0) } ?? 0
  }

  func papersChanged(in transaction: Transaction) throws {
    try transaction.execute(
      """
      INSERT INTO supply_papers (id, changes) VALUES (1, 1)
      ON CONFLICT (id) DO UPDATE SET changes = supply_papers.changes + 1
      """)
  }

  /// Whether the latest verdict on a step of an application stands as this one does.
  func stands(
    _ id: SupplyApplicationID, of step: String, as standing: [UInt8], _ reader: Reader
  ) throws -> Bool {
    let latest = try reader.first(
      """
      SELECT standing FROM supply_verdict WHERE application = ?1 AND (stage = ?2 OR stage IS NULL)
      ORDER BY version DESC LIMIT 1
      """, .int(id.rawValue), .text(step)
    ) { $0.blobOrNull(0) }
    return latest.flatMap(\.self) == keys.blindIndex.token("supply.standing", standing)
  }

  /// Notes what an application was looked up by, what was found, and who has a part in it.
  ///
  /// - Parameter isWhole: all of its steps were looked at: what was noted before and is not among it counts no more.
  func note(
    _ answers: [SupplyDesk.Answer], of id: SupplyApplicationID, isWhole: Bool, in transaction: Transaction
  ) throws {
    if isWhole {
      try transaction.execute("DELETE FROM supply_key WHERE application = ?1", .int(id.rawValue))
    }
    let tokens = answers.flatMap {
      $0.keys.map(token) + $0.certificates.map(token) + $0.holders.flatMap(self.tokens(noted:))
    }
    for token in Set(tokens) {
      try transaction.execute(
        "INSERT INTO supply_key (token, application) VALUES (?1, ?2) ON CONFLICT (token, application) DO NOTHING",
        .blob(token), .int(id.rawValue))
    }
  }

  /// Whether an application has forms of other steps than that of the one that came last.
  func hasSteps(_ id: SupplyApplicationID, _ reader: Reader) throws -> Bool {
    try reader.first("SELECT 1 FROM supply_step WHERE application = ?1 LIMIT 1", .int(id.rawValue)) { _ in
      true
    } ?? false
  }

  /// As the registry's own keyed digests, but not equal to them: what is in both tables tells nobody more.
  func token(_ key: LookupKey) -> [UInt8] {
    keys.blindIndex.token("supply.key/\(key.domain.rawValue)", key.text)
  }

  func token(_ certificate: CertificateID) -> [UInt8] {
    keys.blindIndex.token("supply.certificate", certificate.rawValue)
  }

  /// No archive is made of what it rested on when the customer was connected.
  private static let isOpen =
    "NOT EXISTS (SELECT 1 FROM supply_archive r WHERE r.application = a.id AND r.verdict IS NOT NULL)"

  /// Until when what could not be told is asked for once more; nil where an application is not followed: it was erased, or is connected and rests on
  /// what was then.
  func followed(_ id: SupplyApplicationID, _ reader: Reader) throws -> Timestamp? {
    try reader.first(
      """
      SELECT a.changed, (SELECT max(c.noted) FROM supply_connection c WHERE c.application = a.id)
      FROM supply_application a WHERE a.id = ?1 AND a.erased IS NULL AND \(Self.isOpen)
      """, .int(id.rawValue)
    ) {
      Timestamp(milliseconds: max($0.int(0), $0.intOrNull(1) ?? 0)).advanced(
        bySeconds: SupplyFollowing.longest)
    }
  }

  /// The applications that are followed, in the order of their numbers.
  func followed(
    after place: Int64, limit: Int, _ reader: Reader
  ) throws -> [SupplyApplicationID] {
    try reader.query(
      """
      SELECT a.id FROM supply_application a WHERE a.id > ?1 AND a.erased IS NULL AND \(Self.isOpen)
      ORDER BY a.id LIMIT ?2
      """, .int(place), .int(limit)
    ) { SupplyApplicationID(rawValue: $0.int(0)) }
  }

  /// Whether any application may be found by what changes.
  func isAnyNoted() async throws -> Bool {
    try await database.read { try $0.first("SELECT 1 FROM supply_key LIMIT 1") { _ in true } ?? false }
  }

  /// The applications of which one of these was noted.
  ///
  /// - Parameter withConnected: also those that are not followed any more because the customer is connected.
  func concerned(
    by tokens: Set<[UInt8]>, withConnected: Bool = false, _ reader: Reader
  ) throws -> [SupplyApplicationID] {
    var found: Set<Int64> = []
    for token in tokens {
      try reader.forEach(
        """
        SELECT s.application FROM supply_key s JOIN supply_application a ON a.id = s.application
        WHERE s.token = ?1 AND a.erased IS NULL AND (?2 = 1 OR \(Self.isOpen))
        """, .blob(token), .flag(withConnected)
      ) { row in
        found.insert(row.int(0))
        return true
      }
    }
    return found.sorted().map { SupplyApplicationID(rawValue: $0) }
  }

  /// The place in the change feed up to which certificates were looked at; nil where none was yet.
  func watched(_ reader: Reader) throws -> Int64? {
    try reader.first("SELECT place FROM supply_watch WHERE id = 1") { $0.int(0) }
  }

  /// Behind which application all that are followed have to be judged anew; nil where none has.
  func walked(_ reader: Reader) throws -> Int64? {
    try reader.first("SELECT walked FROM supply_watch WHERE id = 1") { $0.intOrNull(0) } ?? nil
  }

  func watch(from place: Int64, walked: Int64? = nil, in transaction: Transaction) throws {
    try transaction.execute(
      """
      INSERT INTO supply_watch (id, place, walked) VALUES (1, ?1, ?2)
      ON CONFLICT (id) DO UPDATE SET place = ?1, walked = ?2
      """, .int(place), .intOrNull(walked))
  }
}
