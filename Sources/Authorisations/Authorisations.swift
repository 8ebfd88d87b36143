import Certificates
public import CivilTime
import Crypto
import Documents
public import Registry
public import SQLDatabase

/// Keeps what people agreed to, and finds it by who they are.
public final class Authorisations: Sendable {
  /// Two clocks may differ by so much.
  static let tolerance = 300

  public let database: Database
  let keys: RegistryKeys

  /// The database must have been migrated with ``AuthorisationSchema``.
  public init(database: Database, keys: RegistryKeys) {
    self.database = database
    self.keys = keys
  }

  /// Keeps an authorisation, in the caller's transaction. The same said once more, by whom and how often, is the one that is
  /// kept already, also when it was revoked since.
  ///
  /// - Throws: `AuthorisationError`: `unfit`; `erased` for one whose giver was erased since.
  public func keep(
    _ new: NewAuthorisation, in transaction: Transaction, now: Timestamp
  ) throws -> (id: AuthorisationID, isNew: Bool) {
    try require(new, now)
    let content = keys.blindIndex.token("authorisation.content", new.content)
    let known = try transaction.first(
      "SELECT id, erased IS NOT NULL FROM authorisation WHERE content = ?1", .blob(content)
    ) { (AuthorisationID(rawValue: $0.int(0)), $0.flag(1)) }
    if let (id, isErased) = known {
      guard !isErased else { throw AuthorisationError.erased(id) }
      return (id, false)
    }
    let tokens = keys.tokens(of: new.holder, in: Self.domain)
    let id = try transaction.first(
      """
      INSERT INTO authorisation (content, holder_code, holder_name, means, kinds, purposes, application,
        channel, given, ends, kept)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id
      """, .blob(content), .blobOrNull(tokens.code), .blobOrNull(tokens.name), .text(new.means.rawValue),
      .textOrNull(new.kinds.map { $0.map(\.rawValue).sorted().joined(separator: " ") }),
      .text(new.purposes.sorted().joined(separator: " ")), .textOrNull(new.application),
      .text(new.channel), .int(new.given.milliseconds), .intOrNull(new.until?.milliseconds),
      .int(now.milliseconds)
    ) { $0.int(0) }
    guard let id else { throw DatabaseError(.other, "The insert of an authorisation returned no id.") }
    try transaction.execute(
      "UPDATE authorisation SET sealed = ?2 WHERE id = ?1", .int(id),
      .blob(keys.sealer.seal(AuthorisationWords(new).encoded, context: Self.wordsContext(id))))
    return (AuthorisationID(rawValue: id), true)
  }

  private func require(_ new: NewAuthorisation, _ now: Timestamp) throws(AuthorisationError) {
    func unfit(_ message: String, _ remedy: String) -> AuthorisationError {
      AuthorisationError(.unfit, message, remedy: remedy)
    }
    guard new.holder.codeText != nil || new.holder.nameText != nil else {
      throw unfit("it is nobody's", "say who agreed, by code or name")
    }
    // Many people share a name.
    guard new.holder.codeText != nil || !new.holder.isPerson || new.application != nil else {
      throw unfit(
        "a person without a code is known by no more than the application it is for",
        "give the person's code, or the application's number")
    }
    guard new.given <= now.advanced(bySeconds: Self.tolerance) else {
      throw unfit("it is given in the future", "keep it when it was given, and look at the clock")
    }
    if let until = new.until, until <= new.given {
      throw unfit("it ends before it begins", "give an end behind 'given'")
    }
    guard new.purposes.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
      throw unfit("a purpose is no name", "take the names that the configuration gives them")
    }
    guard new.kinds?.isEmpty != true else {
      throw unfit("it is about no kind of certificate", "name the kinds, or leave them out for all")
    }
  }

  /// - Throws: `AuthorisationError`: `notFound`, `unreadable`.
  public func authorisation(_ id: AuthorisationID) async throws -> Authorisation {
    let stored = try await database.read { reader in try Self.load(id, reader) }
    return try open(stored)
  }

  /// What a holder agreed to, whether or not it still holds, the latest first.
  ///
  /// - Parameter number: of an application: only what is about it, or about any. A person without a code is known within one
  ///   only.
  public func authorisations(
    of holder: PaperHolder, application number: String? = nil, limit: Int = 100
  ) async throws -> [Authorisation] {
    let tokens = keys.tokens(of: holder, in: Self.domain)
    let isPerson = holder.isPerson
    let found = try await database.read { reader in
      try reader.query(
        """
        SELECT \(Self.columns) FROM authorisation
        WHERE erased IS NULL AND (?4 IS NULL OR application IS NULL OR application = ?4)
          AND (holder_code = ?1 OR ((?1 IS NULL OR holder_code IS NULL) AND holder_name = ?2
            AND (?3 = 0 OR (holder_code IS NULL AND application = ?4))))
        ORDER BY id DESC LIMIT ?5
        """, .blobOrNull(tokens.code), .blobOrNull(tokens.name), .flag(isPerson), .textOrNull(number),
        .int(limit)
      ) { StoredAuthorisation($0) }
    }
    return try found.map(open)
  }

  static let domain = "authorisation.holder"

  static func wordsContext(_ id: Int64) -> String { "authorisation|\(id)|words" }

  static func revocationContext(_ id: Int64) -> String { "authorisation|\(id)|revocation" }

  static let columns =
    "id, means, kinds, purposes, application, channel, given, ends, kept, revoked, erased, sealed"

  static func load(_ id: AuthorisationID, _ reader: Reader) throws -> StoredAuthorisation {
    let found = try reader.first(
      "SELECT \(columns) FROM authorisation WHERE id = ?1", .int(id.rawValue)
    ) { StoredAuthorisation($0) }
    guard let found else { throw AuthorisationError.notFound(id) }
    return found
  }

  /// Where nobody waits for the reader's thread.
  func open(_ stored: StoredAuthorisation) throws -> Authorisation {
    let unreadable = AuthorisationError.unreadable(stored.id)
    guard let means = AuthorisationMeans(rawValue: stored.means) else { throw unreadable }
    let kinds = try stored.kinds.map { text in
      try text.split(separator: " ").map { word in
        guard let kind = CertificateKind(rawValue: String(word)) else { throw unreadable }
        return kind
      }
    }
    var words: AuthorisationWords?
    if stored.erased == nil {
      guard let sealed = stored.sealed else { throw unreadable }
      do throws(CryptoError) {
        words = AuthorisationWords(
          decoding: try keys.sealer.open(sealed, context: Self.wordsContext(stored.id)))
      } catch {
        throw unreadable
      }
      guard words != nil else { throw unreadable }
    }
    return Authorisation(
      id: AuthorisationID(rawValue: stored.id), means: means, given: stored.given, until: stored.until,
      kinds: kinds.map { Set($0) }, purposes: Set(stored.purposes.split(separator: " ").map(String.init)),
      application: stored.application, channel: stored.channel, kept: stored.kept,
      revoked: stored.revoked, erased: stored.erased, holder: words?.holder, operator: words?.operator,
      reference: words?.reference)
  }
}

/// A row as it lies in the table.
struct StoredAuthorisation: Sendable {
  let id: Int64
  let means: String
  let kinds: String?
  let purposes: String
  let application: String?
  let channel: String
  let given: Timestamp
  let until: Timestamp?
  let kept: Timestamp
  let revoked: Timestamp?
  let erased: Timestamp?
  let sealed: [UInt8]?

  init(_ row: borrowing Row) {
    func time(_ value: Int64?) -> Timestamp? { value.map { Timestamp(milliseconds: $0) } }
    id = row.int(0)
    means = row.text(1)
    kinds = row.textOrNull(2)
    purposes = row.text(3)
    application = row.textOrNull(4)
    channel = row.text(5)
    given = Timestamp(milliseconds: row.int(6))
    until = time(row.intOrNull(7))
    kept = Timestamp(milliseconds: row.int(8))
    revoked = time(row.intOrNull(9))
    erased = time(row.intOrNull(10))
    sealed = row.blobOrNull(11)
  }
}
