import Crypto
import Registry
import SQLDatabase

/// Places of messages, whose names the platform makes: one may be somebody's. The column `subject` has a keyed token of such a place, by which the incident is found
/// again; the place lies sealed beside it, and so does the row of the example.
extension IncidentLedger {
  /// What stands in the column `subject`.
  func stored(_ subject: DriftSubject, of key: OperationKey) -> String {
    guard subject.kind.isAtPlace else { return subject.subject }
    return Hex.encode(keys.blindIndex.token("incident.place", "\(key)|\(subject.subject)"))
  }

  func sealedPlace(_ subject: DriftSubject, of id: IncidentID) -> SQLValue {
    subject.kind.isAtPlace ? .blob(seal(subject.subject, id, "sealed_place")) : .null
  }

  func sealedLocator(_ path: String?, of id: IncidentID) -> SQLValue {
    .blobOrNull(path.map { seal($0, id, "sealed_locator") })
  }

  private func seal(_ text: String, _ id: IncidentID, _ column: String) -> [UInt8] {
    sealer.seal(Array(text.utf8), context: Self.context(id, column))
  }

  func openedPlace(_ sealed: [UInt8]?, of id: IncidentID) throws(CryptoError) -> String? {
    guard let sealed else { return nil }
    return String(decoding: try sealer.open(sealed, context: Self.context(id, "sealed_place")), as: UTF8.self)
  }

  /// Seals the places that a program left in the clear which did not seal them. To be called when a database is opened; costs a look at a small table once that is done.
  public func sealPlaces() async throws {
    guard try await database.read({ try !Self.inTheClear($0).isEmpty }) else { return }
    try await database.write { try self.sealPlaces(in: $0) }
  }

  func sealPlaces(in transaction: Transaction) throws {
    for row in try Self.inTheClear(transaction) {
      if row.isPlaceClear {
        let token = stored(row.subject, of: row.key)
        if try join(row, to: token, transaction) { continue }
        _ = try transaction.execute(
          "UPDATE incident SET subject = ?2, sealed_place = ?3 WHERE id = ?1", .int(row.id.rawValue),
          .text(token), sealedPlace(row.subject, of: row.id))
      }
      _ = try transaction.execute(
        "UPDATE incident SET locator = NULL, sealed_locator = coalesce(?2, sealed_locator) WHERE id = ?1",
        .int(row.id.rawValue), sealedLocator(row.locator, of: row.id))
    }
  }

  private struct ClearRow {
    let id: IncidentID
    let key: OperationKey
    let subject: DriftSubject
    let isPlaceClear: Bool
    let locator: String?
  }

  private static func inTheClear(_ reader: Reader) throws -> [ClearRow] {
    let kinds = DriftKind.allCases.filter(\.isAtPlace).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return try reader.query(
      """
      SELECT id, platform, operation, entity, kind, subject, sealed_place IS NULL, locator FROM incident
      WHERE locator IS NOT NULL OR sealed_place IS NULL AND kind IN (\(kinds)) ORDER BY id
      """
    ) { row in
      DriftKind(rawValue: row.text(4)).map { kind in
        ClearRow(
          id: IncidentID(rawValue: row.int(0)),
          key: OperationKey(platform: row.text(1), operation: row.text(2)),
          subject: DriftSubject(entity: row.text(3), kind: kind, subject: row.text(5)),
          isPlaceClear: kind.isAtPlace && row.flag(6), locator: row.textOrNull(7))
      }
    }.compactMap(\.self)
  }

  /// The former program may have run on beside this one, and have met again what had been sealed by then: both are the one that was first.
  ///
  /// - Returns: whether there was another.
  private func join(_ row: ClearRow, to token: String, _ transaction: Transaction) throws -> Bool {
    let isJoined =
      try transaction.execute(
        """
        UPDATE incident SET count = incident.count + later.count, last_seen = max(incident.last_seen, later.last_seen),
          held = max(incident.held, later.held), accepted = max(incident.accepted, later.accepted),
          state = CASE WHEN later.state = 'closed' THEN incident.state ELSE 'open' END
        FROM (SELECT * FROM incident WHERE id = ?1) AS later
        WHERE incident.id <> ?1 AND incident.platform = later.platform AND incident.operation = later.operation
          AND incident.entity = later.entity AND incident.kind = later.kind AND incident.subject = ?2
        """, .int(row.id.rawValue), .text(token)) > 0
    if isJoined { _ = try transaction.execute("DELETE FROM incident WHERE id = ?1", .int(row.id.rawValue)) }
    return isJoined
  }
}
