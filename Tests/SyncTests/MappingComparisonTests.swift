import Adapters
import Certificates
import Documents
import Exchanges
import Journal
import Mapping
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

@Suite struct MappingComparisonTests {
  /// The project's own mapping with some of its text replaced.
  static func mapping(_ name: String, _ changes: [(String, String)]) throws -> CompiledMapping {
    let folder = Library.repository + "/Mappings"
    var text = String(decoding: Library.read("\(folder)/\(name).yaml"), as: UTF8.self)
    for (from, to) in changes {
      try #require(text.contains(from), "\(from)")
      text = text.replacing(from, with: to)
    }
    let diagnostics = Diagnostics()
    let codes = Library.codeLists
    let library = MappingLibrary(
      mappings: [MappingSource(name: name, file: "draft.yaml", bytes: Array(text.utf8))], codeLists: codes,
      diagnostics: diagnostics)
    return try #require(library[name], "\(diagnostics.all)")
  }

  private func compare(
    _ changes: [(String, String)],
    _ check:
      @escaping @Sendable (MappingComparison.Statistics, [RecordDifference], Int) throws
      -> Void
  ) async throws {
    let name = "real-estate/deeds"
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let pulled = await runner.run(requestID: "r")
      let comparison = MappingComparison(
        of: runner, old: try #require(Library.mappings[name]), new: try Self.mapping(name, changes))
      var found: [RecordDifference] = []
      let statistics = try await comparison.run(ExchangeFilter()) { difference in
        found.append(difference)
        return true
      }
      try check(statistics, found, pulled.rows - pulled.skipped)
      await engine.database.close()
    }
  }

  @Test func theSameMappingMakesNoDifference() async throws {
    try await compare([]) { statistics, found, rows in
      #expect(found.isEmpty && statistics.differing == 0 && statistics.percentage == 0)
      #expect(statistics.exchanges == 7 && statistics.unread == 0)
      #expect(statistics.oldRecords == rows && statistics.newRecords == rows)
    }
  }

  @Test func aFieldThatIsReadElsewhereIsNamedAndCounted() async throws {
    try await compare([("specific.floor: \"@SJCS\"", "specific.floor: \"@HH\"")]) { statistics, found, rows in
      #expect(found.allSatisfy { $0.kind == .changed && $0.fields == ["specific.floor"] })
      #expect(found.count == statistics.differing && statistics.differing > rows / 2)
      #expect(statistics.fields == ["specific.floor": found.count])
      // In the order of the exchanges, each row once.
      #expect(found.map(\.exchange.rawValue) == found.map(\.exchange.rawValue).sorted())
      #expect(Set(found.map { "\($0.exchange) \($0.locator)" }).count == found.count)
    }
  }

  @Test func rowsThatVanishTellWhy() async throws {
    let change = (
      "specific.location: \"@ZL\"", "specific.location: {from: \"@NOWHERE\", required: true}"
    )
    try await compare([change]) { statistics, found, rows in
      #expect(found.count == rows && found.allSatisfy { $0.kind == .vanished && !$0.reasons.isEmpty })
      #expect(statistics.newRecords == 0 && statistics.newQuarantined == rows && statistics.percentage == 100)
    }
  }

  @Test func fieldsOfHoldersAreCountedTogether() async throws {
    try await compare([("name: \"@QLRMC\"", "name: \"@ZJH\"")]) { statistics, _, rows in
      #expect(
        (statistics.fields.keys.filter { $0.contains("holders[") && $0.contains(where: \.isNumber) }).isEmpty)
      #expect(statistics.differing == rows)
    }
  }

  /// What is pruned while the comparison runs ends it no more than what was erased before.
  @Test func whatIsPrunedMeanwhileIsToldAndNotCompared() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      _ = await runner.run(requestID: "r")
      let ids = try await engine.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id)
      let mapping = try #require(Library.mappings["real-estate/deeds"])
      let comparison = MappingComparison(of: runner, old: mapping, new: mapping)
      try await engine.database.write { transaction in
        for table in ["exchange_content", "exchange_key"] {
          _ = try transaction.execute("DELETE FROM \(table)")
        }
        _ = try transaction.execute("DELETE FROM exchange WHERE id = ?1", .int(ids[3].rawValue))
      }
      // As it had listed them.
      let statistics = try await comparison.compare(ids)
      #expect(statistics.exchanges == 7 && statistics.unread == 7 && statistics.differing == 0)
      await engine.database.close()
    }
  }

  @Test func erasedAnswersAreToldAndNotCompared() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      _ = await runner.run(requestID: "r")
      let first = try #require(try await engine.journal.list(ExchangeFilter(order: .oldestFirst)).first)
      try await engine.journal.erase(first.id)
      let mapping = try #require(Library.mappings["real-estate/deeds"])
      let statistics = try await MappingComparison(of: runner, old: mapping, new: mapping)
        .run(ExchangeFilter()) { _ in true }
      #expect(statistics.unread == 1 && statistics.exchanges == 7 && statistics.differing == 0)
      await engine.database.close()
    }
  }
}
