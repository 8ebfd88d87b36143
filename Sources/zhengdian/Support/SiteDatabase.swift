import Gateway
import SQLDatabase

/// The database of a site, for commands that look after it.
enum SiteDatabase {
  /// All tables of a gateway.
  static let components = Gateway.components + PullStation.components

  /// Opens the database that is there and closes it after `body`.
  ///
  /// - Throws: `CommandFailure` when there is none: only `database migrate` and the gateway itself make one.
  static func use<Value>(_ path: String, _ body: (Database) async throws -> Value) async throws -> Value {
    guard let size = FileFacts.size(of: path), size > 0 else {
      throw CommandFailure(
        .failure, "there is no database at \(path)", remedy: "'zhengdian database migrate' makes one")
    }
    let database = try await Database.open(path: path)
    do {
      let value = try await body(database)
      await database.close()
      return value
    } catch {
      await database.close()
      throw error
    }
  }

  /// Refuses a database whose tables this program does not know as they are.
  static func requireCurrent(_ database: Database) async throws {
    for part in try await SchemaPart.all(of: database) where part.standing != .current {
      throw CommandFailure(
        .failure,
        "the \(part.name) tables of \(database.path) have version \(part.version), this program's have \(part.known)",
        remedy: part.standing == .older ? "run 'zhengdian database migrate'" : "install the newer program")
    }
  }
}

/// How far the tables of one part of the gateway have come.
struct SchemaPart: Sendable {
  enum Standing: String, Sendable {
    case current, older, newer
  }

  let name: String
  /// 0: there are none yet.
  let version: Int
  /// The newest version that this program knows.
  let known: Int

  var standing: Standing { version == known ? .current : version < known ? .older : .newer }

  static func all(of database: Database) async throws -> [SchemaPart] {
    let versions = try await database.schemaVersions()
    return SiteDatabase.components.map { component in
      let version = versions.filter { $0.component == component.name }.map(\.version).max() ?? 0
      return SchemaPart(name: component.name, version: version, known: component.migrations.count)
    }
  }
}
