import Certificates
import CivilTime
import Crypto
public import Registry
public import SQLDatabase

/// Who looked at which papers, for which purpose. A row is durable before the look is answered; what cannot be recorded is not shown.
///
/// Each row carries a keyed digest over itself and the row before it, so that an altered, inserted or removed row shows, and so does an index
/// that no longer leads to it. Rows removed from the very end show by the number that was given last; who
/// resets that too is found by a copy of the last digest kept elsewhere (``extent()``).
public final class AccessAudit: Sendable {
  let database: Database
  let keys: RegistryKeys

  /// The database must have been migrated with ``AccessAuditSchema``.
  public init(database: Database, keys: RegistryKeys) {
    self.database = database
    self.keys = keys
  }

  /// Records one look; returns when it is durable. Looks that are recorded at the same time share a commit.
  @discardableResult
  public func record(_ entry: AccessEntry) async throws -> Int64 {
    let prepared = PreparedAccess(entry, keys)
    return try await database.write { try self.insert(prepared, in: $0) }
  }

  /// Records what is done in the same transaction: both are kept or neither.
  @discardableResult
  public func record(_ entry: AccessEntry, in transaction: Transaction) throws -> Int64 {
    try insert(PreparedAccess(entry, keys), in: transaction)
  }

  private func insert(_ prepared: PreparedAccess, in transaction: Transaction) throws -> Int64 {
    let entry = prepared.entry
    let previous = try transaction.first("SELECT chain FROM access ORDER BY id DESC LIMIT 1") { $0.blob(0) }
    let chain = entry.chain(after: previous ?? [], tokens: prepared.tokens, keys)
    let id = try transaction.first(
      """
      INSERT INTO access (time, consumer, operator, operator_token, purpose, item, action, outcome, code, hits,
        certificates, keys, revealed, request_id, chain, reason)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) RETURNING id
      """,
      .int(entry.time.milliseconds), .text(entry.consumer), .blob(prepared.sealedOperator),
      .blob(prepared.operatorToken), .text(entry.purpose), .textOrNull(entry.item),
      .text(entry.action.rawValue),
      .text(entry.outcome.rawValue), .textOrNull(entry.code), .int(entry.hits), .text(prepared.certificates),
      .blob(prepared.tokens),
      .text(prepared.revealed), .text(entry.requestID), .blob(chain), .blobOrNull(prepared.sealedReason)
    ) { $0.int(0) }
    guard let id else { preconditionFailure("an insert that returns its id") }
    for certificate in entry.certificates {
      try transaction.execute(
        "INSERT INTO access_certificate (certificate, access) VALUES (?1, ?2) ON CONFLICT (certificate, access) DO NOTHING",
        .text(certificate.rawValue), .int(id))
    }
    for token in prepared.keyTokens {
      try transaction.execute(
        "INSERT INTO access_key (token, access) VALUES (?1, ?2) ON CONFLICT (token, access) DO NOTHING",
        .blob(token), .int(id))
    }
    return id
  }
}

/// An entry with everything computed that needs no database.
struct PreparedAccess: Sendable {
  let entry: AccessEntry
  let sealedOperator: [UInt8]
  let operatorToken: [UInt8]
  let sealedReason: [UInt8]?
  let keyTokens: [[UInt8]]
  /// All of them, one behind the other.
  var tokens: [UInt8] { keyTokens.flatMap { $0 } }
  let certificates: String
  let revealed: String

  init(_ entry: AccessEntry, _ keys: RegistryKeys) {
    self.entry = entry
    sealedOperator = keys.sealer.seal(Array(entry.operator.utf8), context: Self.context(entry))
    operatorToken = Self.operatorToken(entry.operator, keys)
    sealedReason = entry.reason.map {
      keys.sealer.seal(Array($0.utf8), context: Self.context(entry) + "/reason")
    }
    keyTokens = entry.keys.map { Self.keyToken($0, keys) }
    certificates = entry.certificates.map(\.rawValue).joined(separator: " ")
    revealed = entry.revealed.joined(separator: " ")
  }

  /// Domains of their own: the audit's digests do not meet the registry's.
  static func operatorToken(_ name: String, _ keys: RegistryKeys) -> [UInt8] {
    keys.blindIndex.token("access/operator", name)
  }

  static func keyToken(_ key: LookupKey, _ keys: RegistryKeys) -> [UInt8] {
    keys.blindIndex.token("access/key/\(key.domain.rawValue)", key.text)
  }

  /// The sealed name belongs to this row and no other.
  static func context(_ entry: AccessEntry) -> String {
    context(time: entry.time.milliseconds, consumer: entry.consumer, requestID: entry.requestID)
  }

  static func context(time: Int64, consumer: String, requestID: String) -> String {
    "access/\(time)/\(consumer)/\(requestID)"
  }
}

extension AccessEntry {
  /// Over the plain operator, so that sealing under a new key does not break the chain.
  func chain(after previous: [UInt8], tokens: [UInt8], _ keys: RegistryKeys) -> [UInt8] {
    var content = previous
    func add(_ text: String) {
      // Lengths keep two different rows from giving one text.
      content += Array("\(text.utf8.count):".utf8)
      content += Array(text.utf8)
    }
    add(String(time.milliseconds))
    add(consumer)
    add(self.operator)
    add(purpose)
    add(item ?? "")
    add(action.rawValue)
    add(outcome.rawValue)
    add(code ?? "")
    add(String(hits))
    for certificate in certificates { add(certificate.rawValue) }
    add(revealed.joined(separator: " "))
    add(requestID)
    // A domain of its own: with a reason taken away a row says something else, whatever is put into its other columns.
    if let reason { add(reason) }
    content += tokens
    return keys.blindIndex.token(reason == nil ? "access/chain" : "access/chain/reason", content)
  }
}
