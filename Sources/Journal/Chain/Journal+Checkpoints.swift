public import CivilTime
internal import Crypto
internal import SQLDatabase
import Synchronization

extension Journal {
  /// Signs the journal as it is now. nil when nothing has been added since the last checkpoint.
  ///
  /// - Throws: `JournalError` when the signing key does not open under the master keys at hand.
  public func checkpoint(now: Timestamp = .now()) async throws -> JournalCheckpoint? {
    let key = try await signingKey(now: now)
    // Signing takes a third of a millisecond: not in the writer's thread.
    let (number, link, signed) = try await database.read { reader in
      let (number, link) = try Self.head(in: reader)
      return (number, link, try reader.int("SELECT coalesce(max(number), 0) FROM journal_checkpoint"))
    }
    guard number > signed else { return nil }
    let checkpoint = try JournalCheckpoint(number: number, made: now, link: link, signedBy: key)
    return try await database.writeRegardless { transaction in
      let inserted = try transaction.execute(
        """
        INSERT INTO journal_checkpoint (number, made, link, public_key, signature) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (number) DO NOTHING
        """, .int(number), .int(now.milliseconds), .blob(link), .blob(checkpoint.publicKey),
        .blob(checkpoint.signature))
      return inserted == 1 ? checkpoint : nil
    }
  }

  /// Signs a statement that is kept elsewhere, with the journal's key.
  ///
  /// - Returns: the public key, and the signature as r‖s.
  public func sign(_ statement: [UInt8], now: Timestamp = .now()) async throws -> (
    publicKey: [UInt8], signature: [UInt8]
  ) {
    let key = try await signingKey(now: now)
    return (key.publicKey.bytes, try key.signature(for: statement).raw)
  }

  /// nil when nothing has ever been signed.
  public func lastCheckpoint() async throws -> JournalCheckpoint? {
    try await database.read { reader in
      try reader.first(
        "SELECT \(Self.checkpointColumns) FROM journal_checkpoint ORDER BY number DESC LIMIT 1",
        row: Self.checkpoint)
    }
  }

  /// What tells whether a checkpoint is due: entries since the last one, and the moment of the first of them.
  public func unsigned() async throws -> (entries: Int64, since: Timestamp?) {
    try await database.read { reader in
      let (number, _) = try Self.head(in: reader)
      let signed = try reader.int("SELECT coalesce(max(number), 0) FROM journal_checkpoint")
      let since = try reader.first(
        "SELECT moment FROM journal_entry WHERE number = ?1", .int(signed + 1)
      ) { Timestamp(milliseconds: $0.int(0)) }
      return (number - signed, since)
    }
  }

  static func checkpoint(_ row: borrowing Row) -> JournalCheckpoint {
    // What is stored otherwise than it was written was signed by nobody.
    let isWhole = row.isStored(as: [.integer, .integer, .blob, .blob, .blob])
    return JournalCheckpoint(
      number: row.int(0), made: Timestamp(milliseconds: row.int(1)), link: row.blob(2),
      publicKey: row.blob(3), signature: isWhole ? row.blob(4) : [])
  }

  static let checkpointColumns = "number, made, link, public_key, signature"

  /// The key that signs, made when there is none, kept sealed under the master keys.
  private func signingKey(now: Timestamp) async throws -> SM2.PrivateKey {
    if let stored = try await database.read({ try Self.storedSigningKey(in: $0) }) { return try open(stored) }
    let fresh = SM2.PrivateKey()
    let sealed = SealedBody(
      sealing: fresh.bytes, context: Self.signingContext(fresh.publicKey.bytes), with: keys)
    let stored = try await database.write { transaction in
      let stored = try Self.storedSigningKey(in: transaction)
      if stored != nil { return stored }
      try transaction.execute(
        "INSERT INTO journal_signing_key (public_key, sealed, wrapped, created) VALUES (?1, ?2, ?3, ?4)",
        .blob(fresh.publicKey.bytes), .blob(sealed.sealed), .blob(sealed.wrappedKey), .int(now.milliseconds))
      return nil
    }
    return if let stored { try open(stored) } else { fresh }
  }

  /// Opened once for each way it is wrapped: that takes longer than to sign.
  private func open(_ stored: StoredSigningKey) throws -> SM2.PrivateKey {
    if let (last, key) = signer.withLock({ $0 }), last == stored { return key }
    do throws(CryptoError) {
      let bytes = try SealedBody(wrappedKey: stored.wrapped, sealed: stored.sealed)
        .open(context: Self.signingContext(stored.publicKey), with: keys)
      let key = try SM2.PrivateKey(bytes: bytes)
      signer.withLock { $0 = (stored, key) }
      return key
    } catch {
      throw JournalError(
        error.code == .unknownKey ? .missingKey : .tampered,
        "The journal's signing key does not open: \(error)")
    }
  }

  /// Wraps the signing keys under the current master key after a rotation. Returns how many were wrapped anew.
  @discardableResult
  public func rewrapSigningKeys() async throws -> Int {
    try await database.write { transaction in
      let rows = try transaction.query("SELECT id, public_key, wrapped FROM journal_signing_key") {
        (id: $0.int(0), publicKey: $0.blob(1), wrapped: $0.blob(2))
      }
      var count = 0
      for row in rows where try KeyRing.masterKeyID(of: row.wrapped) != self.keys.currentID {
        let wrapped = try SealedBodyKey.rewrap(
          row.wrapped, context: Self.signingContext(row.publicKey), with: self.keys)
        count += try transaction.execute(
          "UPDATE journal_signing_key SET wrapped = ?2 WHERE id = ?1", .int(row.id), .blob(wrapped))
      }
      return count
    }
  }

  private static func storedSigningKey(in reader: Reader) throws -> StoredSigningKey? {
    try reader.first(
      "SELECT public_key, sealed, wrapped FROM journal_signing_key ORDER BY id DESC LIMIT 1"
    ) { StoredSigningKey(publicKey: $0.blob(0), sealed: $0.blob(1), wrapped: $0.blob(2)) }
  }

  private static func signingContext(_ publicKey: [UInt8]) -> String {
    "journal/signing-key/\(Hex.encode(publicKey))"
  }
}

/// The key that signs, as it is kept.
struct StoredSigningKey: Hashable, Sendable {
  let publicKey: [UInt8]
  let sealed: [UInt8]
  let wrapped: [UInt8]
}
