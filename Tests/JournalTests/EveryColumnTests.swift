import SQLDatabase
import Testing

@testable import Journal

/// Whatever column of whatever table of the journal is changed, and to whatever: something is found, and an entry is named.
@Suite struct EveryColumnTests {
  /// Tables of which nothing is proven, and why.
  private static let unproven = [
    "journal_signing_key": "sealed under the master keys: what was changed does not open, and signs nothing",
    "exchange_step": "what clocks showed, which retention goes by",
    "clock_standing": "what the clock showed when it was last looked at",
    "clock_behind": "what clocks showed, which retention goes by",
  ]

  private struct Column: Sendable {
    let table: String
    let name: String
    let isNumber: Bool
    let mayBeNull: Bool
  }

  /// One that a row has, and the others that it is changed to.
  private struct Change: Sendable {
    let column: Column
    let row: Int64
    let old: SQLValue
    let new: SQLValue

    var description: String { "\(column.table).\(column.name) of row \(row), \(old) made \(new)" }
  }

  private static func columns(_ reader: Reader) throws -> [Column] {
    let tables = JournalSchema.component.migrations.flatMap(\.statements)
      .filter { $0.hasPrefix("CREATE TABLE ") }.map { String($0.split(separator: " ")[2]) }
    #expect(Set(unproven.keys).isSubset(of: tables))
    return try tables.filter { unproven[$0] == nil }.flatMap { table in
      try reader.query("SELECT name, pk, \"notnull\" FROM pragma_table_info('\(table)')") {
        Column(table: table, name: $0.text(0), isNumber: $0.flag(1), mayBeNull: !$0.flag(2) && !$0.flag(1))
      }
    }
  }

  /// The first and the last row of each way in which the column is stored.
  private static func changes(_ column: Column, _ reader: Reader) throws -> [Change] {
    let ends = try reader.query(
      "SELECT min(rowid), max(rowid) FROM \(column.table) GROUP BY typeof(\(column.name))"
    ) { [$0.int(0), $0.int(1)] }
    return try Set(ends.joined()).sorted().flatMap { row in
      let old = try reader.first(
        "SELECT \(column.name) FROM \(column.table) WHERE rowid = ?1", .int(row)
      ) { $0.value(0) }
      let value = try #require(old)
      return others(than: value, column).map { Change(column: column, row: row, old: value, new: $0) }
    }
  }

  private static func others(than old: SQLValue, _ column: Column) -> [SQLValue] {
    let missing: [SQLValue] = column.mayBeNull ? [.null] : []
    switch old {
    case .null: return [.int(0), .text("x"), .blob([0])]
    case .integer(let number):
      // The number of a row can be nothing else than a number.
      if column.isNumber { return [.int(number + 1_000_000)] }
      return missing + [.int(number ^ 1), .text("\(number)x"), .real(Double(number) + 0.5)]
    case .text(let text):
      return missing + [.text(text + "x"), .text(String(text.dropLast()) + "~"), .blob(Array(text.utf8))]
    case .blob(let bytes):
      var changes = missing + [.blob(bytes + [0]), .text(String(decoding: bytes, as: UTF8.self))]
      for place in Set([0, bytes.count / 2, bytes.count - 1]) where bytes.indices.contains(place) {
        var changed = bytes
        changed[place] ^= 1
        changes.append(.blob(changed))
      }
      return changes
    case .real: return []
    }
  }

  private static func set(
    _ change: Change, _ value: SQLValue, _ row: Int64, in database: Database
  ) async throws {
    let rows = try await database.write { transaction in
      try transaction.execute(
        "UPDATE \(change.column.table) SET \(change.column.name) = ?1 WHERE rowid = ?2", value, .int(row))
    }
    #expect(rows == 1)
  }

  @Test func everyChangeNamesAnEntry() async throws {
    try await ChainTests.lived { fixture in
      let (columns, changes) = try await fixture.database.read { reader in
        let columns = try Self.columns(reader)
        return (columns, try columns.flatMap { try Self.changes($0, reader) })
      }
      #expect(Set(changes.map { "\($0.column.table).\($0.column.name)" }).count == columns.count)
      for change in changes {
        try await Self.set(change, change.new, change.row, in: fixture.database)
        let finding = try await Journal.verify(fixture.database, masterKeys: fixture.keys).finding
        #expect(finding?.entry != nil, "\(change.description): \(finding?.description ?? "nothing found")")
        var row = change.row
        if change.column.isNumber, case .integer(let number) = change.new { row = number }
        try await Self.set(change, change.old, row, in: fixture.database)
      }
      #expect(try await Journal.verify(fixture.database, masterKeys: fixture.keys).finding == nil)
    }
  }
}
