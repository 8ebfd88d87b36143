import CivilTime
import Gateway
import Crypto
import Documents
import Registry

/// `keys check`: what each master key wraps, and whether all of them are at hand.
enum KeysCheck {
  static let command = Command(
    "check", "What each master key wraps, and whether all that are needed are at hand.",
    details: "Exit code 1 when a master key is missing or a column key does not open."
  ) { invocation in
    let configuration = try SiteFile.read(invocation)
    let ring = try SiteFile.masterKeys(configuration, invocation.environment)
    return try await SiteDatabase.use(configuration.database) { database in
      try await SiteDatabase.requireCurrent(database)
      let inventory = try await KeyInventory(database)
      let missing = inventory.missing(in: ring)
      // A key may be there under the right name and be another one.
      let problem =
        missing.isEmpty ? await Self.problem { _ = try await RegistryKeys.open(database, ring: ring) } : nil
      if invocation.wantsJSON {
        invocation.output.json { write(inventory, ring, problem, to: &$0) }
      } else {
        show(inventory, ring, problem, on: invocation.output)
      }
      return missing.isEmpty && problem == nil ? .done : .failure
    }
  }

  private static func problem(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Those of the file first, then those that are missing.
  private static func masterKeys(_ inventory: KeyInventory, _ ring: KeyRing) -> [String] {
    ring.ids + inventory.missing(in: ring)
  }

  private static func standing(_ id: String, _ inventory: KeyInventory, _ ring: KeyRing) -> String {
    if !ring.ids.contains(id) { return "missing" }
    if id == ring.currentID { return "current" }
    return inventory.masterKeyIDs.contains(id) ? "needed" : "not needed by this database"
  }

  private static func show(_ inventory: KeyInventory, _ ring: KeyRing, _ problem: String?, on output: Output)
  {
    var masters = TextTable("MASTER KEY", "", "COLUMN KEYS", "MESSAGE KEYS")
    for id in masterKeys(inventory, ring) {
      masters.row(
        id, standing(id, inventory, ring), "\(inventory.columns.count { $0.masterKeyID == id })",
        "\(inventory.messages[id] ?? 0)")
    }
    masters.write(to: output)
    output.line()
    let current = inventory.columns.last { $0.purpose == .sealing }?.id
    var columns = TextTable("COLUMN KEY", "PURPOSE", "WRAPPED BY", "MADE", "")
    for key in inventory.columns {
      columns.row(
        "\(key.id)", key.purpose.rawValue, key.masterKeyID, key.created.iso8601,
        key.id == current ? "seals" : "")
    }
    columns.write(to: output)
    if let problem { output.line(TerminalText.safe(problem)) }
  }

  private static func write(
    _ inventory: KeyInventory, _ ring: KeyRing, _ problem: String?, to writer: inout JSONWriter
  ) {
    writer.member("masterKeys") { writer in
      writer.array { writer in
        for id in masterKeys(inventory, ring) {
          writer.object {
            $0.member("id", id)
            $0.member("standing", standing(id, inventory, ring))
            $0.member("columnKeys", inventory.columns.count { $0.masterKeyID == id })
            $0.member("messageKeys", inventory.messages[id] ?? 0)
          }
        }
      }
    }
    writer.member("columnKeys") { writer in
      writer.array { writer in
        for key in inventory.columns {
          writer.object {
            $0.member("id", key.id)
            $0.member("purpose", key.purpose.rawValue)
            $0.member("masterKey", key.masterKeyID)
            $0.member("created", key.created.iso8601)
          }
        }
      }
    }
    writer.member("problem", problem)
  }
}
