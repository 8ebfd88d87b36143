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

extension SupplyStore {
  /// An application that is kept; nil where it was erased.
  ///
  /// - Throws: `SupplyError`: `notFound`, `unreadable`.
  func application(_ id: SupplyApplicationID, requestID: String) async throws -> HeldApplication? {
    let found = try await database.read { reader in
      try reader.first(
        "SELECT number, form, asker, changed, erased IS NOT NULL FROM supply_application WHERE id = ?1",
        .int(id.rawValue)
      ) { ($0.text(0), $0.blob(1), $0.blobOrNull(2), $0.int(3), $0.flag(4)) }
    }
    guard let (number, sealed, sealedAsker, changed, isErased) = found else {
      throw Self.notFound(id)
    }
    guard !isErased else { return nil }
    // A form without a day goes by that on which it became what it is.
    let day = Timestamp(milliseconds: changed).civil(offsetSeconds: UTCOffset.china).date
    do {
      let bytes = try keys.sealer.open(sealed, context: Self.formContext(number))
      let form = try SupplyForm(try JSONDocument(parsing: bytes).root, today: day)
      let asker = try sealedAsker.map {
        let bytes = try keys.sealer.open($0, context: Self.askerContext(number))
        guard let asker = SupplyAsker(decoding: bytes, requestID: requestID) else {
          throw SupplyError.unreadable("who asked for application \(id)")
        }
        return asker
      }
      return HeldApplication(form: form, asker: asker, changed: Timestamp(milliseconds: changed))
    } catch {
      throw error as? SupplyError ?? SupplyError.unreadable("application \(id)")
    }
  }

  /// A form that names no day, with that on which it became what it is: the day on which it came so, and today where it comes so
  /// for the first time.
  func dated(_ form: SupplyForm, at moment: Timestamp) async throws -> SupplyForm {
    guard !form.hasDay else { return form }
    let content = keys.blindIndex.token("supply.content", form.bytes)
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

  /// Where the next verdict on the application with this number goes, as it looks now.
  func nextPlace(ofNumber number: String) async throws -> (id: SupplyApplicationID, version: Int) {
    try await database.read { reader in
      let known = try reader.first(
        "SELECT id FROM supply_application WHERE number = ?1", .text(number)
      ) { SupplyApplicationID(rawValue: $0.int(0)) }
      if let known { return (known, try self.nextVersion(known, reader)) }
      let given = try reader.int(
        "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'supply_application'")
      return (SupplyApplicationID(rawValue: given + 1), 1)
    }
  }

  /// Whether the latest verdict on an application stands as this one does.
  func stands(_ id: SupplyApplicationID, as standing: [UInt8], _ reader: Reader) throws -> Bool {
    let latest = try reader.first(
      "SELECT standing FROM supply_verdict WHERE application = ?1 ORDER BY version DESC LIMIT 1",
      .int(id.rawValue)
    ) { $0.blobOrNull(0) }
    return latest.flatMap(\.self) == keys.blindIndex.token("supply.standing", standing)
  }

  /// Notes what an application was looked up by and what was found, in place of what was noted before.
  ///
  /// - Parameter holders: who has a part in it.
  func note(
    _ lookups: [LookupKey], _ certificates: [CertificateID], holders: [PaperHolder],
    of id: SupplyApplicationID, in transaction: Transaction
  ) throws {
    try transaction.execute("DELETE FROM supply_key WHERE application = ?1", .int(id.rawValue))
    for token in Set(lookups.map(token) + certificates.map(token) + holders.flatMap(tokens(noted:))) {
      try transaction.execute(
        "INSERT INTO supply_key (token, application) VALUES (?1, ?2)", .blob(token), .int(id.rawValue))
    }
  }

  /// As the registry's own keyed digests, but not equal to them: what is in both tables tells nobody more.
  func token(_ key: LookupKey) -> [UInt8] {
    keys.blindIndex.token("supply.key/\(key.domain.rawValue)", key.text)
  }

  func token(_ certificate: CertificateID) -> [UInt8] {
    keys.blindIndex.token("supply.certificate", certificate.rawValue)
  }

  /// Whether any application is followed that was changed at `oldest` or later.
  func isAnyFollowed(changedSince oldest: Timestamp) async throws -> Bool {
    try await database.read { reader in
      try reader.first(
        "SELECT 1 FROM supply_application WHERE changed >= ?1 AND erased IS NULL LIMIT 1",
        .int(oldest.milliseconds)
      ) { _ in true } ?? false
    }
  }

  /// The applications, changed at `oldest` or later, of which one of these was noted.
  func concerned(
    by tokens: Set<[UInt8]>, changedSince oldest: Timestamp, _ reader: Reader
  ) throws -> [SupplyApplicationID] {
    var found: Set<Int64> = []
    for token in tokens {
      try reader.forEach(
        """
        SELECT s.application FROM supply_key s JOIN supply_application a ON a.id = s.application
        WHERE s.token = ?1 AND a.changed >= ?2 AND a.erased IS NULL
        """, .blob(token), .int(oldest.milliseconds)
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

  func watch(from place: Int64, in transaction: Transaction) throws {
    try transaction.execute(
      "INSERT INTO supply_watch (id, place) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET place = ?1",
      .int(place))
  }
}
