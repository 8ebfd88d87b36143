import SQLDatabase
import TestSupport
import Testing

@Suite struct MigrationTests {
  private let folder = TemporaryFolder()

  private let first = Migration(version: 1, name: "tables", statements: ["CREATE TABLE a (x INTEGER)"])
  private let second = Migration(
    version: 2, name: "index", statements: ["CREATE INDEX a_x ON a (x)", "INSERT INTO a VALUES (1)"])

  @Test func takesEachStepOnce() async throws {
    let database = try Database(path: folder.file("m.db"))
    #expect(try await database.schemaVersions() == [])
    let one = SchemaComponent(name: "journal", migrations: [first])
    let two = SchemaComponent(name: "journal", migrations: [first, second])
    #expect(try await database.migrate(one).map(\.version) == [1])
    #expect(try await database.migrate(one) == [])
    #expect(try await database.migrate(two).map(\.version) == [2])
    #expect(try await database.migrate(two) == [])
    #expect(try await database.read { try $0.int("SELECT count(*) FROM a") } == 1)
    #expect(try await database.schemaVersions().map(\.name) == ["tables", "index"])
  }

  @Test func partsCountForThemselves() async throws {
    let database = try Database(path: folder.file("m.db"))
    let other = Migration(version: 1, name: "other", statements: ["CREATE TABLE b (x INTEGER)"])
    let taken = try await database.migrate(
      SchemaComponent(name: "journal", migrations: [first, second]),
      SchemaComponent(name: "registry", migrations: [other]))
    #expect(taken.map(\.component) == ["journal", "journal", "registry"])
  }

  @Test func refusesANewerSchema() async throws {
    let database = try Database(path: folder.file("m.db"))
    try await database.migrate(SchemaComponent(name: "journal", migrations: [first, second]))
    let found = try await code {
      try await database.migrate(SchemaComponent(name: "journal", migrations: [first]))
    }
    #expect(found == .newerSchema)
  }

  @Test func refusesAnEditedStep() async throws {
    let database = try Database(path: folder.file("m.db"))
    try await database.migrate(SchemaComponent(name: "journal", migrations: [first]))
    let edited = Migration(version: 1, name: "tables", statements: ["CREATE TABLE a (x TEXT)"])
    let found = try await code {
      try await database.migrate(SchemaComponent(name: "journal", migrations: [edited]))
    }
    #expect(found == .changedMigration)
  }

  @Test func aFailingStepLeavesTheEarlierOnes() async throws {
    let database = try Database(path: folder.file("m.db"))
    let broken = Migration(
      version: 2, name: "broken", statements: ["CREATE TABLE c (x INTEGER)", "CREATE NONSENSE"])
    let found = try await code {
      try await database.migrate(SchemaComponent(name: "journal", migrations: [first, broken]))
    }
    #expect(found == .statement)
    #expect(try await database.schemaVersions().map(\.version) == [1])
    let tables = try await database.read { try $0.int("SELECT count(*) FROM sqlite_schema WHERE name = 'c'") }
    #expect(tables == 0)
    try await database.migrate(SchemaComponent(name: "journal", migrations: [first, second]))
  }

  @Test func twoProgramsMayMigrateAtOnce() async throws {
    let component = SchemaComponent(name: "journal", migrations: [first, second])
    let databases = try (0..<4).map { _ in try Database(path: folder.file("m.db")) }
    let taken = try await withThrowingTaskGroup(of: Int.self) { group in
      for database in databases { group.addTask { try await database.migrate(component).count } }
      return try await group.reduce(0, +)
    }
    #expect(taken == 2)
  }
}
