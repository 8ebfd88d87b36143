import Glibc
import TestSupport
import Testing

@testable import Sync

/// Sources that bring few rows: their windows are summed up.
@Suite struct SparseVolumeTests {
  private static let day = 86_400

  /// A source that brings rows by itself, in batches, on some days only.
  private struct Source {
    var perDay: Double
    var batch = 1
    var weekends = true
    /// Of one window.
    var seconds = day
    var lookBack = 0

    /// Rows in so many seconds from `start` on.
    func rows(from start: Int, seconds: Int, _ random: inout SplitMix64) -> Int {
      if !weekends, (start / day) % 7 >= 5 { return 0 }
      let expected = perDay / Double(batch) * Double(seconds) / Double(day) * (weekends ? 1 : 7.0 / 5)
      return batch * poisson(expected, &random)
    }

    /// By counting how many waits fit into the time.
    private func poisson(_ expected: Double, _ random: inout SplitMix64) -> Int {
      var (count, passed) = (0, 0.0)
      while true {
        passed -= log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &random))
        guard passed < expected else { return count }
        count += 1
      }
    }
  }

  /// What a gateway does with a source day by day; the rows of the last look-backs come again.
  private struct Watch {
    let source: Source
    var history = VolumeHistory()
    var time = 0
    private var arrivals: [(time: Int, rows: Int)] = []

    init(_ source: Source) { self.source = source }

    /// The next window, and what is found of it. What is found is taken as usual from then on.
    mutating func next(isSilent: Bool = false, share: Double = 1, _ random: inout SplitMix64) -> DriftFinding?
    {
      var rows = isSilent ? 0 : source.rows(from: time, seconds: source.seconds, &random)
      if share < 1 { rows = (0..<rows).count { _ in Double.random(in: 0..<1, using: &random) < share } }
      time += source.seconds
      arrivals.append((time, rows))
      let from = max(0, time - source.seconds - source.lookBack)
      arrivals.removeAll { $0.time <= from }
      let window = VolumeHistory.Window(
        rows: arrivals.reduce(0) { $0 + $1.rows }, seconds: time - from, fresh: source.seconds)
      let finding = DriftRules.volume(window, history)
      history.add(window, forgetting: finding != nil)
      return finding
    }
  }

  private static let sources: [Source] = [
    Source(perDay: 5), Source(perDay: 1), Source(perDay: 20), Source(perDay: 45),
    Source(perDay: 5, seconds: 3600), Source(perDay: 30, seconds: 600), Source(perDay: 5, weekends: false),
    Source(perDay: 10, batch: 2, seconds: 3600), Source(perDay: 5, lookBack: 2 * day),
    Source(perDay: 12, seconds: 3600, lookBack: 6 * 3600), Source(perDay: 0.3),
  ]

  /// Five rows a day that stop coming: told within a bounded time, whatever the windows.
  @Test func silenceIsToldInTime() throws {
    var random = SplitMix64(seed: 71)
    for source in Self.sources {
      for _ in 0..<8 {
        var watch = Watch(source)
        let known = Int.random(in: 300..<900, using: &random)
        while Double(watch.time) * source.perDay / Double(Self.day) < Double(known) {
          #expect(watch.next(&random) == nil, "\(source)")
        }
        let gap = watch.history.sparse.stretches.map(\.longestGap).max() ?? 0
        var silence = 0
        var finding: DriftFinding?
        // Sixty rows instead of fifty: the rate is an estimate.
        let bound =
          max(Int(60 / source.perDay * Double(Self.day)), 2 * gap) + 2 * source.seconds + source.lookBack
        while finding == nil, silence <= bound {
          finding = watch.next(isSilent: true, &random)
          silence += source.seconds
        }
        #expect(finding != nil, "\(source) after \(silence) s of \(bound)")
        // And not before chance could explain it.
        #expect(Double(silence) * source.perDay / Double(Self.day) >= 35, "\(source) after \(silence) s")
      }
    }
  }

  /// Nine of ten rows stay out: told within twice the time.
  @Test func collapseIsToldInTime() {
    var random = SplitMix64(seed: 72)
    var told = 0
    for _ in 0..<40 {
      var watch = Watch(Source(perDay: 5))
      while watch.time < 200 * Self.day { _ = watch.next(&random) }
      var days = 0
      var finding: DriftFinding?
      while finding == nil, days < 31 {
        finding = watch.next(share: 0.02, &random)
        days += 1
      }
      if finding != nil { told += 1 }
    }
    #expect(told == 40)
  }

  /// The declared rate: nothing in three hundred years of sources whose rows come one by one, in pairs or on weekdays only.
  @Test func chanceDoesNotAlarm() {
    var random = SplitMix64(seed: 73)
    for source in Self.sources where source.seconds == Self.day {
      for _ in 0..<12 {
        var watch = Watch(source)
        while watch.time < 365 * 4 * Self.day {
          let finding = watch.next(&random)
          #expect(finding == nil, "\(source) on day \(watch.time / Self.day): \(finding?.detail ?? "")")
          if finding != nil { return }
        }
      }
    }
  }

  /// Batches of five: e^-10 a stretch, which is less than one alarm in a hundred years.
  @Test func batchesHardlyAlarm() {
    var random = SplitMix64(seed: 74)
    var alarms = 0
    for _ in 0..<60 {
      var watch = Watch(Source(perDay: 5, batch: 5))
      while watch.time < 365 * 5 * Self.day { if watch.next(&random) != nil { alarms += 1 } }
    }
    #expect(alarms <= 3, "\(alarms) in three hundred years")
  }

  /// Holidays are met once; those who deliver once a month are known by then.
  @Test func pausesThatAreKnownSayNothing() {
    var volume = VolumeHistory()
    func add(_ rows: Int) -> DriftKind? {
      let window = VolumeHistory.Window(rows: rows, seconds: Self.day)
      let kind = DriftRules.volume(window, volume)?.subject.kind
      volume.add(window, forgetting: kind != nil)
      return kind
    }
    for month in 0..<24 {
      for day in 0..<30 { #expect(add(day == 0 ? 40 : 0) == nil, "month \(month), day \(day)") }
    }
    // Two months without are more than the one that is usual.
    var days = 0
    while add(0) == nil, days < 90 { days += 1 }
    #expect((28...62).contains(days), "\(days)")
  }

  @Test func whatIsPulledAsAWholeIsCountedByPulls() {
    var history = VolumeHistory()
    func add(_ rows: Int) -> DriftKind? {
      let window = VolumeHistory.Window(rows: rows, seconds: 0)
      let kind = DriftRules.volume(window, history)?.subject.kind
      history.add(window, forgetting: kind != nil)
      return kind
    }
    for _ in 0..<60 { #expect(add(5) == nil) }
    var pulls = 1
    while add(0) == nil, pulls < 20 { pulls += 1 }
    #expect(pulls == 10)
    // It starts over: the same is not told again at each pull.
    for _ in 0..<100 { #expect(add(0) == nil) }
  }

  /// A first pull of many years, and pulls by hand of other spans, do not make the usual rate another.
  @Test func aFirstPullOfYearsDoesNotCount() {
    var random = SplitMix64(seed: 75)
    var watch = Watch(Source(perDay: 5))
    watch.history.add(VolumeHistory.Window(rows: 90_000, seconds: 3_650 * Self.day), forgetting: false)
    while watch.time < 120 * Self.day { #expect(watch.next(&random) == nil) }
    var days = 0
    while watch.next(isSilent: true, &random) == nil, days < 30 { days += 1 }
    #expect((7...14).contains(days), "\(days)")
  }

  @Test func itIsReadBackAsItWasWritten() throws {
    var random = SplitMix64(seed: 76)
    for source in Self.sources {
      var watch = Watch(source)
      for _ in 0..<Int.random(in: 0..<200, using: &random) { _ = watch.next(&random) }
      var baseline = DriftBaseline()
      baseline.volumes = watch.history
      #expect(DriftBaseline(decoding: baseline.encode()) == baseline)
    }
    // As version 0.1 wrote it.
    let old = try #require(DriftBaseline(decoding: Array(#"{"entities":{},"volumes":[[7,60]]}"#.utf8)))
    #expect(old.volumes.windows == [VolumeHistory.Window(rows: 7, seconds: 60)])
    #expect(old.volumes.sparse == SparseVolume())
    for wrong in [#""stretches":[[1,2,3]],"gap":0"#, #""stretches":[],"gap":0"#, #""stretches":[[1,2,3,4]]"#]
    {
      #expect(
        DriftBaseline(decoding: Array(#"{"entities":{},"volumes":[],\#(wrong)}"#.utf8)) == nil, "\(wrong)")
    }
  }
}
