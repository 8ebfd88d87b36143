import CivilTime
import Crypto
import Exchanges
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// Exports of a span of the chain.
@Suite struct RangePackageTests {
  static func package(
    _ fixture: JournalFixture, _ range: JournalRange, opening: Bool = false
  ) async throws -> [[UInt8]] {
    let lines = Mutex<[[UInt8]]>([])
    _ = try await fixture.journal.export(range, opening: opening) { line in lines.withLock { $0.append(line) }
    }
    return lines.withLock { $0 }
  }

  private static func verify(_ lines: [[UInt8]], key: SM2.PublicKey? = nil) throws -> JournalVerification {
    var verifier = JournalPackageVerifier(key: key)
    for line in lines where !verifier.take(line) { break }
    return try verifier.finish()
  }

  private static func text(_ lines: [[UInt8]]) -> [String] {
    lines.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func last(_ fixture: JournalFixture) async throws -> Int64 {
    _ = try await fixture.journal.checkpoint()
    return try await fixture.database.read { try $0.int("SELECT max(number) FROM journal_entry") }
  }

  @Test(arguments: [false, true]) func theWholeJournalProvesItself(_ opening: Bool) async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      let lines = try await Self.package(fixture, JournalRange(1...last), opening: opening)
      let result = try Self.verify(lines)
      #expect(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.entries == last && result.exchanges == 13 && result.unsigned == 0)
      #expect(result.range == JournalRange(1...last))
      // All but the response that was erased, and the exchange that was pruned; and three problems.
      #expect(result.contents == 27)
      #expect(Self.text(lines).contains { $0.contains("\"content\":\"AQ") } == opening)
    }
  }

  /// Every span that there is, whatever happened in it or later to what is in it.
  @Test func everySpanProvesItself() async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      for first in 1...last {
        for end in stride(from: first, through: last, by: 3) {
          let result = try Self.verify(try await Self.package(fixture, JournalRange(first...end)))
          #expect(result.finding == nil, "\(first)...\(end): \(result.finding?.description ?? "")")
          #expect(result.entries >= end - first + 1)
        }
      }
    }
  }

  /// Of the others only that they are, and the chain over them.
  @Test func aFilterLeavesDigests() async throws {
    let fixture = try await JournalFixture()
    for number in 0..<10 {
      try await fixture.journal.record(
        JournalFixture.exchange(
          platform: number % 2 == 0 ? "zj" : "hz", operation: number % 4 == 0 ? "licences" : "deeds"))
    }
    let last = try await Self.last(fixture)
    for (range, exchanges) in [
      (JournalRange(1...last, platform: "zj"), 5),
      (JournalRange(1...last, platform: "zj", operation: "deeds"), 2),
      (JournalRange(4...8, platform: "hz"), 2), (JournalRange(1...last, platform: "none"), 0),
    ] {
      let lines = try await Self.package(fixture, range)
      let result = try Self.verify(lines)
      #expect(result.finding == nil && result.exchanges == exchanges, "\(range) \(result)")
      #expect(Self.text(lines).count { $0.contains("\"row\"") } == exchanges)
      #expect(result.range == range)
    }
    // Another platform's exchange under this filter's name is found.
    let mixed = Self.text(try await Self.package(fixture, JournalRange(1...last, platform: "zj")))
    let renamed = mixed.map { Array($0.replacing("\"platform\":\"zj\"}", with: "\"platform\":\"hz\"}").utf8) }
    #expect(try Self.verify(renamed).finding?.kind == .malformed)
    await fixture.database.close()
  }

  @Test func timesAreSpansOfEntries() async throws {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    for hour in [10, 11, 12, 13] {
      let prepared = journal.prepare(JournalFixture.exchange())
      _ = try await fixture.database.write {
        try journal.insert(prepared, in: $0, now: Timestamp(milliseconds: Int64(hour) * 3_600_000))
      }
    }
    func span(_ since: Int64?, _ until: Int64?) async throws -> ClosedRange<Int64>? {
      try await journal.entries(
        since: since.map { Timestamp(milliseconds: $0 * 3_600_000) },
        until: until.map { Timestamp(milliseconds: $0 * 3_600_000) })
    }
    // One for the beginning of the chain, and two for each exchange.
    #expect(try await span(nil, nil) == 1...9)
    #expect(try await span(11, 13) == 4...7)
    #expect(try await span(12, nil) == 6...9)
    #expect(try await span(nil, 11) == 1...3)
    #expect(try await span(14, nil) == nil)
    #expect(try await span(nil, 10) == nil)
    #expect(try await span(12, 12) == nil)
    await fixture.database.close()
  }

  /// Clocks that were set back, for some entries or some hundreds: each span is what looking through all entries gives.
  @Test func spansOfTimeAreExact() async throws {
    let fixture = try await JournalFixture()
    var random = SplitMix64(seed: 91)
    for _ in 0..<12 {
      let count = Int64.random(in: 1...2500, using: &random)
      var moments: [Int64] = []
      var (time, ahead) = (Int64(0), Int64(0))
      for _ in 0..<count {
        time += Int64.random(in: 0...3, using: &random)
        if Int.random(in: 0..<300, using: &random) == 0 { ahead = Int64.random(in: 0...900, using: &random) }
        moments.append(time + ahead)
      }
      let rows = moments
      try await fixture.database.write { transaction in
        try transaction.execute("DELETE FROM journal_entry")
        let insert = try transaction.prepare(
          "INSERT INTO journal_entry (number, kind, exchange, moment, link) VALUES (?1, 1, ?1, ?2, ?3)")
        for (index, moment) in rows.enumerated() {
          _ = try insert.execute(.int(index + 1), .int(moment), .blob([]))
        }
      }
      for _ in 0..<40 {
        let since = Int64.random(in: -10...(time + 1000), using: &random)
        let until = since + Int64.random(in: 0...600, using: &random)
        let first = moments.firstIndex { $0 >= since }.map { Int64($0) + 1 }
        let last = moments.lastIndex { $0 < until }.map { Int64($0) + 1 }
        var expected: ClosedRange<Int64>?
        if let first, let last, first <= last { expected = first...last }
        let found = try await fixture.journal.entries(
          since: Timestamp(milliseconds: since), until: Timestamp(milliseconds: until))
        #expect(found == expected, "\(since) \(until) of \(count)")
      }
    }
    await fixture.database.close()
  }

  /// However long the journal, some twenty entries tell where a time was met.
  @Test func fewEntriesAreLookedAt() {
    for count in [Int64(1), 2, 1000, 1_000_000] {
      for edge in [1, 2, count / 3 + 1, count, count + 1] where edge <= count + 1 {
        var seen = 0
        let found = EntrySearch.edge(in: 1...count) { number in
          seen += 1
          return number >= edge
        }
        #expect(found == edge && seen <= 21, "\(edge) of \(count): \(seen)")
      }
    }
  }

  /// The first, one in the middle and the last entry: gone, twice, swapped, or the file cut off there. The first that is wrong is named.
  @Test func whatIsMissingMovedOrCutIsNamed() async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      let lines = try await Self.package(fixture, JournalRange(2...last))
      #expect(try Self.verify(lines).finding == nil)
      // Line 0 is the head, line n the entry n + 1, the last one the checkpoint.
      let places = [1, lines.count / 2, lines.count - 2]
      for place in places {
        let number = Int64(place) + 1
        var gone = lines
        gone.remove(at: place)
        let isLast = place == lines.count - 2
        let missing = try Self.verify(gone).finding
        #expect(missing?.kind == (isLast ? .truncated : .gap) && missing?.entry == number, "\(place)")
        var twice = lines
        twice.insert(lines[place], at: place)
        #expect(try Self.verify(twice).finding?.kind == .gap, "\(place)")
        if !isLast {
          var swapped = lines
          swapped.swapAt(place, place + 1)
          let finding = try Self.verify(swapped).finding
          #expect(finding?.kind == .gap && finding?.entry == number, "\(place)")
        }
        let cut = try Self.verify(
          Array(lines.prefix(place)) + [Array(lines[place].prefix(lines[place].count / 2))])
        #expect(cut.finding?.kind == .malformed && cut.entries == number - 2, "\(place)")
        let ended = try Self.verify(Array(lines.prefix(place + 1)))
        #expect(ended.finding?.kind == .truncated && ended.entries == number - 1, "\(place)")
      }
      // Without its head, without its checkpoint, with an entry behind it.
      #expect(try Self.verify(Array(lines.dropFirst())).finding?.kind == .malformed)
      #expect(try Self.verify(Array(lines.dropLast())).finding?.kind == .truncated)
      #expect(try Self.verify(lines + [lines[3]]).finding?.kind == .gap)
      // A package in place of another: a later one, from the same journal.
      let other = try await Self.package(fixture, JournalRange(4...last))
      #expect(try Self.verify([lines[0]] + other.dropFirst()).finding?.entry == 2)
    }
  }

  /// Where each kind of byte stands in a line, and what is found of it first.
  @Test func everyKindOfByteIsCovered() async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      let lines = Self.text(try await Self.package(fixture, JournalRange(1...last), opening: true))
      func finding(_ line: Int, _ change: (String) -> String) throws -> JournalFinding? {
        var changed = lines
        changed[line] = change(changed[line])
        #expect(changed[line] != lines[line], "line \(line)")
        return try Self.verify(changed.map { Array($0.utf8) }).finding
      }
      func flip(_ name: String) -> (String) -> String {
        { line in
          guard let start = line.firstRange(of: "\"\(name)\":") else { return line }
          var characters = Array(line)
          let offset = line.distance(from: line.startIndex, to: start.upperBound)
          // Behind a quotation mark, where there is one.
          let place = offset + (characters[offset] == "\"" ? 5 : 0)
          characters[place] = characters[place] == "3" ? "4" : "3"
          return String(characters)
        }
      }
      let recorded = try #require(
        lines.firstIndex { $0.contains("\"kind\":\"recorded\"") && $0.contains("\"row\"") })
      for name in [
        "token", "status", "created", "sent", "received", "recorded", "attempt", "requestSize",
        "responseSize",
        "requestSealed", "requestContent", "responseSealed", "responseContent", "moment", "link", "exchange",
      ] {
        let found = try finding(recorded, flip(name))
        #expect(
          found?.entry == Int64(recorded) || found?.kind == .malformed,
          "\(name): \(String(describing: found))")
      }
      for name in ["sealed", "content"] {
        #expect(try finding(recorded, flip(name))?.kind == .alteredContent, "\(name)")
      }
      let concluded = try #require(lines.firstIndex { $0.contains("\"kind\":\"concluded\"") })
      #expect(try finding(concluded, flip("content"))?.kind == .brokenLink)
      let pruned = try #require(lines.firstIndex { $0.contains("\"digest\"") && $0.contains("recorded") })
      #expect(try finding(pruned, flip("digest"))?.kind == .brokenLink)
      // A whole entry made a digest: it is one too few.
      let hidden = try finding(recorded) { line in
        let link = line.firstRange(of: "\"row\":").map { line[..<$0.lowerBound] } ?? ""
        return link + "\"digest\":\"\(String(repeating: "0", count: 64))\"}"
      }
      #expect(hidden?.kind == .brokenLink)
      for name in ["signature", "made", "publicKey"] {
        #expect(try finding(lines.count - 1, flip(name)) != nil, "\(name)")
      }
      for name in ["first", "linkBefore", "last", "version"] {
        #expect(try finding(0, flip(name)) != nil, "\(name)")
      }
    }
  }

  /// The digest of a row is no secret: whoever leaves an exchange out of a whole range has to say that it was pruned, and the chain does not.
  @Test func anExchangeThatIsLeftOutIsMissing() async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      let whole = try await Self.package(fixture, JournalRange(1...last))
      // Entries of other platforms are digests: the same line, as a filter gives it.
      let filtered = try await Self.package(fixture, JournalRange(1...last, platform: "none"))
      let place = try #require(Self.text(whole).firstIndex { $0.contains("\"row\"") })
      var hidden = whole
      hidden[place] = filtered[place]
      let finding = try Self.verify(hidden).finding
      #expect(finding?.kind == .missingExchange && finding?.entry == Int64(place))
      let concluded = try #require(Self.text(whole).firstIndex { $0.contains("\"kind\":\"concluded\"") })
      hidden = whole
      hidden[concluded] = filtered[concluded]
      #expect(try Self.verify(hidden).finding?.kind == .missingContent)
      // A range that claims more than it has.
      let claimed = Self.text(whole).map {
        Array($0.replacing("\"last\":\(last)", with: "\"last\":\(last + 1)").utf8)
      }
      #expect(try Self.verify(claimed).finding?.kind == .truncated)
      for (old, huge) in [
        ("\"last\":\(last)", "\"last\":\(Int64.max)"), ("\"first\":1,", "\"first\":\(Int64.max),"),
      ] {
        let changed = Self.text(whole).map { Array($0.replacing(old, with: huge).utf8) }
        #expect(changed != whole)
        #expect(try Self.verify(changed).finding?.kind == .malformed)
      }
    }
  }

  /// Erasures and prunings behind the span explain what is missing in it.
  @Test func whatWasRemovedLaterIsExplained() async throws {
    try await ChainTests.lived { fixture in
      // The exchange 2, whose response was erased much later, and 3, which was pruned at the end.
      for exchange in [2, 3] as [Int64] {
        let number = try await fixture.database.read {
          try $0.int("SELECT min(number) FROM journal_entry WHERE exchange = ?1 AND kind = 1", .int(exchange))
        }
        let lines = try await Self.package(fixture, JournalRange(number...number))
        let result = try Self.verify(lines)
        #expect(result.finding == nil, "\(result.finding?.description ?? "")")
        let removal = try #require(
          Self.text(lines).firstIndex { $0.contains(exchange == 2 ? "\"erased\"" : "\"pruned\"") })
        let cut = try Self.verify(Array(lines.prefix(removal)))
        #expect(cut.finding?.kind == .truncated)
      }
    }
  }

  /// An erasure between two portions: what was begun without it is not handed on as if it were whole.
  @Test func whatIsRemovedMeanwhileIsTold() async throws {
    let fixture = try await JournalFixture()
    for _ in 0..<4 { try await fixture.journal.record(JournalFixture.exchange()) }
    let last = try await Self.last(fixture)
    let range = JournalRange(1...last)
    let bounds = PackageBounds(first: 1, end: last, linkBefore: JournalEntry.linkBeforeFirst)
    try await fixture.journal.erase(ExchangeID(2), parts: [.response])
    try await fixture.database.write { try fixture.journal.prune(ExchangeID(3), in: $0) }
    for first in [3, 4] as [Int64] {
      let found = try await code {
        _ = try await fixture.database.read { reader in
          try PackageReading(.range(range), bounds, reader).entries(from: first).count
        }
      }
      #expect(found == .changed, "from \(first)")
    }
    #expect(try Self.verify(try await Self.package(fixture, range)).finding == nil)
    await fixture.database.close()
  }

  /// However large the entries are: a portion is some megabytes.
  @Test func portionsAreBounded() async throws {
    let fixture = try await JournalFixture()
    var generator = SplitMix64(seed: 5)
    for _ in 0..<6 {
      var exchange = JournalFixture.exchange()
      exchange.responseBody = (0..<3_000_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      try await fixture.journal.record(exchange)
    }
    let last = try await Self.last(fixture)
    let bounds = PackageBounds(first: 1, end: last, linkBefore: JournalEntry.linkBeforeFirst)
    let counts = try await fixture.database.read { reader in
      var counts: [Int] = []
      var next: Int64 = 1
      while next <= last {
        let portion = try PackageReading(.range(JournalRange(1...last)), bounds, reader).entries(from: next)
        counts.append(portion.count)
        next = (portion.last?.number ?? last) + 1
      }
      return counts
    }
    #expect(counts == [6, 6, 1])
    #expect(try Self.verify(try await Self.package(fixture, JournalRange(1...last))).finding == nil)
    await fixture.database.close()
  }

  @Test func whatTheChainDoesNotHaveIsRefused() async throws {
    try await ChainTests.lived { fixture in
      let last = try await Self.last(fixture)
      for range in [JournalRange(0...3), JournalRange(1...(last + 1)), JournalRange((last + 5)...(last + 9))]
      {
        #expect(try await code { _ = try await Self.package(fixture, range) } == .notFound, "\(range)")
      }
    }
    let empty = try await JournalFixture()
    #expect(try await code { _ = try await Self.package(empty, JournalRange(1...1)) } == .notFound)
    await empty.database.close()
  }
}
