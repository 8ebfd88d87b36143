public import Certificates
import CivilTime
import Crypto
public import Exchanges
public import SQLDatabase

extension Registry {
  /// The certificate with this id; nil when there is none.
  public func certificate(_ id: CertificateID) async throws -> Certificate? {
    try await database.read { reader in
      try reader.first(Self.select + " WHERE c.public_id = ?1", .text(id.rawValue)) { SealedCertificate($0) }
    }.map(open)
  }

  /// Those of the certificates with these ids that are of the given kinds; no other is opened.
  public func certificates(
    _ ids: Set<CertificateID>, kinds: Set<CertificateKind>
  ) async throws -> [Certificate] {
    guard !ids.isEmpty, !kinds.isEmpty else { return [] }
    var values: [SQLValue] = []
    let isOne = Self.isAmong(ids.map(\.rawValue).sorted(), "c.public_id", &values)
    let isOfKind = Self.isAmong(kinds.map(\.rawValue).sorted(), "c.kind", &values)
    let given = values
    return try await database.read { reader in
      try reader.query(Self.select + " WHERE \(isOne) AND \(isOfKind) ORDER BY c.id", given) {
        SealedCertificate($0)
      }
    }.map(open)
  }

  /// The certificates of observations that are stored.
  public func ids(of stored: [PreparedObservation], in reader: Reader) throws -> Set<CertificateID> {
    var ids: Set<CertificateID> = []
    for one in stored {
      let text = try reader.first(
        "SELECT public_id FROM certificate WHERE identity = ?1", .blob(one.identity)
      ) {
        $0.text(0)
      }
      if let id = text.flatMap(CertificateID.init) { ids.insert(id) }
    }
    return ids
  }

  /// Certificates that have all of `keys`, of the given kinds (any, when none is given), newest change first.
  ///
  /// Without keys nothing is found: the registry is not a list of people.
  public func certificates(
    matching keys: [LookupKey], kinds: Set<CertificateKind> = [], limit: Int = 100
  ) async throws -> [Certificate] {
    guard let question = question(keys, kinds, limit) else { return [] }
    return try await database.read { reader in
      try reader.query(question.statement, question.values) { SealedCertificate($0) }
    }.map(open)
  }

  /// Certificates that have each of several keys, of the kinds given for it, at one moment: for each its own list, newest change first.
  public func certificates(
    matchingEach keys: [(key: LookupKey, kinds: Set<CertificateKind>)], limit: Int
  ) async throws -> [[Certificate]] {
    let questions = keys.compactMap { question([$0.key], $0.kinds, limit) }
    return try await database.read { reader in
      try questions.map { try reader.query($0.statement, $0.values) { SealedCertificate($0) } }
    }.map { try $0.map(open) }
  }

  /// Nil without a key.
  private func question(
    _ keys: [LookupKey], _ kinds: Set<CertificateKind>, _ limit: Int
  ) -> (statement: String, values: [SQLValue])? {
    guard !keys.isEmpty else { return nil }
    var (sql, values) = (Self.select, [SQLValue]())
    for (index, key) in keys.enumerated() {
      values.append(.blob(self.keys.blindIndex.token(key.domain.rawValue, key.text)))
      sql +=
        " JOIN certificate_key k\(index) ON k\(index).certificate = c.id AND k\(index).token = ?\(values.count)"
    }
    if !kinds.isEmpty {
      sql += " WHERE " + Self.isAmong(kinds.map(\.rawValue).sorted(), "c.kind", &values)
    }
    values.append(.int(limit))
    return (sql + " ORDER BY c.changed DESC, c.id DESC LIMIT ?\(values.count)", values)
  }

  private static func isAmong(_ texts: [String], _ column: String, _ values: inout [SQLValue]) -> String {
    let places = texts.map { text in
      values.append(.text(text))
      return "?\(values.count)"
    }
    return "\(column) IN (\(places.joined(separator: ", ")))"
  }

  /// The record of the certificate that is identified so, in a transaction of the caller; nil when there is none.
  public func record(of identity: RecordIdentity, in reader: Reader) throws -> CertificateRecord? {
    let token = keys.blindIndex.token("identity", identity.text)
    let found = try reader.first(Self.select + " WHERE c.identity = ?1", .blob(token)) {
      SealedCertificate($0)
    }
    return try found.map { try record($0.sealed, identity: $0.identity, platform: $0.platform) }
  }

  /// By what the certificate is known that is identified so, in a transaction of the caller; nil when there is none.
  public func id(of identity: RecordIdentity, in reader: Reader) throws -> CertificateID? {
    let token = keys.blindIndex.token("identity", identity.text)
    let found = try reader.first("SELECT public_id FROM certificate WHERE identity = ?1", .blob(token)) {
      $0.text(0)
    }
    return found.flatMap(CertificateID.init)
  }

  /// Everything platforms have said about a certificate, oldest first. Those with a version are its history.
  public func observations(of id: CertificateID) async throws -> [StoredObservation] {
    try await database.read { try self.sealedObservations(of: id, in: $0) }.map(open)
  }

  /// The same in a transaction of the caller.
  public func observations(of id: CertificateID, in reader: Reader) throws -> [StoredObservation] {
    try sealedObservations(of: id, in: reader).map(open)
  }

  private func sealedObservations(of id: CertificateID, in reader: Reader) throws -> [SealedObservation] {
    try reader.query(
      """
      SELECT c.identity, o.platform, o.sealed, o.exchange, o.locator, o.mapping, o.adapter, o.received,
        o.last_seen, o.last_exchange, o.version
      FROM certificate c JOIN observation o ON o.certificate = c.id WHERE c.public_id = ?1 ORDER BY o.id
      """, .text(id.rawValue)
    ) { SealedObservation($0) }
  }

  /// The same of the certificate that is identified so, in a transaction of the caller.
  public func observations(of identity: RecordIdentity, in reader: Reader) throws -> [StoredObservation] {
    let token = keys.blindIndex.token("identity", identity.text)
    return try reader.query(
      """
      SELECT c.identity, o.platform, o.sealed, o.exchange, o.locator, o.mapping, o.adapter, o.received,
        o.last_seen, o.last_exchange, o.version
      FROM certificate c JOIN observation o ON o.certificate = c.id WHERE c.identity = ?1 ORDER BY o.id
      """, .blob(token)
    ) { SealedObservation($0) }.map(open)
  }

  /// The observation that the present version rests on; nil when there is no such certificate.
  public func evidence(for id: CertificateID) async throws -> StoredObservation? {
    try await database.read { reader in
      try reader.first(
        """
        SELECT c.identity, o.platform, o.sealed, o.exchange, o.locator, o.mapping, o.adapter, o.received,
          o.last_seen, o.last_exchange, o.version
        FROM certificate c JOIN observation o ON o.id = c.observation WHERE c.public_id = ?1
        """, .text(id.rawValue)
      ) { SealedObservation($0) }
    }.map(open)
  }

  /// The exchanges in which the present version of a certificate was told first and last; nil when there is no such certificate. Opens nothing.
  public func exchanges(
    of id: CertificateID, in reader: Reader
  ) throws -> (first: ExchangeID, last: ExchangeID)? {
    try reader.first(
      """
      SELECT o.exchange, o.last_exchange FROM certificate c JOIN observation o ON o.id = c.observation
      WHERE c.public_id = ?1
      """, .text(id.rawValue)
    ) { (ExchangeID($0.int(0)), ExchangeID($0.int(1))) }
  }

  /// How many certificates of each kind there are.
  public func counts() async throws -> [(kind: CertificateKind, count: Int)] {
    let rows = try await database.read { reader in
      try reader.query("SELECT kind, count(*) FROM certificate GROUP BY kind ORDER BY kind") { row in
        (row.text(0), Int(row.int(1)))
      }
    }
    return rows.compactMap { kind, count in CertificateKind(rawValue: kind).map { ($0, count) } }
  }

  /// The ids of certificates in the order in which they came, for exports and checks; begins behind `position`.
  public func ids(after position: Int64, limit: Int) async throws -> [(position: Int64, id: CertificateID)] {
    try await database.read { reader in
      try reader.query(
        "SELECT id, public_id FROM certificate WHERE id > ?1 ORDER BY id LIMIT ?2", .int(position),
        .int(limit)
      ) { row in (row.int(0), row.text(1)) }
    }.compactMap { position, text in CertificateID(rawValue: text).map { (position, $0) } }
  }

  /// The same of one kind only.
  public func ids(
    of kind: CertificateKind, after position: Int64, limit: Int
  ) async throws -> [(position: Int64, id: CertificateID)] {
    try await database.read { reader in
      try reader.query(
        "SELECT id, public_id FROM certificate WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        .text(kind.rawValue), .int(position), .int(limit)
      ) { row in (row.int(0), row.text(1)) }
    }.compactMap { position, text in CertificateID(rawValue: text).map { (position, $0) } }
  }

  private static let select =
    """
    SELECT c.public_id, c.identity, c.version, o.platform, c.created, c.changed, c.seen, o.sealed, o.mapping
    FROM certificate c JOIN observation o ON o.id = c.observation
    """

  /// As it lies in the table: opened where nobody waits for the reader's thread.
  private struct SealedCertificate: Sendable {
    let id: String
    let identity: [UInt8]
    let version: Int
    let platform: String
    let times: (created: Int64, changed: Int64, seen: Int64)
    let sealed: [UInt8]
    let mapping: Int64

    init(_ row: borrowing Row) {
      id = row.text(0)
      identity = row.blob(1)
      version = Int(row.int(2))
      platform = row.text(3)
      times = (row.int(4), row.int(5), row.int(6))
      sealed = row.blob(7)
      mapping = row.int(8)
    }
  }

  private struct SealedObservation: Sendable {
    let identity: [UInt8]
    let platform: String
    let sealed: [UInt8]
    let exchange: Int64
    let locator: String
    let mapping: Int64
    let adapter: Int64
    let received: Int64
    let lastSeen: Int64
    let lastExchange: Int64
    let version: Int?

    init(_ row: borrowing Row) {
      identity = row.blob(0)
      platform = row.text(1)
      sealed = row.blob(2)
      exchange = row.int(3)
      locator = row.text(4)
      mapping = row.int(5)
      adapter = row.int(6)
      received = row.int(7)
      lastSeen = row.int(8)
      lastExchange = row.int(9)
      version = row.intOrNull(10).map { Int($0) }
    }
  }

  private func open(_ sealed: SealedCertificate) throws -> Certificate {
    guard let id = CertificateID(rawValue: sealed.id) else {
      throw RegistryError(.unreadable, "a certificate's id is not one")
    }
    return Certificate(
      id: id, record: try record(sealed.sealed, identity: sealed.identity, platform: sealed.platform),
      version: sealed.version, platform: sealed.platform,
      mapping: DefinitionID(rawValue: sealed.mapping),
      created: Timestamp(milliseconds: sealed.times.created),
      changed: Timestamp(milliseconds: sealed.times.changed), seen: Timestamp(milliseconds: sealed.times.seen)
    )
  }

  private func open(_ sealed: SealedObservation) throws -> StoredObservation {
    guard let locator = RecordLocator(path: sealed.locator) else {
      throw RegistryError(.unreadable, "an observation has no place in its message")
    }
    return StoredObservation(
      platform: sealed.platform,
      record: try record(sealed.sealed, identity: sealed.identity, platform: sealed.platform),
      exchange: ExchangeID(sealed.exchange), locator: locator,
      mapping: DefinitionID(rawValue: sealed.mapping), adapter: DefinitionID(rawValue: sealed.adapter),
      received: Timestamp(milliseconds: sealed.received), lastSeen: Timestamp(milliseconds: sealed.lastSeen),
      lastExchange: ExchangeID(sealed.lastExchange), version: sealed.version)
  }

  func record(_ sealed: [UInt8], identity: [UInt8], platform: String) throws -> CertificateRecord {
    let plain: [UInt8]
    do throws(CryptoError) {
      plain = try keys.sealer.open(sealed, context: Self.context(identity, platform))
    } catch {
      throw RegistryError(.unreadable, "a stored record does not open: \(error)")
    }
    let json = try RecordPacking.unpack(plain)
    do throws(RecordError) {
      return try CertificateRecord(decoding: json)
    } catch {
      throw RegistryError(.unreadable, "a stored record cannot be read: \(error)")
    }
  }
}
