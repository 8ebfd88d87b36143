import Adapters
import Certificates
import CivilTime
import Exchanges
import Journal
import Mapping
import Registry
import SQLDatabase
import Sandbox
import Testing

@testable import Sync

@Suite struct PullTests {
  static let operations = [
    ("zhejiang-public-data", "business-licence"), ("zhejiang-public-data", "identity-card"),
    ("zhejiang-public-data", "property-deed"), ("investment-3", "projects"), ("investment-3", "approvals"),
    ("real-estate-xml", "deeds"), ("national-exchange", "contractor-licences"),
    ("national-exchange", "design-licences"), ("national-exchange", "registration-proofs"),
  ]

  @Test(arguments: operations)
  func everyRowOfEveryPlatformBecomesARecord(_ platform: String, _ operation: String) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner(platform, operation)
      let report = await runner.run(requestID: "r")
      #expect(report.problem == nil && report.rows >= 50)
      #expect(report.counts.quarantined == 0)
      let records = report.counts.new + report.counts.unchanged + report.counts.changed
      if operation == "approvals" {
        // One for how far it is, and another where a permit came of it.
        #expect(report.rows < records && records < 2 * report.rows && report.skipped == 0)
      } else {
        #expect(records + report.skipped == report.rows)
      }
      let stored = try await engine.registry.counts().reduce(0) { $0 + $1.count }
      #expect(stored == report.counts.new)
      #expect(try await engine.registry.quarantined().isEmpty)
      // Nothing happened since: the next run finds only what the look-back shows again.
      bench.clock.advance(seconds: 60)
      let again = await runner.run(requestID: "r")
      #expect(again.counts.new == 0 && again.counts.changed == 0)
      let failed = try await engine.journal.list(ExchangeFilter()).filter { $0.outcome != .succeeded }
      #expect(failed.isEmpty)
      await engine.database.close()
    }
  }

  /// A slip in a mapping's path to the rows must not pass for a platform that has none.
  @Test func aMappingThatLooksElsewhereHoldsTheWindow() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let right = try #require(Library.mappings["zhejiang-public-data/business-licence"])
      let wrong = try CompiledMapping(
        bundle: Array(
          String(decoding: right.bundle, as: UTF8.self).replacing("$.datas[*]", with: "$.dataz[*]").utf8))
      let runner = try engine.runner("zhejiang-public-data", "business-licence", mapping: wrong)
      #expect(await runner.run(requestID: "r").problem?.code == "rows-not-found")
      let last = try #require(try await engine.journal.list(ExchangeFilter()).first { $0.problemCode != nil })
      #expect(last.outcome == .failed && last.problemCode == "rows-not-found" && last.problemClass == .drift)
      // The right one finds everything that the wrong one would have passed over.
      let again = try await engine.runner("zhejiang-public-data", "business-licence").run(requestID: "r")
      #expect(again.counts.new >= 50)
      await engine.database.close()
    }
  }

  @Test func changesComeWithTheNextWindow() async throws {
    try await SyncBench.run { bench in
      bench.clock.advance(seconds: -3 * 365 * 86_400)
      let engine = try await bench.engine()
      let runner = try engine.runner("zhejiang-public-data", "business-licence")
      let first = await runner.run(requestID: "r")
      bench.clock.advance(seconds: 3 * 365 * 86_400)
      let second = await runner.run(requestID: "r")
      #expect(first.counts.new > 0 && second.counts.new > 0 && second.counts.changed > 0)
      // Both ways lead to the same registry, except for the versions that were seen on the way.
      let other = try await bench.engine("b")
      _ = try await other.runner("zhejiang-public-data", "business-licence").run(requestID: "r")
      #expect(try await Set(engine.content().keys) == Set(other.content().keys))
      await engine.database.close()
      await other.database.close()
    }
  }

  static let passingFaults: [FaultKind] = [
    .stall(seconds: 0.05), .reset, .halfBody, .htmlPage, .expiredToken, .forgottenSecrets, .quota, .earlyEnd,
    .duplicatedPage,
    .truncatedDocument, .unavailable(retryAfter: 1), .billionLaughs, .wrongCharset,
    .oversizedBody(bytes: 80 << 20),
  ]

  /// Whatever goes wrong on the way, once it is over the registry is the one an undisturbed pull gives.
  @Test(arguments: passingFaults, ["zhejiang-public-data/property-deed", "real-estate-xml/deeds"])
  func faultsPassAndNothingIsLostOrDoubled(_ fault: FaultKind, _ name: String) async throws {
    try await SyncBench.run { bench in
      let parts = name.split(separator: "/").map(String.init)
      let engine = try await bench.engine()
      let runner = try engine.runner(parts[0], parts[1])
      bench.sandbox.faults.add(FaultRule(fault, platform: parts[0], trigger: .call(4), most: 1))
      var runs = 0
      while true {
        runs += 1
        guard let problem = await runner.run(requestID: "r").problem else { break }
        try #require(runs < 4, "\(fault): \(problem.message)")
      }
      let other = try await bench.engine("b")
      bench.sandbox.faults.removeAll()
      _ = try await other.runner(parts[0], parts[1]).run(requestID: "r")
      #expect(try await engine.content() == other.content())
      #expect(try await engine.registry.quarantined().isEmpty)
      await engine.database.close()
      await other.database.close()
    }
  }

  @Test(arguments: [Poison.brokenCheck, .wrongType])
  func aPoisonedRowIsQuarantinedAndTheOthersGoOn(_ poison: Poison) async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      bench.sandbox.faults.add(
        FaultRule(.poisonedRecord(poison), platform: "real-estate-xml", trigger: .call(1)))
      let report = await runner.run(requestID: "r")
      #expect(report.counts.quarantined == 1)
      #expect(report.counts.new == report.rows - 1 - report.skipped)
      let row = try #require(try await engine.registry.quarantined().first)
      #expect(row.operation == "deeds" && !row.reasons.isEmpty)
      await engine.database.close()
    }
  }

  @Test func aQuarantinedRowIsKeptOnceAndLeavesWhenItGivesARecord() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let strict = try MappingComparisonTests.mapping(
        "real-estate/deeds",
        [("specific.location: \"@ZL\"", "specific.location: {from: \"@NOWHERE\", required: true}")])
      // Pages so small that their failing rows are no changed message yet.
      let refusing = try engine.runner("real-estate-xml", "deeds", mapping: strict, pageSize: 15)
      let first = await refusing.run(requestID: "r")
      let rows = first.counts.quarantined
      #expect(rows > 0 && rows == first.rows - first.skipped)
      let waiting = try await engine.registry.quarantined(limit: 10_000)
      #expect(waiting.count == rows)
      // What was received comes again, by the same mapping and by the one that is right.
      let bodies = try await engine.bodies(of: Set(waiting.map(\.exchange)))
      for body in bodies { _ = try await refusing.take(SavedMessage(name: "a", bytes: body), requestID: "r") }
      let still = try await engine.registry.quarantined(limit: 10_000)
      #expect(still.count == rows && Set(still.map(\.row)) == Set(waiting.map(\.row)))
      #expect(Set(still.map(\.exchange)).isDisjoint(with: waiting.map(\.exchange)))
      let runner = try engine.runner("real-estate-xml", "deeds")
      for body in bodies { _ = try await runner.take(SavedMessage(name: "a", bytes: body), requestID: "r") }
      #expect(try await engine.registry.quarantined().isEmpty)
      await engine.database.close()
    }
  }

  @Test func aBrokenRunGoesOnBehindItsLastStoredPage() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      let rule = bench.sandbox.faults.add(
        FaultRule(.htmlPage, platform: "real-estate-xml", operation: "houses", trigger: .every(3)))
      let broken = await runner.run(requestID: "r")
      #expect(broken.problem?.errorClass == .platform && broken.rows == 120 && broken.counts.new == 120)
      // Two pages were stored before the third broke.
      #expect(try await engine.registry.counts().reduce(0) { $0 + $1.count } == 120)
      let standing = try await SyncHistory(database: engine.database).standing(of: runner.key)
      #expect(standing.watermark == nil && standing.lastRun?.problemClass == "platform")
      _ = bench.sandbox.faults.remove(rule)
      let before = bench.sandbox.calls("real-estate-xml", "houses").calls
      let rest = await runner.run(requestID: "r")
      #expect(rest.rows == 280 && bench.sandbox.calls("real-estate-xml", "houses").calls == before + 5)
      let after = try await SyncHistory(database: engine.database).standing(of: runner.key)
      #expect(after.watermark == bench.clock.now && after.lastRun?.problemCode == nil)
      await engine.database.close()
    }
  }

  @Test func aFullDiskLosesNothing() async throws {
    try await SyncBench.run { bench in
      var small = DatabaseConfiguration()
      small.maximumPageCount = 92
      let engine = try await bench.engine(configuration: small)
      let runner = try engine.runner("zhejiang-public-data", "property-deed")
      #expect(await runner.run(requestID: "r").problem?.code == "database-full")
      await engine.database.close()
      let larger = try await bench.engine()
      #expect(try await larger.database.integrityProblems().isEmpty)
      _ = try await larger.runner("zhejiang-public-data", "property-deed").run(requestID: "r")
      let other = try await bench.engine("b")
      _ = try await other.runner("zhejiang-public-data", "property-deed").run(requestID: "r")
      #expect(try await larger.content() == other.content())
      await larger.database.close()
      await other.database.close()
    }
  }

  @Test func whatADiskThatIsFullLeftOpenIsSettled() async throws {
    try await SyncBench.run { bench in
      var small = DatabaseConfiguration()
      small.maximumPageCount = 92
      let engine = try await bench.engine(configuration: small)
      let runner = try engine.runner("zhejiang-public-data", "property-deed")
      _ = await runner.run(requestID: "r")
      await engine.database.close()
      let larger = try await bench.engine()
      let open = try await larger.journal.list(ExchangeFilter(outcome: .unknown))
      #expect(!open.isEmpty)
      let settled = try await larger.ledger.settleInterrupted(
        platform: "zhejiang-public-data", operations: ["property-deed"], before: .now())
      #expect(settled == open.count)
      #expect(try await larger.journal.list(ExchangeFilter(outcome: .unknown)).isEmpty)
      let failed = try await larger.journal.list(ExchangeFilter(outcome: .failed))
      #expect(failed.count == settled && failed.allSatisfy { $0.problemCode == "interrupted" })
      // Those of others are left alone.
      try await larger.journal.record(
        Exchange(
          platform: "zhejiang-public-data", operation: "permit", method: "POST", address: "https://x/",
          created: .now(), outcome: .unknown, requestID: "r"))
      let others = try await larger.ledger.settleInterrupted(
        platform: "zhejiang-public-data", operations: ["property-deed"],
        before: .now().advanced(bySeconds: 60))
      #expect(others == 0)
      await larger.database.close()
    }
  }

  @Test func aPageWhoseRowsAllFailIsAChangedMessage() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("investment-3", "projects", pageSize: 20)
      let rows = (0..<25).map { _ in "{\"projectCode\":\"x\"}" }.joined(separator: ",")
      let message = "{\"code\":\"0\",\"data\":{\"rows\":[\(rows)],\"total\":25,\"hasMore\":false}}"
      let taken = try await runner.take(
        SavedMessage(name: "a.json", bytes: Array(message.utf8)), requestID: "r")
      #expect(taken.problem?.errorClass == .drift && taken.problem?.code == "no-row-fits")
      #expect(try await engine.registry.quarantined().isEmpty)
      let few = "{\"code\":\"0\",\"data\":{\"rows\":[{\"projectCode\":\"x\"}],\"total\":1,\"hasMore\":false}}"
      let one = try await runner.take(SavedMessage(name: "b.json", bytes: Array(few.utf8)), requestID: "r")
      #expect(one.problem == nil && one.counts.quarantined == 1)
      await engine.database.close()
    }
  }

  @Test func savedMessagesTakeTheSameWay() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      let runner = try engine.runner("real-estate-xml", "deeds")
      _ = await runner.run(requestID: "r")
      var bodies: [[UInt8]] = []
      for summary in try await engine.journal.list(ExchangeFilter()) {
        let body = try await engine.journal.body(summary.id, .response)
        if !body.isEmpty { bodies.append(body) }
      }
      let other = try await bench.engine("b")
      let importer = try other.runner("real-estate-xml", "deeds")
      var results: [ImportedMessage] = []
      for (index, body) in bodies.enumerated() {
        results.append(
          try await importer.take(SavedMessage(name: "张三-\(index).xml", bytes: body), requestID: "r"))
      }
      let garbage = try await importer.take(
        SavedMessage(name: "page.html", bytes: Array("<html>login</html>".utf8)), requestID: "r")
      #expect(garbage.problem?.errorClass == .platform)
      #expect(results.allSatisfy { $0.problem == nil })
      #expect(try await Set(engine.content().keys) == Set(other.content().keys))
      let standing = try await SyncHistory(database: other.database).standing(of: importer.key)
      #expect(standing.watermark == nil)
      await engine.database.close()
      await other.database.close()
    }
  }

  @Test func aDaysCallsAreCountedAcrossRestarts() async throws {
    try await SyncBench.run { bench in
      for expected in [[true, true], [true, false]] {
        let engine = try await bench.engine()
        let ledger = engine.ledger
        let claim = BudgetClaim(platform: "p", operation: nil, limit: 3)
        let free = BudgetClaim(platform: "p", operation: "o", limit: 100)
        for isLeft in expected {
          #expect(
            try await ledger.take([free, claim], at: bench.clock.now) == (isLeft ? nil : claim))
        }
        let other = BudgetClaim(platform: "q", operation: nil, limit: 1)
        let day = bench.clock.now.advanced(bySeconds: 86_400 * (expected[1] ? 1 : 2))
        #expect(try await ledger.take([other], at: day) == nil)
        await engine.database.close()
      }
    }
  }

  @Test func noPapersLieReadableInTheDatabase() async throws {
    try await SyncBench.run { bench in
      let engine = try await bench.engine()
      for (platform, operation) in Self.operations {
        _ = await (try engine.runner(platform, operation)).run(requestID: "r")
      }
      let database = engine.database
      var position: Int64 = 0
      var secrets: Set<String> = []
      for (next, id) in try await engine.registry.ids(after: position, limit: 300) {
        position = next
        guard let record = try await engine.registry.certificate(id)?.record else { continue }
        for holder in record.holders {
          for field in [Field.holderName, .holderCode] {
            if let text = holder.text(field), text.utf8.count >= 9 { secrets.insert(text) }
          }
        }
      }
      #expect(secrets.count > 100)
      _ = try await database.checkpoint()
      let bytes = Library.read("\(bench.folder)/a.sqlite")
      let found = contained(secrets, in: bytes)
      #expect(found.isEmpty, "\(found.count) of \(secrets.count)")
      await database.close()
    }
  }

  /// Which of the texts stand in the bytes: by their first four bytes, then whole.
  private func contained(_ texts: Set<String>, in bytes: [UInt8]) -> [String] {
    var byStart: [UInt32: [[UInt8]]] = [:]
    func start(_ bytes: some Collection<UInt8>) -> UInt32 {
      bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
    for text in texts { byStart[start(text.utf8), default: []].append(Array(text.utf8)) }
    var found: [String] = []
    var window: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      window = window << 8 | UInt32(byte)
      guard let candidates = byStart[window] else { continue }
      for candidate in candidates where bytes[(index - 3)...].starts(with: candidate) {
        found.append(String(decoding: candidate, as: UTF8.self))
      }
    }
    return found
  }
}
