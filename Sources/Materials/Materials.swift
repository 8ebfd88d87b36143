public import Applications
import Certificates
public import CivilTime
import Crypto
public import Registry
public import SQLDatabase

/// Keeps what customers hand in, each file once, and finds it by whose it is.
public final class Materials: Sendable {
  public static let largestFile = 32 << 20

  public let database: Database
  let keys: RegistryKeys

  /// The database must have been migrated with ``MaterialSchema``.
  public init(database: Database, keys: RegistryKeys) {
    self.database = database
    self.keys = keys
  }

  /// Makes a material ready to be kept: sealing a file takes longer than anybody should hold a transaction.
  ///
  /// - Throws: `MaterialError.unfit`.
  public func prepare(_ new: NewMaterial) throws -> PreparedMaterial {
    try require(new)
    let content = keys.blindIndex.token("material.file", new.file.bytes)
    return PreparedMaterial(
      new: new, content: content, identity: keys.blindIndex.token("material.identity", new.identity),
      sealed: keys.sealer.seal(new.file.encoded(), context: Self.fileContext(content)))
  }

  /// Keeps a material, in the caller's transaction. The same file of the same holder for the same paper is the material that
  /// is kept already, whatever business it is handed in for.
  ///
  /// - Returns: `isNewThere`: it was not handed in for this application before.
  /// - Throws: `MaterialError.differs` where something else is said of the paper than before.
  public func keep(
    _ prepared: PreparedMaterial, in transaction: Transaction, now: Timestamp
  ) throws -> (id: MaterialID, isNew: Bool, isNewThere: Bool) {
    let (new, identity) = (prepared.new, prepared.identity)
    let known = try transaction.first(
      """
      SELECT \(Self.columns) FROM material WHERE identity = ?1 AND withdrawn IS NULL AND erased IS NULL
      """, .blob(identity)
    ) { StoredMaterial($0) }
    if let known {
      try requireSame(try open(known), new)
      return (
        MaterialID(rawValue: known.id), false, try note(new.application, of: known.id, in: transaction)
      )
    }
    let file = try keepFile(prepared, transaction, now)
    let tokens = keys.tokens(of: new.holder, in: Self.domain)
    let id = try transaction.first(
      """
      INSERT INTO material (file, identity, holder_code, holder_name, code, kind, issued, valid_to, business,
        application, channel, received, size)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) RETURNING id
      """, .int(file), .blob(identity), .blobOrNull(tokens.code), .blobOrNull(tokens.name), .text(new.code),
      .textOrNull(new.kind?.rawValue), .textOrNull(new.issued?.description),
      .textOrNull(new.validTo?.description), .text(new.business), .textOrNull(new.application),
      .text(new.channel), .int(now.milliseconds), .int(new.file.bytes.count)
    ) { $0.int(0) }
    guard let id else { throw DatabaseError(.other, "The insert of a material returned no id.") }
    try transaction.execute(
      "UPDATE material SET sealed = ?2 WHERE id = ?1", .int(id),
      .blob(keys.sealer.seal(Material.Details(new).encoded, context: Self.detailsContext(id))))
    return (MaterialID(rawValue: id), true, try note(new.application, of: id, in: transaction))
  }

  /// - Returns: whether it was not handed in for this application before.
  private func note(_ application: String?, of id: Int64, in transaction: Transaction) throws -> Bool {
    guard let application else { return false }
    return try transaction.first(
      """
      INSERT INTO material_application (application, material) VALUES (?1, ?2)
      ON CONFLICT (application, material) DO NOTHING RETURNING material
      """, .text(application), .int(id)
    ) { _ in true } ?? false
  }

  private func keepFile(
    _ prepared: PreparedMaterial, _ transaction: Transaction, _ now: Timestamp
  ) throws -> Int64 {
    let known = try transaction.first(
      "SELECT id FROM material_file WHERE content = ?1", .blob(prepared.content)
    ) { $0.int(0) }
    if let known { return known }
    let id = try transaction.first(
      "INSERT INTO material_file (content, sealed, size, created) VALUES (?1, ?2, ?3, ?4) RETURNING id",
      .blob(prepared.content), .blob(prepared.sealed), .int(prepared.new.file.bytes.count),
      .int(now.milliseconds)
    ) { $0.int(0) }
    guard let id else { throw DatabaseError(.other, "The insert of a file returned no id.") }
    return id
  }

  private func require(_ new: NewMaterial) throws(MaterialError) {
    func unfit(_ message: String, _ remedy: String) -> MaterialError {
      MaterialError(.unfit, message, remedy: remedy)
    }
    guard new.holder.codeText != nil || new.holder.nameText != nil else {
      throw unfit("it is nobody's", "say whose it is, by code or name")
    }
    // Many people share a name.
    guard new.holder.codeText != nil || !new.holder.isPerson || new.application != nil else {
      throw unfit(
        "a person without a code is known by no more than the application it is for",
        "give the person's code, or the application's number")
    }
    guard !new.file.bytes.isEmpty, new.file.bytes.count <= Self.largestFile else {
      throw unfit("the file is empty, or larger than \(Self.largestFile) bytes", "hand in another one")
    }
    if let issued = new.issued, let validTo = new.validTo, validTo < issued {
      throw unfit("its last day is before the day of issue", "look at both on the paper")
    }
  }

  private func requireSame(_ known: Material, _ new: NewMaterial) throws(MaterialError) {
    let details = Material.Details(new)
    guard known.kind == new.kind, known.issued == new.issued, known.validTo == new.validTo,
      known.details?.saysTheSame(as: details) == true
    else {
      throw MaterialError(
        .differs, "the same file is kept as material \(known.id), of which something else is said",
        remedy: "withdraw that one if it was wrong, and hand the file in once more")
    }
  }

  /// - Throws: `MaterialError`: `notFound`, `unreadable`.
  public func material(_ id: MaterialID) async throws -> Material {
    let stored = try await database.read { reader in try Self.load(id, reader) }
    return try open(stored)
  }

  /// What a holder handed in and did not take back, whether or not it still holds, the latest first.
  ///
  /// - Parameter number: of the application it is for: a person without a code is known within one only.
  public func materials(
    of holder: PaperHolder, application number: String? = nil, limit: Int = 500
  ) async throws -> [Material] {
    let tokens = keys.tokens(of: holder, in: Self.domain)
    let isPerson = holder.isPerson
    let found = try await database.read { reader in
      try reader.query(
        """
        SELECT \(Self.columns) FROM material
        WHERE withdrawn IS NULL AND erased IS NULL
          AND (holder_code = ?1 OR ((?1 IS NULL OR holder_code IS NULL) AND holder_name = ?2
            AND (?3 = 0 OR (holder_code IS NULL AND application = ?4))))
        ORDER BY id DESC LIMIT ?5
        """, .blobOrNull(tokens.code), .blobOrNull(tokens.name), .flag(isPerson), .textOrNull(number),
        .int(limit)
      ) { StoredMaterial($0) }
    }
    return try found.map(open)
  }

  /// What was handed in for an application, also where it is kept since another one.
  public func handedIn(forApplication number: String) async throws -> Set<MaterialID> {
    try await database.read { reader in
      Set(
        try reader.query(
          "SELECT material FROM material_application WHERE application = ?1", .text(number)
        ) { MaterialID(rawValue: $0.int(0)) })
    }
  }

  /// The file as it was handed in.
  ///
  /// - Throws: `MaterialError`: `notFound`, `erased`, `unreadable`.
  public func file(of id: MaterialID) async throws -> Attachment {
    let found = try await database.read { reader in
      guard let file = try Self.load(id, reader).file else { throw MaterialError.erased(id) }
      return try reader.first("SELECT content, sealed FROM material_file WHERE id = ?1", .int(file)) {
        ($0.blob(0), $0.blob(1))
      }
    }
    guard let (content, sealed) = found else { throw MaterialError.unreadable(id.rawValue) }
    do {
      return try Attachment(
        decoding: try keys.sealer.open(sealed, context: Self.fileContext(content)))
    } catch {
      throw MaterialError.unreadable(id.rawValue)
    }
  }

  static let domain = "material.holder"

  static func detailsContext(_ id: Int64) -> String { "material|\(id)|details" }

  static func withdrawalContext(_ id: Int64) -> String { "material|\(id)|withdrawal" }

  /// - Parameter content: the keyed digest of the file.
  static func fileContext(_ content: [UInt8]) -> String { "material-file|\(Hex.encode(content))" }

  static let columns =
    """
    id, file, code, kind, issued, valid_to, business, application, channel, received, size, sealed, check_state, \
    check_reasons, checked, certificate, withdrawn, erased
    """

  static func load(_ id: MaterialID, _ reader: Reader) throws -> StoredMaterial {
    let found = try reader.first(
      "SELECT \(columns) FROM material WHERE id = ?1", .int(id.rawValue)
    ) { StoredMaterial($0) }
    guard let found else { throw MaterialError.notFound(id) }
    return found
  }
}

/// A material that is ready to be kept.
public struct PreparedMaterial: Sendable {
  public let new: NewMaterial
  let content: [UInt8]
  let identity: [UInt8]
  let sealed: [UInt8]
}

extension NewMaterial {
  /// Which file of whom it is, and as what.
  fileprivate var identity: [UInt8] {
    let whose = holder.codeText.map { "code \($0)" } ?? "name \(holder.nameText ?? "") \(application ?? "")"
    return Array("\(code)\n\(whose)\n".utf8) + Digest.sm3.hash(file.bytes)
  }
}
