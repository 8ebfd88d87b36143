import Crypto
import FoundationEssentials
import Journal
import Registry
import SQLDatabase
import Sync

/// A fresh database with everything that writes to it.
struct Engine {
  let database: Database
  let journal: Journal
  let registry: Registry
  let keys: RegistryKeys
  private let path: String

  init(folder: String) async throws {
    path = "\(folder)/stages-\(Hex.encode(SecureRandom.bytes(4))).sqlite"
    database = try await Database.open(path: path)
    _ = try await database.migrate(
      JournalSchema.component, RegistrySchema.component, SyncSchema.component, IncidentSchema.component)
    let ring = KeyRing.ephemeral()
    journal = Journal(database: database, keys: ring)
    keys = try await RegistryKeys.open(database, ring: ring)
    registry = Registry(database: database, keys: keys)
  }

  func remove() async throws {
    await database.close()
    for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
