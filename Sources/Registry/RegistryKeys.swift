import CivilTime
public import Crypto
public import SQLDatabase

/// The keys of the registry's columns, kept wrapped in its own table and opened at start.
public struct RegistryKeys: Sendable {
  public let sealer: Sealer
  public let blindIndex: BlindIndex

  /// Reads the keys, or makes the first ones in an empty registry.
  ///
  /// Throws when the master key that wraps them is not at hand: nothing could be read, so nothing is begun.
  public static func open(_ database: Database, ring: KeyRing) async throws -> RegistryKeys {
    let now = Timestamp.now()
    let rows = try await database.write { transaction in
      let stored = try Self.rows(transaction)
      guard stored.isEmpty else { return stored }
      for key in [DataKey(id: 1, purpose: .sealing), DataKey(id: 2, purpose: .index)] {
        try Self.insert(key, ring, at: now, transaction)
      }
      return try Self.rows(transaction)
    }
    return try RegistryKeys(rows, ring: ring)
  }

  /// Adds a column key that seals from now on; the older ones still open. Returns the keys with it.
  public static func rotate(_ database: Database, ring: KeyRing) async throws -> RegistryKeys {
    let now = Timestamp.now()
    let rows = try await database.write { transaction in
      let id = UInt32(try transaction.int("SELECT max(id) FROM data_key")) + 1
      try Self.insert(DataKey(id: id, purpose: .sealing), ring, at: now, transaction)
      return try Self.rows(transaction)
    }
    return try RegistryKeys(rows, ring: ring)
  }

  /// Wraps all keys under the current master key, so that an older one can be taken out of service.
  public static func rewrap(_ database: Database, ring: KeyRing) async throws {
    try await database.write { transaction in
      for row in try Self.rows(transaction) {
        let key = try DataKey(unwrapping: row.wrapped, id: row.id, purpose: row.purpose, with: ring)
        _ = try transaction.execute(
          "UPDATE data_key SET wrapped = ?2 WHERE id = ?1", .int(Int64(row.id)),
          .blob(key.wrapped(with: ring)))
      }
    }
  }

  private static func insert(
    _ key: DataKey, _ ring: KeyRing, at time: Timestamp, _ transaction: Transaction
  ) throws {
    _ = try transaction.execute(
      "INSERT INTO data_key (id, purpose, wrapped, created) VALUES (?1, ?2, ?3, ?4)",
      .int(Int64(key.id)), .text(key.purpose.rawValue), .blob(key.wrapped(with: ring)),
      .int(time.milliseconds))
  }

  private struct Row {
    let id: UInt32
    let purpose: DataKey.Purpose
    let wrapped: [UInt8]
  }

  private static func rows(_ reader: Reader) throws -> [Row] {
    try reader.query("SELECT id, purpose, wrapped FROM data_key ORDER BY id") { row in
      guard let purpose = DataKey.Purpose(rawValue: row.text(1)) else {
        throw RegistryError(
          .unreadable, "data key \(row.int(0)) is for an unknown purpose; a newer program wrote it")
      }
      return Row(id: UInt32(truncatingIfNeeded: row.int(0)), purpose: purpose, wrapped: row.blob(2))
    }
  }

  private init(_ rows: [Row], ring: KeyRing) throws {
    let keys = try rows.map { row in
      try DataKey(unwrapping: row.wrapped, id: row.id, purpose: row.purpose, with: ring)
    }
    let sealing = keys.filter { $0.purpose == .sealing }
    guard let current = sealing.last, let index = keys.first(where: { $0.purpose == .index }) else {
      throw RegistryError(
        .unreadable, "the registry's keys are incomplete; restore the database from a backup")
    }
    sealer = try Sealer(keys: sealing, currentKeyID: current.id)
    blindIndex = try BlindIndex(key: index)
  }
}
