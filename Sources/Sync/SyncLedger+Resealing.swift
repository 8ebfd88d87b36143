import Crypto
import SQLDatabase

extension SyncLedger {
  /// Brings platforms' words for their next pages under the current column key after a rotation; there is one for an operation at most.
  ///
  /// - Returns: how many were sealed anew.
  public func resealOutdated() async throws -> Int {
    let sealer = sealer
    return try await database.write { transaction in
      let outdated = try Self.sealedWords(transaction).filter { try sealer.isOutdated($0.sealed) }
      for word in outdated {
        let context = PullState.context(word.key)
        let plain = try sealer.open(word.sealed, context: context)
        try transaction.execute(
          "UPDATE pull_state SET next = ?3 WHERE platform = ?1 AND operation = ?2", .text(word.key.platform),
          .text(word.key.operation), .blob(sealer.seal(plain, context: context)))
      }
      return outdated.count
    }
  }

  /// How many of them an older column key seals.
  public func countOutdated() async throws -> Int {
    let sealer = sealer
    return try await database.read { reader in
      try Self.sealedWords(reader).count { try sealer.isOutdated($0.sealed) }
    }
  }

  private static func sealedWords(_ reader: Reader) throws -> [(key: OperationKey, sealed: [UInt8])] {
    try reader.query("SELECT platform, operation, next FROM pull_state WHERE next IS NOT NULL") {
      (OperationKey(platform: $0.text(0), operation: $0.text(1)), $0.blob(2))
    }
  }
}
