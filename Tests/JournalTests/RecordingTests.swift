import CivilTime
import Crypto
import Exchanges
import Journal
import SQLDatabase
import TestSupport
import Testing

@Suite struct RecordingTests {
  @Test(arguments: [
    "", "x", "{\"rows\":[]}", String(repeating: "{\"name\":\"张三\",\"amount\":1.10}", count: 20_000),
  ])
  func givesBackWhatWasSaid(body: String) async throws {
    let fixture = try await JournalFixture()
    var exchange = JournalFixture.exchange(problem: JournalFixture.problem, request: body, response: body)
    let before = Timestamp.now()
    let id = try await fixture.journal.record(exchange)
    let back = try await fixture.journal.exchange(id)
    exchange.recorded = back.recorded
    #expect(back == exchange)
    #expect(try #require(back.recorded) >= before)
    #expect(try await fixture.journal.body(id, .response) == Array(body.utf8))
  }

  /// What stands in the clear is the type alone: a platform may write anything there.
  @Test(arguments: [
    ("application/json;charset=UTF-8", "application/json"), ("text/html; name=张三", "text/html"),
    ("application/vnd.ms-excel", "application/vnd.ms-excel"), ("text/330106198001010011", "…"),
    ("text/张三", "…"), ("张三", "…"), ("", "…"), ("a/b/c", "…"), ("/", "…"),
  ])
  func ofAContentTypeOnlyTheTypeStandsInTheClear(_ header: String, _ kept: String) async throws {
    let fixture = try await JournalFixture()
    var exchange = JournalFixture.exchange()
    exchange.responseHeaders = [ExchangeHeader(name: "Content-Type", value: header)]
    let id = try await fixture.journal.record(exchange)
    let types = try await fixture.database.read { reader in
      try reader.query("SELECT response_type FROM exchange") { $0.text(0) }
    }
    #expect(types == [kept])
    #expect(try await fixture.journal.exchange(id).responseHeaders == exchange.responseHeaders)
  }

  @Test func keepsBytesThatDoNotCompress() async throws {
    let fixture = try await JournalFixture()
    var generator = SplitMix64(seed: 7)
    var exchange = JournalFixture.exchange()
    exchange.responseBody = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let prepared = fixture.journal.prepare(exchange)
    #expect(prepared.sealedByteCount < 101_000)
    let id = try await fixture.journal.record(exchange)
    #expect(try await fixture.journal.body(id, .response) == exchange.responseBody)
  }

  @Test func keepsACallThatWasNotAnswered() async throws {
    let fixture = try await JournalFixture()
    var exchange = JournalFixture.exchange(outcome: .unknown)
    exchange.status = nil
    exchange.responseHeaders = []
    exchange.responseBody = []
    exchange.received = nil
    let id = try await fixture.journal.record(exchange)
    var back = try await fixture.journal.exchange(id)
    #expect(back.recorded != nil)
    back.recorded = nil
    #expect(back == exchange)
    #expect(try await fixture.journal.body(id, .response) == [])
    #expect(try await fixture.journal.summary(id)?.digests.responseSealed == nil)
  }

  @Test func leavesNothingLegibleOnTheDisk() async throws {
    let fixture = try await JournalFixture()
    let exchange = JournalFixture.exchange(
      problem: JournalFixture.problem, request: "query for 李四", response: "the answer about 王五")
    try await fixture.journal.record(exchange)
    let bytes = try fixture.bytesOnDisk()
    #expect(bytes.contains(bytesOf: "https://api.example.cn/rest/licences?…"))
    for secret in ["李四", "王五", "张三", "330106198001010011", "X-BG-HMAC"] {
      #expect(!bytes.contains(bytesOf: secret), "\(secret) stands on the disk")
    }
  }

  @Test func sharesATransaction() async throws {
    let fixture = try await JournalFixture()
    struct Refusal: Error {}
    let prepared = fixture.journal.prepare(JournalFixture.exchange())
    let journal = fixture.journal
    await #expect(throws: Refusal.self) {
      try await fixture.database.write { transaction in
        try journal.insert(prepared, in: transaction)
        throw Refusal()
      }
    }
    #expect(try await journal.list(ExchangeFilter()).isEmpty)
    let again = journal.prepare(JournalFixture.exchange())
    let ids = try await fixture.database.write { transaction in
      [try journal.insert(prepared, in: transaction), try journal.insert(again, in: transaction)]
    }
    #expect(ids[0] < ids[1])
    #expect(try await journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id) == ids)
  }

  @Test func recordedNeverGoesBack() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let moments: [Int64] = [5_000, 9_000, 1_000, 9_500]
    for moment in moments {
      let prepared = journal.prepare(JournalFixture.exchange())
      _ = try await fixture.database.write {
        try journal.insert(prepared, in: $0, now: Timestamp(milliseconds: moment))
      }
    }
    let recorded = try await journal.list(ExchangeFilter(order: .oldestFirst)).map(\.recorded.milliseconds)
    #expect(recorded == [5_000, 9_000, 9_000, 9_500])
    let span = try await journal.list(
      ExchangeFilter(since: Timestamp(milliseconds: 9_000), until: Timestamp(milliseconds: 9_001)))
    #expect(span.count == 2)
  }

  @Test func concludesLater() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(JournalFixture.exchange())
    try await fixture.database.write {
      try journal.conclude(id, .rejected, JournalFixture.problem, in: $0)
    }
    let rejected = try await journal.exchange(id)
    #expect(rejected.outcome == .rejected)
    #expect(rejected.problem == JournalFixture.problem)
    #expect(
      try await journal.list(ExchangeFilter(outcome: .rejected, problemClass: .platform)).map(\.id) == [id])
    try await fixture.database.write { try journal.conclude(id, .succeeded, nil, in: $0) }
    #expect(try await journal.exchange(id).problem == nil)
    #expect(
      try await code {
        try await fixture.database.write { try journal.conclude(ExchangeID(99), .failed, nil, in: $0) }
      } == .notFound)
  }

  @Test func aFullDiskKeepsNothingHalf() async throws {
    let fixture = try await JournalFixture { $0.maximumPageCount = 120 }
    var generator = SplitMix64(seed: 1)
    var kept: [ExchangeID] = []
    var refusals = 0
    for _ in 0..<30 {
      var exchange = JournalFixture.exchange(problem: JournalFixture.problem)
      exchange.responseBody = (0..<30_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
      do {
        kept.append(try await fixture.journal.record(exchange))
      } catch let error as DatabaseError {
        #expect(error.code == .full)
        refusals += 1
      }
    }
    #expect(!kept.isEmpty && refusals > 0)
    #expect(try await fixture.journal.list(ExchangeFilter(order: .oldestFirst)).map(\.id) == kept)
    for id in kept { _ = try await fixture.journal.exchange(id) }
    let rows = try await fixture.database.read { reader in
      [
        try reader.int("SELECT count(*) FROM exchange_content"),
        try reader.int("SELECT count(*) FROM exchange_key"),
      ]
    }
    #expect(rows == [Int64(kept.count * 3), Int64(kept.count * 3)])
    #expect(try await fixture.database.integrityProblems() == [])
  }

  @Test(arguments: [
    ("https://h:8/a/b?cardNo=1", "https://h:8/a/b?…"), ("https://h/a#x", "https://h/a?…"),
    ("https://h/persons/330106198001010011/x", "https://h/persons/…/x"),
    ("https://h/v1/20191/x", "https://h/v1/20191/x"),
    ("https://h/%E5%BC%A0", "https://h/…"), ("/inbound/x/张三", "/inbound/x/…"), ("https://h", "https://h"),
    ("", ""), ("https://10.1.2.3:443123/", "https://10.1.2.3:443123/"),
  ])
  func outlinesAddresses(address: String, outline: String) async throws {
    let fixture = try await JournalFixture()
    var exchange = JournalFixture.exchange()
    exchange.address = address
    let id = try await fixture.journal.record(exchange)
    #expect(try await fixture.journal.summary(id)?.addressOutline == outline)
    #expect(try await fixture.journal.exchange(id).address == address)
  }
}
