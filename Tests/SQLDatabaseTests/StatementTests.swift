import SQLDatabase
import TestSupport
import Testing

@Suite struct StatementTests {
  private let folder = TemporaryFolder()

  @Test(arguments: [
    SQLValue.null, .int(Int64.min), .int(0), .int(Int64.max), .real(-1.5), .text(""), .text("政电"),
    .text("a text with more than fifteen bytes, so that it lives on the heap"), .text("nul\0inside"),
    .blob([]),
    .blob([0, 255, 0]), .blob([UInt8](repeating: 7, count: 300_000)),
  ])
  func keepsEachValueAsItIs(value: SQLValue) async throws {
    let database = try await folder.database()
    let back = try await database.write { transaction in
      try transaction.execute("INSERT INTO entry (id, body) VALUES (1, ?1)", value)
      return try transaction.first("SELECT body FROM entry") { $0.value(0) }
    }
    #expect(back == value)
  }

  @Test func bindsManyTextsAndBlobsAtOnce() async throws {
    let database = try await folder.database()
    let values = (0..<40).map { $0 % 2 == 0 ? SQLValue.text("text \($0)") : .blob([UInt8($0)]) }
    let list = (1...40).map { "?\($0)" }.joined(separator: ", ")
    let back = try await database.read { reader in
      try reader.first("SELECT \(list)", values) { row in (0..<40).map { row.value($0) } }
    }
    #expect(back == values)
  }

  @Test func lendsBytesWithoutCopy() async throws {
    let database = try await folder.database()
    try await database.insert("a", [1, 2, 3])
    let sum = try await database.read { reader in
      try reader.first("SELECT body FROM entry") { row in
        row.withBytes(0) { bytes in
          bytes.byteOffsets.reduce(0) {
            $0 + Int(unsafe bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
          }
        }
      }
    }
    #expect(sum == 6)
  }

  @Test func countsChangedRows() async throws {
    let database = try await folder.database()
    let counts = try await database.write { transaction in
      let inserted = try transaction.execute("INSERT INTO entry (word) VALUES ('a'), ('b'), ('c')")
      let selected = try transaction.execute("SELECT 1")
      let updated = try transaction.execute("UPDATE entry SET body = x'00' WHERE word < ?1", .text("c"))
      let id = transaction.lastInsertedRowID
      return [inserted, selected, updated, Int(id)]
    }
    #expect(counts == [3, 0, 2, 3])
  }

  @Test func readsInsideItself() async throws {
    let database = try await folder.database()
    for word in ["a", "b", "c"] { try await database.insert(word) }
    let pairs = try await database.read { reader in
      try reader.query("SELECT id FROM entry ORDER BY id") { outer in
        try reader.query("SELECT id FROM entry ORDER BY id") { $0.int(0) }.count
      }
    }
    #expect(pairs == [3, 3, 3])
  }

  @Test func stopsEarly() async throws {
    let database = try await folder.database()
    for word in ["a", "b", "c"] { try await database.insert(word) }
    let seen = try await database.read { reader in
      var seen: [String] = []
      try reader.forEach("SELECT word FROM entry ORDER BY word") { row in
        seen.append(row.text(0))
        return seen.count < 2
      }
      return seen
    }
    #expect(seen == ["a", "b"])
  }

  @Test(arguments: [
    "SELEC 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "", "SELECT ?1, ?2",
  ])
  func refusesWrongStatements(text: String) async throws {
    let database = try await folder.database()
    let found = try await code {
      try await database.read { _ = try $0.query(text, .int(1)) { _ in } }
    }
    #expect(found == .statement)
  }

  @Test func readersCannotWrite() async throws {
    let database = try await folder.database()
    let found = try await code {
      try await database.read { _ = try $0.query("DELETE FROM entry RETURNING id") { _ in } }
    }
    #expect(found == .readOnly)
  }

  @Test func manyTextsDoNotFillTheCache() async throws {
    let database = try await folder.database()
    let sum = try await database.read { reader in
      var sum: Int64 = 0
      for _ in 0..<2 {
        for number in 0..<700 { sum += try reader.int("SELECT \(number)") }
      }
      return sum
    }
    #expect(sum == 2 * 699 * 350)
  }

  @Test(arguments: [
    ("INSERT INTO entry (word) VALUES ('a')", DatabaseError.Code.uniqueConstraint),
    ("INSERT INTO entry (id) VALUES (1)", .uniqueConstraint),
    ("INSERT INTO strict_entry VALUES (NULL, 1, 1)", .notNullConstraint),
    ("INSERT INTO strict_entry VALUES (1, 0, 1)", .checkConstraint),
    ("INSERT INTO strict_entry VALUES (1, 1, 99)", .foreignKeyConstraint),
  ])
  func tellsConstraintsApart(statement: String, expected: DatabaseError.Code) async throws {
    let database = try await folder.database()
    try await database.insert("a")
    _ = try await database.write {
      try $0.execute(
        """
        CREATE TABLE strict_entry (
          a INTEGER NOT NULL, b INTEGER CHECK (b > 0), c INTEGER REFERENCES entry (id))
        """)
    }
    do {
      _ = try await database.write { try $0.execute(statement) }
      Issue.record("the row was taken")
    } catch let error as DatabaseError {
      #expect(error.code == expected)
      #expect(error.isConstraint)
      #expect(error.statement == statement)
    }
  }
}
