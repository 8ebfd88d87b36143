public import CivilTime
public import Crypto
public import SQLDatabase

/// A column key as it lies in the table, unopened.
public struct StoredDataKey: Hashable, Sendable {
  public let id: UInt32
  public let purpose: DataKey.Purpose
  /// Which master key wraps it.
  public let masterKeyID: String
  public let created: Timestamp
}

extension RegistryKeys {
  /// All column keys, oldest first; the last one for sealing is the current one. Needs no master key.
  public static func inventory(_ database: Database) async throws -> [StoredDataKey] {
    try await database.read { reader in
      try reader.query("SELECT id, purpose, wrapped, created FROM data_key ORDER BY id") { row in
        guard let purpose = DataKey.Purpose(rawValue: row.text(1)) else {
          throw RegistryError(
            .unreadable, "data key \(row.int(0)) is for an unknown purpose; a newer program wrote it")
        }
        return StoredDataKey(
          id: UInt32(truncatingIfNeeded: row.int(0)), purpose: purpose,
          masterKeyID: try KeyRing.masterKeyID(of: row.blob(2)), created: Timestamp(milliseconds: row.int(3)))
      }
    }
  }
}
