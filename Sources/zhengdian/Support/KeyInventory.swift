import Crypto
import Exchanges
import Journal
import Registry
import SQLDatabase

/// Which master keys a database needs: what wraps the keys of columns and of messages.
struct KeyInventory: Sendable {
  let columns: [StoredDataKey]
  /// How many keys of messages each master key wraps.
  let messages: [String: Int]

  /// Looks at every key. Opens none.
  init(_ database: Database, progress: ProgressBar? = nil) async throws {
    columns = try await RegistryKeys.inventory(database)
    // Counting opens nothing, so whichever keys the journal is given do.
    let journal = Journal(database: database, keys: .ephemeral())
    var messages: [String: Int] = [:]
    var position: ExchangeID?
    repeat {
      let portion = try await journal.countKeys(after: position)
      messages.merge(portion.byMasterKey, uniquingKeysWith: +)
      progress?.advance(by: portion.byMasterKey.values.reduce(0, +))
      position = portion.next
    } while position != nil
    self.messages = messages
  }

  /// The ids of all master keys that something is wrapped by.
  var masterKeyIDs: [String] { Set(columns.map(\.masterKeyID)).union(messages.keys).sorted() }

  func missing(in ring: KeyRing) -> [String] { masterKeyIDs.filter { !ring.ids.contains($0) } }

  func requireMasterKeys(_ ring: KeyRing) throws(CommandFailure) {
    let missing = missing(in: ring)
    guard missing.isEmpty else {
      throw CommandFailure(
        .configuration, "the master keys \(missing.joined(separator: ", ")) are needed and not at hand",
        remedy: "put their lines back into the key file; at hand: \(ring.ids.joined(separator: ", "))")
    }
  }
}
