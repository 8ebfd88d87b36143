import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Testing

@Suite struct AnsweringTests {
  /// As it is before its first byte leaves.
  static func begun(operation: String = "submit") -> Exchange {
    var exchange = JournalFixture.exchange(operation: operation, outcome: .unknown)
    (exchange.status, exchange.responseHeaders, exchange.responseBody) = (nil, [], [])
    (exchange.sent, exchange.received) = (nil, nil)
    return exchange
  }

  private let answered = Timestamp(milliseconds: 1_700_000_100_000)

  @Test func anAnswerCompletesWhatWasRecordedBefore() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(Self.begun())
    let before = try #require(try await journal.summary(id))
    #expect(before.status == nil && before.sent == nil && before.answered == nil)
    let whole = JournalFixture.exchange(operation: "submit", response: "{\"receipt\":\"R-1\"}")
    let prepared = try await journal.prepareAnswer(id, whole)
    try await fixture.database.write { try journal.answer(prepared, in: $0, now: self.answered) }

    let after = try #require(try await journal.summary(id))
    #expect(after.answered == answered && after.recorded == before.recorded)
    #expect(after.outcome == .unknown, "how it ended is for its conclusion to say")
    var read = try await journal.exchange(id)
    #expect(read.recorded != nil)
    (read.recorded, read.outcome) = (nil, whole.outcome)
    #expect(read == whole)
    #expect(try await Journal.verify(fixture.database).finding == nil)
    await fixture.database.close()
  }

  @Test func whatCameOfItMayBeNothing() async throws {
    let fixture = try await JournalFixture()
    let id = try await fixture.journal.record(Self.begun())
    var lost = Self.begun()
    lost.sent = Timestamp(milliseconds: 1_700_000_000_010)
    try await fixture.journal.answer(id, lost)
    let summary = try #require(try await fixture.journal.summary(id))
    #expect(summary.sent == lost.sent && summary.received == nil && summary.answered != nil)
    #expect(summary.digests.responseSealed == nil)
    #expect(try await fixture.journal.exchange(id).responseBody.isEmpty)
    #expect(try await Journal.verify(fixture.database).finding == nil)
    await fixture.database.close()
  }

  @Test func nothingIsAnsweredTwice() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(Self.begun())
    try await journal.answer(id, JournalFixture.exchange())
    let silent = try await journal.record(Self.begun())
    try await journal.answer(silent, Self.begun())
    let whole = try await journal.record(JournalFixture.exchange())
    for id in [id, silent, whole] {
      let before = try await journal.exchange(id)
      #expect(
        try await code { try await journal.answer(id, JournalFixture.exchange(response: "other")) }
          == .alreadyAnswered)
      #expect(try await journal.exchange(id) == before)
    }
    let missing = try await code { try await journal.answer(ExchangeID(99), JournalFixture.exchange()) }
    #expect(missing == .notFound)
    #expect(try await Journal.verify(fixture.database).finding == nil)
    await fixture.database.close()
  }

  @Test func anAnswerIsKeptOrLostWithItsTransaction() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let id = try await journal.record(Self.begun())
    struct Refused: Error {}
    await #expect(throws: Refused.self) {
      try await fixture.database.write { transaction in
        try journal.answer(id, JournalFixture.exchange(), in: transaction)
        throw Refused()
      }
    }
    #expect(try await journal.summary(id)?.answered == nil)
    try await fixture.database.write { transaction in
      try journal.answer(id, JournalFixture.exchange(), in: transaction)
      try journal.conclude(id, .succeeded, nil, in: transaction)
    }
    #expect(try await journal.summary(id)?.outcome == .succeeded)
    #expect(try await Journal.verify(fixture.database).finding == nil)
    await fixture.database.close()
  }

  @Test func aCancelledTaskStillRecordsWhatCame() async throws {
    let fixture = try await JournalFixture()
    let id = try await fixture.journal.record(Self.begun())
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await fixture.journal.answer(id, JournalFixture.exchange())
    }
    task.cancel()
    try await task.value
    #expect(try await fixture.journal.summary(id)?.status == 200)
    await fixture.database.close()
  }

  @Test func anAnswerOpensOnlyWhereItBelongs() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let one = try await journal.record(Self.begun())
    let other = try await journal.record(Self.begun())
    for id in [one, other] { try await journal.answer(id, JournalFixture.exchange()) }
    let rows = (one.rawValue * 4 + 1, other.rawValue * 4 + 1)
    try await fixture.database.write { transaction in
      for table in ["exchange_content", "exchange_key"] {
        for (from, to) in [(rows.0, 0), (rows.1, rows.0), (0, rows.1)] {
          try transaction.execute("UPDATE \(table) SET id = ?2 WHERE id = ?1", .int(from), .int(to))
        }
      }
    }
    #expect(try await code { _ = try await journal.exchange(one) } == .tampered)
    #expect(try await Journal.verify(fixture.database).finding?.kind == .alteredContent)
    await fixture.database.close()
  }
}
