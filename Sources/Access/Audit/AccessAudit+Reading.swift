import CivilTime
import Crypto
import Registry
import SQLDatabase

extension AccessAudit {
  /// The entries that a filter lets through.
  ///
  /// Throws `access-audit-damaged` for a row that does not open: none is left out silently.
  public func list(_ filter: AccessFilter) async throws -> [AccessRecord] {
    let (sql, values) = statement(filter)
    let stored = try await database.read { reader in
      try reader.query(sql, values) { try StoredAccess($0) }
    }
    return try stored.map { try $0.open(keys) }
  }

  /// Checks the chain, and that what finds the rows still leads to them, in portions: looks at up to `limit` rows behind `position`.
  ///
  /// Returns where to go on, nil at the end. Throws `access-audit-damaged` naming the first row that is not as it was recorded.
  public func verify(after position: Int64 = 0, limit: Int = 10_000) async throws -> Int64? {
    let (previous, rows) = try await database.read { reader in
      let previous = try reader.first(
        "SELECT chain FROM access WHERE id <= ?1 ORDER BY id DESC LIMIT 1", .int(position)
      ) { $0.blob(0) }
      let rows = try reader.query(
        "SELECT \(Self.columns) FROM access a WHERE a.id > ?1 ORDER BY a.id LIMIT ?2", .int(position),
        .int(limit)
      ) { try StoredAccess($0) }
      for row in rows where try !row.isFound(by: reader) { throw Self.damaged(row.id) }
      // Numbers are given once: what was taken from the very end leaves the last one behind.
      let given = try reader.int("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'access'")
      if rows.count < limit, rows.last?.id ?? position < given { throw Self.damaged(given) }
      return (previous, rows)
    }
    var last = previous ?? []
    for row in rows {
      let entry = try row.open(keys).entry
      guard row.operatorToken == PreparedAccess.operatorToken(entry.operator, keys),
        row.chain == entry.chain(after: last, tokens: row.tokens, keys)
      else { throw Self.damaged(row.id) }
      last = row.chain
    }
    return rows.count < limit ? nil : rows.last?.id
  }

  /// How many rows there are, and the number and digest of the newest: kept elsewhere, they tell later
  /// whether all of these are still there.
  public func extent() async throws -> (rows: Int, newest: (id: Int64, digest: [UInt8])?) {
    try await database.read { reader in
      (
        Int(try reader.int("SELECT count(*) FROM access")),
        try reader.first("SELECT id, chain FROM access ORDER BY id DESC LIMIT 1") { ($0.int(0), $0.blob(1)) }
      )
    }
  }

  static let columns =
    """
    a.id, a.time, a.consumer, a.operator, a.purpose, a.item, a.action, a.outcome, a.code, a.hits, a.certificates, a.revealed, \
    a.request_id, a.chain, a.operator_token, a.keys, a.reason
    """

  private func statement(_ filter: AccessFilter) -> (String, [SQLValue]) {
    var terms = ["1"]
    var values: [SQLValue] = []
    var joins = ""
    func require(_ term: String, _ value: SQLValue) {
      values.append(value)
      terms.append("\(term) ?\(values.count)")
    }
    if let after = filter.after { require(filter.isNewestFirst ? "a.id <" : "a.id >", .int(after)) }
    if let since = filter.since { require("a.time >=", .int(since.milliseconds)) }
    if let until = filter.until { require("a.time <", .int(until.milliseconds)) }
    if let consumer = filter.consumer { require("a.consumer =", .text(consumer)) }
    if let purpose = filter.purpose { require("a.purpose =", .text(purpose)) }
    if let name = filter.operator {
      require("a.operator_token =", .blob(PreparedAccess.operatorToken(name, keys)))
    }
    if let certificate = filter.certificate {
      joins += " JOIN access_certificate c ON c.access = a.id"
      require("c.certificate =", .text(certificate.rawValue))
    }
    if let key = filter.key {
      joins += " JOIN access_key k ON k.access = a.id"
      require("k.token =", .blob(PreparedAccess.keyToken(key, keys)))
    }
    values.append(.int(filter.limit))
    let order = filter.isNewestFirst ? "a.id DESC" : "a.id"
    let sql =
      "SELECT \(Self.columns) FROM access a\(joins) WHERE \(terms.joined(separator: " AND ")) "
      + "ORDER BY \(order) LIMIT ?\(values.count)"
    return (sql, values)
  }

  static func damaged(_ id: Int64) -> AccessError {
    AccessError(
      .auditDamaged, row: id,
      "row \(id) of the access audit is not as it was recorded, or a row before it is missing",
      remedy: "treat the database as tampered with: compare it with a backup")
  }
}

/// A row as it lies in the table.
private struct StoredAccess: Sendable {
  let id: Int64
  let entry: AccessEntry
  let sealedOperator: [UInt8]
  let sealedReason: [UInt8]?
  let chain: [UInt8]
  let operatorToken: [UInt8]
  let tokens: [UInt8]

  init(_ row: borrowing Row) throws {
    id = row.int(0)
    guard let action = AccessAction(rawValue: row.text(6)), let outcome = AccessOutcome(rawValue: row.text(7))
    else {
      throw AccessAudit.damaged(row.int(0))
    }
    let ids = row.text(10).split(separator: " ")
    let certificates = ids.compactMap { CertificateID(rawValue: String($0)) }
    guard certificates.count == ids.count else { throw AccessAudit.damaged(row.int(0)) }
    entry = AccessEntry(
      time: Timestamp(milliseconds: row.int(1)), consumer: row.text(2), operator: "", purpose: row.text(4),
      item: row.textOrNull(5), action: action, outcome: outcome, code: row.textOrNull(8),
      hits: Int(row.int(9)),
      certificates: certificates, revealed: row.text(11).split(separator: " ").map(String.init),
      requestID: row.text(12))
    sealedOperator = row.blob(3)
    chain = row.blob(13)
    operatorToken = row.blob(14)
    tokens = row.blob(15)
    sealedReason = row.blobOrNull(16)
  }

  /// Whether those who ask by certificate or by key come to this row.
  func isFound(by reader: Reader) throws -> Bool {
    for certificate in entry.certificates {
      let sql = "SELECT count(*) FROM access_certificate WHERE certificate = ?1 AND access = ?2"
      guard try reader.int(sql, .text(certificate.rawValue), .int(id)) == 1 else { return false }
    }
    for start in stride(from: 0, to: tokens.count, by: BlindIndex.tokenByteCount) {
      let token = Array(tokens[start..<min(start + BlindIndex.tokenByteCount, tokens.count)])
      let sql = "SELECT count(*) FROM access_key WHERE token = ?1 AND access = ?2"
      guard try reader.int(sql, .blob(token), .int(id)) == 1 else { return false }
    }
    return true
  }

  func open(_ keys: RegistryKeys) throws -> AccessRecord {
    var entry = entry
    do throws(CryptoError) {
      let plain = try keys.sealer.open(sealedOperator, context: PreparedAccess.context(entry))
      entry.operator = String(decoding: plain, as: UTF8.self)
      if let sealedReason {
        let reason = try keys.sealer.open(sealedReason, context: PreparedAccess.context(entry) + "/reason")
        entry.reason = String(decoding: reason, as: UTF8.self)
      }
    } catch {
      throw error.code == .authenticationFailed ? AccessAudit.damaged(id) : error as any Error
    }
    return AccessRecord(id: id, entry: entry)
  }
}
