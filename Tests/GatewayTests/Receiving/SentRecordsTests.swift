import Adapters
import Certificates
import CivilTime
import Crypto
import Exchanges
import Gateway
import Journal
import Mapping
import Registry
import SQLDatabase
import Synchronization
import Testing
import Work

@testable import Inbound
@testable import Sync

/// Records that a platform sends by itself are kept like those it was asked for, each call once.
@Suite struct SentRecordsTests {
  private typealias Bench = SentRecordsBench

  @Test func whatIsSentIsKeptWithTheCallThatBroughtIt() async throws {
    let bench = try await Bench()
    let received = bench.clock.withLock { $0 }
    let reception = try await bench.receive(
      bench.request(7, [Bench.row(0), Bench.row(1)]), by: bench.desk(Bench.mapping()))
    #expect(reception.refusal == nil && reception.reply.status == 200)
    let answer = String(decoding: reception.reply.body, as: UTF8.self)
    #expect(answer.hasPrefix(#"{"code":"0","taken":"2","batch":"7","id":""#), "\(answer)")
    let id = try #require(reception.exchange)
    for index in 0..<2 {
      let evidence = try #require(try await bench.evidence(index))
      #expect(evidence.exchange == id && evidence.platform == "city" && evidence.received == received)
    }
    let exchange = try #require(try await bench.exchanges().first)
    #expect(exchange.id == id && exchange.direction == .inbound && exchange.outcome == .succeeded)
    #expect(try await bench.work().allSatisfy { $0.state == .cancelled })
  }

  /// Whatever it brings then: the platform says that it is the same. Where it says nothing of that kind, the bytes do.
  @Test(arguments: [true, false]) func theSameCallIsAnsweredAsAtFirst(_ isDeclared: Bool) async throws {
    let bench = try await Bench {
      isDeclared ? $0 : $0.replacing("    duplicate: call.number\n", with: "")
    }
    let mapping = try Bench.mapping()
    let first = try await bench.receive(bench.request(7, [Bench.row(0)]), by: bench.desk(mapping))
    bench.wait(seconds: 60)
    let again = try await bench.receive(bench.request(7, [Bench.row(0)]), by: bench.desk(mapping))
    #expect(again.isDuplicate && again.refusal == nil && again.reply == first.reply)
    let other = try await bench.receive(bench.request(7, [Bench.row(1)]), by: bench.desk(mapping))
    #expect(other.isDuplicate == isDeclared && (other.reply == first.reply) == isDeclared)
    #expect(try await bench.project(0) != nil)
    #expect((try await bench.project(1) == nil) == isDeclared)
    let exchanges = try await bench.exchanges()
    #expect(exchanges.count == 3 && exchanges[1].parent == exchanges[0].id)
  }

  /// The rows stand elsewhere than before, or are all otherwise: nothing of it is kept but the call, until the mapping is mended.
  @Test(arguments: [
    ("rows: $.rows[*]", "rows: $.list[*]"),
    ("basic.number: {from: $.code,", "basic.number: {from: $.no,"),
  ])
  func whatTheMappingCannotReadWaitsForAnother(_ old: String, _ new: String) async throws {
    let bench = try await Bench()
    let received = bench.clock.withLock { $0 }
    let broken = try Bench.mapping { $0.replacing(old, with: new) }
    let request = bench.request(7, [Bench.row(0), Bench.row(1)])
    let desk = try bench.desk(broken)
    let refused = try await bench.receive(request, by: desk)
    #expect(refused.refusal?.kind == .malformed && refused.reply.status == 422)
    #expect(String(decoding: refused.reply.body, as: UTF8.self) == #"{"code":"malformed"}"#)
    #expect(refused.refusal?.remedy.contains("release the work") == true)
    let id = try #require(refused.exchange)
    #expect(try await bench.project(0) == nil)
    #expect(try await bench.registry.quarantined().isEmpty)
    #expect(try await bench.exchanges().first?.problemCode == "inbound-malformed")
    let item = try #require(try await bench.work().first)
    #expect(try await bench.perform(item.id, by: desk)?.errorClass == .drift)
    #expect(try await bench.work().map(\.state) == [.parked])
    // Nobody sends a message without rows; two bad rows may be an accident.
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    let isWithoutRows = new.hasPrefix("rows")
    #expect(
      try await incidents.list().map(\.subject)
        == (isWithoutRows
          ? [DriftSubject(entity: "", kind: .unreadableMessage, subject: "rows-not-found")] : []))

    bench.wait(seconds: 3600)
    let mended = try bench.desk(Bench.mapping())
    try await bench.release(item.id)
    #expect(try await bench.perform(item.id, by: mended) == nil)
    // It is what the platform said then, not now.
    let evidence = try #require(try await bench.evidence(1))
    #expect(evidence.exchange == id && evidence.received == received)
    #expect(try await bench.exchanges().map(\.outcome) == [.succeeded])
    let again = try await bench.receive(bench.request(7, [Bench.row(0), Bench.row(1)]), by: mended)
    #expect(again.isDuplicate && again.refusal == nil && again.reply.status == 200)
    #expect(try await incidents.list().allSatisfy { !$0.isHeld })
  }

  /// One bad row is no change of the platform's, however often it is tried; ten of them and none that is good are.
  @Test func badCallsOneAfterTheOtherAreAnIncident() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Bench.mapping())
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    func held() async throws -> [String] {
      try await incidents.list().filter(\.isHeld).map(\.subject.subject)
    }
    func isStale() async throws -> Bool {
      let project = try #require(try await bench.project(0))
      return try await incidents.staleness(bench.registry).since(of: project) != nil
    }
    func send(_ batch: Int, _ row: String) async throws -> InboundRefusal? {
      bench.wait(seconds: 1)
      return try await bench.receive(bench.request(batch, [row]), by: desk).refusal
    }
    func bad(_ name: Int) -> String { Bench.row(1, "拟\(name)线").replacing(#""code""#, with: #""no""#) }

    #expect(try await send(1, Bench.row(0)) == nil)
    for batch in 2...20 { #expect(try await send(batch, bad(0))?.kind == .malformed) }
    for name in 1...8 { #expect(try await send(20 + name, bad(name))?.kind == .malformed) }
    #expect(try await incidents.list().isEmpty)
    #expect(try await send(30, bad(9))?.kind == .malformed)
    #expect(try await held() == ["no-row-fits"])
    #expect(try await isStale())
    // One bad row says nothing else to a process that has seen none before.
    let other = try bench.desk(Bench.mapping())
    #expect(try await bench.receive(bench.request(40, [bad(11)]), by: other).refusal?.kind == .malformed)
    #expect(try await held() == ["no-row-fits"])

    #expect(try await send(31, Bench.row(2)) == nil)
    #expect(try await held().isEmpty)
    #expect(try await !isStale())
    // What came before is tried once more, and one is bad again.
    for item in try await bench.work().filter({ $0.state == .ready }) {
      #expect(try await bench.perform(item.id, by: desk)?.errorClass == .drift)
    }
    #expect(try await send(32, bad(10))?.kind == .malformed)
    #expect(try await held().isEmpty)
  }

  /// Calls of one row each, some of them bad: their share tells, as it does for answers, however many good ones come between.
  @Test func badCallsAmongGoodOnesAreAnIncident() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Bench.mapping())
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    var batch = 0
    func send(_ row: String) async throws -> InboundRefusal? {
      batch += 1
      bench.wait(seconds: 1)
      return try await bench.receive(bench.request(batch, [row]), by: desk).refusal
    }
    func bad(_ name: Int) -> String { Bench.row(1, "拟\(name)线").replacing("-223456", with: "-x") }
    func held() async throws -> Set<DriftKind> {
      Set(try await incidents.list().filter(\.isHeld).map(\.subject.kind))
    }
    for _ in 0..<250 { #expect(try await send(Bench.row(0)) == nil) }
    // One row, however often it is tried, is one.
    for _ in 0..<20 {
      #expect(try await send(bad(0))?.kind == .malformed)
      #expect(try await send(Bench.row(0)) == nil)
    }
    #expect(try await incidents.list().isEmpty)

    for name in 1...60 where try await held().isEmpty {
      #expect(try await send(bad(name))?.kind == .malformed)
      for _ in 0..<2 where try await held().isEmpty { #expect(try await send(Bench.row(0)) == nil) }
    }
    #expect(try await held() == [.failingChecks])
    // Those that are good are kept, and say nothing while others are bad.
    for name in 101...115 {
      #expect(try await send(Bench.row(0)) == nil)
      #expect(try await send(Bench.row(2)) == nil)
      #expect(try await held() == [.failingChecks], "\(name)")
      #expect(try await send(bad(name))?.kind == .malformed, "accepting it makes it no better")
    }
    for _ in 0..<2 * DriftRules.leastFaultRows { #expect(try await send(Bench.row(0)) == nil) }
    #expect(try await held().isEmpty)
  }

  /// Rows with `part` `b` are of a second entity.
  private static func twoEntities() throws -> CompiledMapping {
    try Bench.mapping { text in
      let entity = text[(text.firstRange(of: "  project:\n")?.lowerBound ?? text.endIndex)...]
      let condition = "rows: $.rows[*]\n    when: "
      return text.replacing("rows: $.rows[*]", with: condition + "{not: {from: $.part, in: [b]}}")
        + entity.replacing("  project:", with: "\n  other:")
        .replacing("rows: $.rows[*]", with: condition + "{from: $.part, in: [b]}")
    }
  }

  private static func undated(_ index: Int) -> String {
    Bench.row(index).replacing(#","updated":"2026-11-01 10:00:00""#, with: "")
  }

  private static func second(_ row: String) -> String {
    row.replacing(#"{"code""#, with: #"{"part":"b","code""#)
  }

  /// Of two entities that hold the operation the rows may come in calls of their own.
  @Test func eachEntityIsOverWithACallOfItsOwn() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Self.twoEntities())
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    func send(_ batch: Int, _ rows: [String]) async throws -> InboundRefusal? {
      try await bench.receive(bench.request(batch, rows), by: desk).refusal
    }
    func held() async throws -> Set<String> {
      Set(try await incidents.list().filter(\.isHeld).map(\.subject.entity))
    }
    for batch in 1...150 {
      #expect(
        try await send(batch, (0..<2).map { Bench.row($0) } + [2, 2].map { Self.second(Bench.row($0)) })
          == nil)
    }
    let changed = (0..<12).flatMap { [Self.undated($0 % 2), Self.second(Self.undated(2))] }
    #expect(try await send(151, changed)?.kind == .unfit)
    #expect(try await held() == ["project", "other"])
    #expect(try await send(152, [Bench.row(0)]) == nil)
    #expect(try await held() == ["project", "other"])
    // What shows it again is not over.
    #expect(try await send(153, [Self.undated(1)])?.kind == .unfit)
    #expect(try await send(154, [Self.second(Bench.row(2))]) == nil)
    #expect(try await held() == ["project", "other"])
    #expect(try await send(155, [Bench.row(1)]) == nil)
    #expect(try await held().isEmpty)

    // What is accepted need not come again.
    #expect(try await send(156, changed)?.kind == .unfit)
    for incident in try await incidents.list() where incident.isHeld {
      try await incidents.acknowledge(
        incident.id, IncidentStep(time: Timestamp(milliseconds: 1), by: "拟操作员", note: nil), accepting: true)
    }
    #expect(try await send(157, [Self.undated(0)]) == nil)
    #expect(try await held().isEmpty)
  }

  /// What was usual is lost while it holds: a call that has no row of what is held says nothing of it.
  @Test func rowsOfAnotherEntityLetNothingGo() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Self.twoEntities())
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    func send(_ batch: Int, _ rows: [String]) async throws -> InboundRefusal? {
      try await bench.receive(bench.request(batch, rows), by: desk).refusal
    }
    func isHeld() async throws -> Bool { try await incidents.list().contains { $0.isHeld } }
    for batch in 1...90 {
      #expect(try await send(batch, (0..<3).map { Bench.row($0) }) == nil)
    }
    for batch in 91...100 where try await !isHeld() { _ = try await send(batch, (0..<3).map(Self.undated)) }
    #expect(try await isHeld())
    _ = try await bench.database.write { try $0.execute("DELETE FROM drift_baseline") }
    #expect(try await send(101, [Self.second(Bench.row(0))]) == nil)
    #expect(try await isHeld())
    #expect(try await send(102, [Self.undated(1)])?.kind == .unfit)
    #expect(try await send(103, [Bench.row(1)]) == nil)
    #expect(try await !isHeld())

    // A mapping without that entity never has a row of it.
    _ = try await bench.database.write { transaction in
      try transaction.execute("UPDATE incident SET held = 1")
      return try transaction.execute("INSERT INTO drift_hold VALUES ('city', 'coded', 'here/projects', 1)")
    }
    let renamed = try bench.desk(Bench.mapping { $0.replacing("  project:", with: "  projects:") })
    #expect(try await isHeld())
    #expect(try await bench.receive(bench.request(104, [Bench.row(2)]), by: renamed).refusal == nil)
    #expect(try await !isHeld())
  }

  /// The contract of the mapping holds for what is sent as for what is asked for.
  @Test func aChangedMessageWaitsUntilItIsAccepted() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Bench.mapping())
    func send(_ batch: Int, _ row: (Int) -> String) async throws -> InboundReception {
      try await bench.receive(bench.request(batch, (0..<3).map(row)), by: desk)
    }
    for batch in 1...90 {
      let taken = try await send(batch) { Bench.row($0) }
      #expect(taken.refusal == nil)
    }
    let undated = { (index: Int) in Bench.row(index).replacing(#","updated":"2026-11-01 10:00:00""#, with: "")
    }
    var held = try await send(91, undated)
    for batch in 92...100 where held.refusal == nil { held = try await send(batch, undated) }
    #expect(held.refusal?.kind == .unfit, "\(String(describing: held.refusal))")
    #expect(held.refusal?.remedy.hasSuffix("else mend the mapping: then release the work") == true)
    #expect(held.refusal?.message.contains("updated") == false)
    let incidents = IncidentLedger(database: bench.database, keys: bench.keys)
    let incident = try #require(
      try await incidents.list().first { $0.subject.subject == "$.updated" })
    #expect(incident.subject.kind == .vanishedField && incident.isHeld && incident.exchange == held.exchange)
    let item = try #require(try await bench.work().last { $0.state != .done })
    _ = try await bench.perform(item.id, by: desk)

    let time = bench.clock.withLock { $0 }
    try await incidents.acknowledge(
      incident.id, IncidentStep(time: time, by: "拟操作员", note: "问过平台"), accepting: true)
    try await bench.release(item.id)
    #expect(try await bench.perform(item.id, by: desk) == nil)
    #expect(try await incidents.list().first { $0.id == incident.id }?.isHeld == false)
    #expect(try await bench.exchanges().allSatisfy { $0.outcome == .succeeded })
  }

  /// The process dies when the call is in the journal; the queue, or the platform's repetition, ends what it began.
  @Test(arguments: [true, false]) func whatAProcessLeftIsKeptOnce(_ platformRepeats: Bool) async throws {
    let bench = try await Bench()
    let mapping = try Bench.mapping()
    let (dead, receiver) = (try bench.desk(mapping), try bench.receiver)
    let request = bench.request(7, [Bench.row(0)])
    let now = bench.clock.withLock { $0 }
    let admission = try receiver.admit(request, at: now)
    let exchange = receiver.exchange(request, requestID: "r-00000001", at: now)
    let identity = bench.keys.blindIndex.token("inbound.call", receiver.identity(of: request))
    let begun = try await bench.database.write { transaction in
      try dead.begin(exchange, identity, admission, receiver, transaction)
    }
    #expect(try await bench.project(0) == nil)
    let item = try #require(try await bench.work().first)
    let alive = try bench.desk(mapping)
    if platformRepeats {
      #expect(try await bench.receive(request, by: alive).refusal == nil)
    } else {
      #expect(try await bench.perform(item.id, by: alive) == nil)
      #expect(try await bench.evidence(0)?.exchange == begun.exchange)
    }
    #expect(try await bench.project(0)?.version == 1)
    #expect(try await bench.exchanges().allSatisfy { $0.outcome == .succeeded })
    #expect(try await bench.receive(request, by: bench.desk(mapping)).isDuplicate)
    #expect(try await bench.work().allSatisfy { $0.state == .cancelled || $0.state == .done })
  }

  @Test func whoIsNotThePlatformLeavesNothing() async throws {
    let bench = try await Bench()
    let refused = try await bench.receive(
      bench.request(7, [Bench.row(0)], key: "guess"), by: bench.desk(Bench.mapping()))
    #expect(refused.refusal?.kind == .unauthenticated && refused.reply.status == 401)
    #expect(try await bench.exchanges().isEmpty)
    #expect(try await bench.work().isEmpty)
    #expect(try await bench.project(0) == nil)
  }

  /// One bad row among others is kept aside with its reason, as of a pull, and leaves when it comes again and is good.
  @Test func aBadRowIsQuarantinedAndTheOthersAreKept() async throws {
    let bench = try await Bench()
    let bad = #"{"code":"\#(Bench.codes[2])","updated":"2026-11-01 10:00:00"}"#
    let strict = try Bench.mapping {
      $0.replacing("projectName: $.name", with: "projectName: {from: $.name, required: true}")
    }
    let desk = try bench.desk(strict)
    let reception = try await bench.receive(bench.request(7, [bad, Bench.row(1)]), by: desk)
    #expect(reception.refusal == nil)
    #expect(String(decoding: reception.reply.body, as: UTF8.self).contains(#""taken":"1""#))
    let kept = try await bench.registry.quarantined(platform: "city", operation: "coded")
    #expect(kept.map(\.exchange) == [reception.exchange] && kept[0].locator.path == "$['rows'][0]")
    #expect(try await bench.project(1) != nil)
    #expect(try await bench.project(2) == nil)
    let mended = try bench.desk(Bench.mapping())
    #expect(try await bench.receive(bench.request(8, [bad]), by: mended).refusal == nil)
    #expect(try await bench.project(2) != nil)
    #expect(try await bench.registry.quarantined().isEmpty)
  }

  /// Calls overtake each other: what the platform said later counts, whenever it came.
  @Test func anOlderWordThatComesLaterChangesNothing() async throws {
    let bench = try await Bench()
    let desk = try bench.desk(Bench.mapping())
    let newer = Bench.row(0, "拟新名", updated: "2026-11-02 10:00:00")
    #expect(try await bench.receive(bench.request(8, [newer]), by: desk).refusal == nil)
    bench.wait(seconds: 5)
    #expect(try await bench.receive(bench.request(7, [Bench.row(0, "拟旧名")]), by: desk).refusal == nil)
    #expect(try await bench.name(0) == "拟新名")
    #expect(try await bench.project(0)?.version == 1)
  }

  /// Where the site asks for trials, a changed mapping takes no call before it has passed one.
  @Test func anUntriedMappingTakesNothing() async throws {
    let bench = try await Bench()
    let policy = TrialPolicy()
    let old = try Bench.mapping()
    let new = try Bench.mapping { $0.replacing("version: 1", with: "version: 2") }
    #expect(
      try await bench.receive(bench.request(7, [Bench.row(0)]), by: bench.desk(old, policy: policy)).refusal
        == nil)
    let desk = try bench.desk(new, policy: policy)
    let refused = try await bench.receive(bench.request(8, [Bench.row(1)]), by: desk)
    #expect(refused.refusal?.kind == .unfit && refused.refusal?.remedy.contains("mapping diff") == true)
    #expect(try await bench.project(1) == nil)
    let item = try #require(try await bench.work().first { $0.state == .ready })
    #expect(try await bench.perform(item.id, by: desk) != nil)
    try await bench.release(item.id)
    // It is tried on what the platform really sent, and may go live.
    let operation = try #require(bench.adapter.inbound.first)
    let statistics = try await MappingComparison(
      of: bench.intake(old, operation, nil), old: old, new: new
    ).run(ExchangeFilter()) { _ in true }
    #expect(statistics.exchanges == 1 && statistics.oldRecords == 1 && statistics.differing == 0)
    #expect(statistics.unread == 0)
    try await MappingTrials(database: bench.database, sealer: bench.keys.sealer).record(
      new.name, old: old.digest, new: new.digest, TrialCounts(statistics, isOfAll: true), isAccepted: false,
      by: SignOff(name: "拟经办", reason: "更新"),
      at: bench.clock.withLock { $0 })
    #expect(try await bench.perform(item.id, by: bench.desk(new, policy: policy)) == nil)
    #expect(try await bench.project(1) != nil)
  }
}
