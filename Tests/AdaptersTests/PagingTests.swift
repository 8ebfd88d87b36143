import CivilTime
import Exchanges
import TestSupport
import Testing

@testable import Adapters

/// A small deterministic generator (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct PullProgressTests {
  /// Walks pages of `rows` rows; returns the pages taken until complete.
  func walk(_ paging: Paging, _ pages: [PageFacts]) throws(AdapterError) -> PullProgress {
    var progress = PullProgress()
    for page in pages {
      if try progress.advance(paging, with: page) == .complete { return progress }
    }
    return progress
  }

  @Test func anyHonestPlatformIsPulledCompletely() throws {
    var generator = Generator(state: 7)
    for _ in 0..<500 {
      let size = Int.random(in: 1...50, using: &generator)
      let total = Int.random(in: 0...300, using: &generator)
      let style = [Paging.Style.page, .offset].randomElement(using: &generator) ?? .page
      var pages: [PageFacts] = []
      var left = total
      repeat {
        let rows = min(size, left)
        left -= rows
        pages.append(
          PageFacts(rows: rows, total: total, digest: [UInt8(truncatingIfNeeded: pages.count), 1]))
      } while left > 0
      let progress = try walk(Paging(style: style, size: size), pages)
      #expect(progress.rows == total)
      #expect(progress.pages == pages.count)
    }
  }

  @Test func everyMissingRowIsAnError() {
    var generator = Generator(state: 8)
    for _ in 0..<500 {
      let total = Int.random(in: 2...200, using: &generator)
      let cut = Int.random(in: 0..<total, using: &generator)
      let pages = [PageFacts(rows: cut, total: total, digest: [1]), PageFacts(rows: 0, total: total)]
      #expect(throws: AdapterError.self) { try walk(Paging(style: .page, size: 200), pages) }
    }
  }

  @Test func aTotalThatShrinksWhileRowsAreMissingIsAnError() {
    let pages = [
      PageFacts(rows: 10, total: 30, digest: [1]), PageFacts(rows: 10, total: 20, digest: [2]),
      PageFacts(rows: 0, total: 20),
    ]
    #expect(throws: AdapterError.self) { try walk(Paging(style: .page, size: 10), pages) }
  }

  @Test func aRepeatedPageIsAnErrorAndChangesNothing() throws {
    var progress = PullProgress()
    let paging = Paging(style: .page, size: 10)
    #expect(try progress.advance(paging, with: PageFacts(rows: 10, total: 30, digest: [1])) == .more)
    let before = progress
    #expect(throws: AdapterError.self) {
      try progress.advance(paging, with: PageFacts(rows: 10, total: 30, digest: [1]))
    }
    #expect(progress == before)
  }

  @Test func cursorsAndLinksEndWhereThePlatformGivesNoMore() throws {
    let cursor = try walk(
      Paging(style: .cursor),
      [PageFacts(rows: 2, cursor: "b", digest: [1]), PageFacts(rows: 1, digest: [2])])
    #expect(cursor.rows == 3)
    #expect(throws: AdapterError.self) {
      try walk(
        Paging(style: .cursor),
        [PageFacts(rows: 2, cursor: "b", digest: [1]), PageFacts(rows: 2, cursor: "b", digest: [2])])
    }
    #expect(throws: AdapterError.self) {
      try walk(Paging(style: .link), [PageFacts(rows: 2, total: 3, digest: [1])])
    }
  }

  static let contradictions: [(Paging, [PageFacts])] = [
    // More is declared, and no way to it is given.
    (Paging(style: .cursor), [PageFacts(rows: 2, more: true)]),
    (Paging(style: .link), [PageFacts(rows: 2, more: true)]),
    // Empty pages before the declared end.
    (Paging(style: .page, size: 2), [PageFacts(rows: 2, pages: 3), PageFacts(rows: 0, pages: 3)]),
    (Paging(style: .offset, size: 2), [PageFacts(rows: 2, more: true), PageFacts(rows: 0, more: true)]),
    // More rows than declared: in the last page, and on the way.
    (Paging(), [PageFacts(rows: 3, total: 2)]),
    (Paging(style: .page, size: 2), [PageFacts(rows: 2, total: 3), PageFacts(rows: 2, total: 3)]),
    (Paging(style: .cursor), [PageFacts(rows: 3, total: 2, cursor: "b")]),
    // The end and the declared number of pages disagree.
    (Paging(style: .cursor), [PageFacts(rows: 3, pages: 2)]),
    // "Nothing found" in the middle of what was declared.
    (Paging(style: .page, size: 2), [PageFacts(rows: 2, total: 4), PageFacts(rows: 0, saysEmpty: true)]),
  ]

  @Test(arguments: contradictions.indices)
  func contradictionsAreErrorsAndStartTheWindowOver(_ index: Int) {
    let (paging, pages) = Self.contradictions[index]
    #expect {
      try walk(paging, pages)
    } throws: { error in
      guard let error = error as? AdapterError else { return false }
      return error.code == .paging && error.errorClass == .data && error.startsWindowOver
    }
  }

  @Test(arguments: [Paging.Style.none, .page, .offset, .cursor, .link])
  func nothingFoundIsACompletePull(_ style: Paging.Style) throws {
    var progress = PullProgress()
    let paging = Paging(style: style)
    #expect(try progress.advance(paging, with: PageFacts(rows: 0, saysEmpty: true)) == .complete)
  }

  @Test func growingTotalsAreFollowed() throws {
    let progress = try walk(
      Paging(style: .page, size: 2),
      [
        PageFacts(rows: 2, total: 3, digest: [1]), PageFacts(rows: 2, total: 5, digest: [2]),
        PageFacts(rows: 1, total: 5, digest: [3]),
      ])
    #expect(progress.rows == 5)
  }

  @Test func storedPagesGrowOld() throws {
    var progress = PullProgress()
    let paging = Paging(style: .page, size: 1, resume: 60)
    #expect(!progress.isStale(paging, at: .seconds(0)))
    progress.begun = .seconds(1000)
    _ = try progress.advance(paging, with: PageFacts(rows: 1, total: 2))
    #expect(!progress.isStale(paging, at: .seconds(1060)) && progress.isStale(paging, at: .seconds(1061)))
    // A clock that was set back tells no age.
    #expect(progress.isStale(paging, at: .seconds(999)))
    progress.begun = nil
    #expect(progress.isStale(paging, at: .seconds(1000)))
  }

  @Test func undeclaredEndsAreThoseTheManifestNames() throws {
    let short = try walk(
      Paging(style: .offset, size: 2, end: .shortPage),
      [PageFacts(rows: 2, digest: [1]), PageFacts(rows: 1, digest: [2])])
    #expect(short.rows == 3)
    let empty = try walk(
      Paging(style: .offset, size: 2, end: .emptyPage),
      [PageFacts(rows: 2, digest: [1]), PageFacts(rows: 1, digest: [2]), PageFacts(rows: 0)])
    #expect(empty.pages == 3)
    #expect(throws: AdapterError.self) { try walk(Paging(style: .page), [PageFacts(rows: 1)]) }
  }

  @Test func morePagesThanAnyonePulledAreACircle() {
    #expect(throws: AdapterError.self) {
      var progress = PullProgress()
      let paging = Paging(style: .page, size: 1, most: 3)
      for page in 0..<5 {
        _ = try progress.advance(paging, with: PageFacts(rows: 1, total: 100, digest: [UInt8(page)]))
      }
    }
  }

  @Test func aSinglePageThatIsNotAllIsAnError() {
    #expect(throws: AdapterError.self) { try walk(Paging(), [PageFacts(rows: 5, total: 6)]) }
    #expect(throws: AdapterError.self) { try walk(Paging(), [PageFacts(rows: 5, more: true)]) }
  }
}

@Suite struct PullWindowTests {
  static func incremental(lookBack: Int = 600, settle: Int = 0, longest: Int = 3600) -> Incremental {
    Incremental(
      start: .seconds(1_000_000), lookBack: lookBack, settle: settle, longest: longest,
      form: TimeForm("epoch-s")!)
  }

  /// Whatever the gaps between runs, the windows together cover every instant from the start, and each overlaps the one before.
  @Test func windowsLeaveNoGap() throws {
    var generator = Generator(state: 3)
    for _ in 0..<200 {
      let incremental = Self.incremental(
        lookBack: Int.random(in: 0...900, using: &generator),
        settle: Int.random(in: 0...120, using: &generator),
        longest: Int.random(in: 60...7200, using: &generator))
      var now = Timestamp.seconds(1_000_000)
      var watermark: Timestamp?
      for _ in 0..<50 {
        now = now.advanced(bySeconds: Int.random(in: -100...5000, using: &generator))
        guard let window = PullWindow.next(after: watermark, now: now, incremental) else { continue }
        #expect(window.from < window.to)
        #expect(window.to <= now)
        #expect(window.from <= watermark ?? incremental.start)
        if let watermark { #expect(window.to > watermark) }
        watermark = window.to
      }
    }
  }

  @Test func aClockSetBackGivesNoWindow() {
    let incremental = Self.incremental()
    #expect(PullWindow.next(after: .seconds(2_000_000), now: .seconds(1_999_999), incremental) == nil)
    #expect(PullWindow.next(after: nil, now: .seconds(999_999), incremental) == nil)
  }
}

@Suite struct LimitTests {
  @Test func ratesAreKeptOverAnySpan() {
    var gate = RateGate(RateLimit(count: 10, seconds: 1))
    var times: [Double] = []
    var now = 0.0
    var generator = Generator(state: 5)
    for _ in 0..<500 {
      now += Double.random(in: 0...40, using: &generator)
      times.append(now + gate.reserve(at: now))
      now = max(now, times[times.count - 1])
    }
    for (index, time) in times.enumerated() where index >= 20 {
      // Never more than a burst and the steady flow of one second together.
      #expect(time - times[index - 20] >= 999.9)
    }
  }

  @Test(arguments: [("20/s", 20, 1), ("600/m", 600, 60), ("5/h", 5, 3600)])
  func ratesAreRead(_ text: String, _ count: Int, _ seconds: Int) {
    #expect(RateLimit(text) == RateLimit(count: count, seconds: seconds))
  }

  @Test(arguments: ["", "20", "0/s", "-1/s", "5/d", "5/s/s"])
  func otherRatesAreRefused(_ text: String) { #expect(RateLimit(text) == nil) }

  @Test func serviceHoursMayRunOverMidnight() throws {
    let hours = ServiceHours([try #require(ServiceHours.Span("22:00-06:00"))])
    func at(_ hour: Int) -> Timestamp {
      CivilDateTime(date: CivilDate(year: 2026, month: 3, day: 4)!, hour: hour)!
        .timestamp(offsetSeconds: UTCOffset.china)
    }
    #expect(hours.areOpen(at: at(23)) && hours.areOpen(at: at(5)) && !hours.areOpen(at: at(6)))
    #expect(hours.secondsUntilOpen(at: at(21)) == 3600)
    #expect(hours.secondsUntilOpen(at: at(1)) == 0)
    #expect(ServiceHours().areOpen(at: at(12)))
  }

  @Test func hoursOfPlatformAndOperationMustBothBeOpen() throws {
    let night = ServiceHours([try #require(ServiceHours.Span("22:00-06:00"))])
    let early = ServiceHours([
      try #require(ServiceHours.Span("05:00-07:00")), try #require(ServiceHours.Span("12:00-13:00")),
    ])
    let noon = CivilDateTime(date: CivilDate(year: 2026, month: 3, day: 4)!, hour: 12)!
      .timestamp(offsetSeconds: UTCOffset.china)
    #expect(ServiceHours.secondsUntilAllOpen([night, early], at: noon) == 17 * 3600)
    #expect(ServiceHours.secondsUntilAllOpen([early, ServiceHours()], at: noon) == 0)
    #expect(ServiceHours.secondsUntilAllOpen([], at: noon) == 0)
    #expect(night.overlaps(early) && early.overlaps(night) && night.overlaps(ServiceHours()))
    let day = ServiceHours([try #require(ServiceHours.Span("08:00-18:00"))])
    #expect(!night.overlaps(day) && !day.overlaps(night))
    // By the minute, as any two spans may be written.
    var generator = Generator(state: 12)
    for _ in 0..<300 {
      let spans = (0..<2).map { _ in
        ServiceHours([
          ServiceHours.Span(
            from: Int.random(in: 0..<24, using: &generator) * 3600,
            to: Int.random(in: 0...23, using: &generator) * 3600 + 60)
        ])
      }
      let byMinute = (0..<1440).contains { minute in
        let time = noon.advanced(bySeconds: minute * 60)
        return spans[0].areOpen(at: time) && spans[1].areOpen(at: time)
      }
      #expect(spans[0].overlaps(spans[1]) == byMinute)
      let wait = ServiceHours.secondsUntilAllOpen(spans, at: noon)
      #expect(byMinute ? spans.allSatisfy { $0.areOpen(at: noon.advanced(bySeconds: wait)) } : wait == 86_400)
    }
  }

  @Test(arguments: ["", "8:00-9:00", "08:00", "25:00-26:00", "08:60-09:00", "08:00-08:00", "24:00-06:00"])
  func otherSpansAreRefused(_ text: String) { #expect(ServiceHours.Span(text) == nil) }

  @Test func retriesEnd() {
    let policy = RetryPolicy()
    #expect(policy.delay(afterAttempt: 1, fraction: 0, retryAfter: nil) == 0.5)
    #expect(policy.delay(afterAttempt: 2, fraction: 0.5, retryAfter: nil) == 1.5)
    #expect(policy.delay(afterAttempt: 3, fraction: 0, retryAfter: 7) == 7)
    #expect(policy.delay(afterAttempt: 3, fraction: 0, retryAfter: 600) == nil)
    #expect(policy.delay(afterAttempt: 4, fraction: 0, retryAfter: nil) == nil)
  }

  @Test func oneFlightServesAll() async throws {
    let flight = SingleFlight<String, Int>()
    let gate = ConcurrencyGate(1)
    let calls = Counter()
    let results = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await flight.run("token") {
            try await gate.withPlace {
              await Task.yield()
              return calls.increment()
            }
          }
        }
      }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(results.count == 50)
    #expect(calls.value < 50)
  }

  @Test func anAbandonedFlightIsFlownAgain() async throws {
    let flight = SingleFlight<String, Int>()
    let started = AsyncStream<Void>.makeStream()
    let first = Task {
      try await flight.run("k") {
        started.continuation.finish()
        try await Task.sleep(for: .seconds(60))
        return 1
      }
    }
    for await _ in started.stream {}
    let second = Task { try await flight.run("k") { 2 } }
    first.cancel()
    #expect(try await second.value == 2)
    await #expect(throws: CancellationError.self) { try await first.value }
  }
}
