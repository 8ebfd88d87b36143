import Adapters
import CivilTime
import TestSupport
import Testing

@testable import Replay

@Suite struct CallForecastTests {
  /// Midnight in Beijing.
  static let midnight = Timestamp(milliseconds: 1_785_513_600_000)

  /// Looks at every minute: a call leaves when hours, quotas and rate allow it; what the day has no room for waits until the next.
  private static func byHand(
    _ limits: CallForecast.Limits, from start: Timestamp, calls: [Timestamp?]
  ) -> Timestamp {
    func day(_ time: Timestamp) -> Int { time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch }
    let interval = Int(1 / (limits.rate ?? 1))
    var (second, free, today, done) = (0, 0, day(start), 0)
    var used = limits.quotas.map { $0.daily - $0.leftToday }
    var isRefused = false
    while true {
      let time = start.advanced(bySeconds: second)
      if day(time) != today {
        (today, used, isRefused) = (day(time), limits.quotas.map { _ in 0 }, false)
      }
      if !isRefused, second >= free, limits.hours.allSatisfy({ $0.areOpen(at: time) }) {
        isRefused = !zip(limits.quotas, used).allSatisfy { quota, used in
          used < quota.reserve.limit(of: quota.daily, due: calls[done], at: time)
        }
        if !isRefused {
          used = used.map { $0 + 1 }
          done += 1
          if done == calls.count { return time }
          free = second + interval
        }
      }
      second += 60
    }
  }

  /// Against a look at every minute.
  @Test func callsLeaveWhenEverythingAllowsIt() {
    var random = SplitMix64(seed: 41)
    for round in 0..<150 {
      var limits = CallForecast.Limits()
      // One call in so many whole minutes, so that looking at minutes is exact.
      limits.rate = 1 / Double([60, 600].randomElement(using: &random) ?? 60)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let from = Int.random(in: 0..<48, using: &random) * 1800
        let length = Int.random(in: 24..<48, using: &random) * 1800
        limits.hours.append(ServiceHours([ServiceHours.Span(from: from, to: (from + length) % 86_400)]))
      }
      // More than half a day each: there is a time at which both are open.
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let daily = Int.random(in: 1...40, using: &random)
        limits.quotas.append(
          CallForecast.Quota(
            daily: daily,
            leftToday: Bool.random(using: &random) ? Int.random(in: 0...40, using: &random) : nil,
            reserve: CallReserve(Bool.random(using: &random) ? Int.random(in: 0..<daily, using: &random) : 0))
        )
      }
      let start = Self.midnight.advanced(bySeconds: Int.random(in: 0..<1440, using: &random) * 60)
      var forecast = CallForecast(limits, from: start)
      var calls: [Timestamp?] = []
      for _ in 0..<3 {
        let more = Int.random(in: 1...30, using: &random)
        let due =
          Bool.random(using: &random)
          ? start.advanced(bySeconds: Int.random(in: -86_400..<300_000, using: &random)) : nil
        calls += Array(repeating: due, count: more)
        let moment = forecast.advance(by: more, due: due)
        #expect(
          moment == Self.byHand(limits, from: start, calls: calls),
          "round \(round), \(calls.count) calls, \(limits)")
      }
    }
  }

  @Test func whatNeverEndsIsNotForetold() {
    var limits = CallForecast.Limits()
    limits.quotas = [CallForecast.Quota(daily: 1)]
    var forecast = CallForecast(limits, from: Self.midnight)
    for calls in [10_000, 1] {
      let moment = forecast.advance(by: calls)
      #expect(moment == nil)
    }
    var free = CallForecast(CallForecast.Limits(), from: Self.midnight)
    let moment = free.advance(by: 1_000_000)
    #expect(moment == Self.midnight)
  }

  @Test func aPlanSaysWhenItBeginsAndEnds() {
    var limits = CallForecast.Limits()
    limits.rate = 1
    limits.quotas = [CallForecast.Quota(daily: 100, leftToday: 0)]
    limits.hours = [ServiceHours([ServiceHours.Span(from: 8 * 3600, to: 18 * 3600)])]
    var preview = ReplayPreview()
    (preview.items, preview.calls) = (150, 150)
    preview.reckon(limits, now: Self.midnight.advanced(bySeconds: 12 * 3600))
    #expect(preview.begins == Self.midnight.advanced(bySeconds: (24 + 8) * 3600), "today's are used up")
    #expect(preview.ends == Self.midnight.advanced(bySeconds: (48 + 8) * 3600 + 49))
    #expect(preview.days == 2 && preview.seconds == 150)
  }

  /// Of ten calls nine are kept for what is due on their day: at midnight a replay has one of them, at noon half of the nine as well.
  @Test func whatIsKeptForTheUrgentIsNotTheReplays() {
    var limits = CallForecast.Limits()
    limits.quotas = [CallForecast.Quota(daily: 10, reserve: CallReserve(9))]
    func preview(_ due: [Timestamp?], _ now: Timestamp) -> ReplayPreview {
      var preview = ReplayPreview()
      (preview.items, preview.calls) = (due.count, due.count)
      preview.reckon(limits, due: due, now: now)
      return preview
    }
    let noon = Self.midnight.advanced(bySeconds: 43_200)
    let lazy = [Timestamp?](repeating: nil, count: 10)
    #expect(preview(lazy, Self.midnight).leftToday == 1 && preview(lazy, noon).leftToday == 5)
    // One a day, tried at its beginning.
    #expect(preview(lazy, Self.midnight).days == 10)
    #expect(preview(lazy, noon).days == 6)
    let urgent = [Timestamp?](repeating: noon, count: 9)
    #expect(preview(urgent + [nil], Self.midnight).ends == Self.midnight.advanced(bySeconds: 86_400))
    #expect(preview(urgent, Self.midnight).ends == Self.midnight)
  }
}

@Suite struct DeadlineEffectTests {
  private static let midnight = CallForecastTests.midnight

  @Test func whatIsDueIsCounted() {
    var limits = CallForecast.Limits()
    (limits.rate, limits.quotas) = (1, [CallForecast.Quota(daily: 10, leftToday: 2)])
    var effect = DeadlineEffect()
    let dues: [Int?] = [-60, 0, 1, 3600, 90_000, nil]
    effect.count(dues.map { $0.map { Self.midnight.advanced(bySeconds: $0) } }, limits, now: Self.midnight)
    // Two leave today, the second a second too late; the third and fourth only tomorrow, the fifth then as well and in time.
    #expect(effect.overdue == 1 && effect.becomeOverdue == 3)
    #expect(effect.earliest == Self.midnight.advanced(bySeconds: -60))
  }

  /// Three calls are left today: two of the replay leave one for those that wait.
  @Test func whatWaitsIsDelayedByTheBudgetThatIsSpent() {
    var whole = CallForecast.Limits()
    whole.quotas = [CallForecast.Quota(daily: 100, leftToday: 3)]
    let today = Self.midnight.advanced(bySeconds: 86_399)
    let waiting = [today, today, today, today, nil].map {
      DeadlineEffect.Waiting(isOfOperation: false, due: $0)
    }
    for (calls, delayed) in [(0, 0), (1, 1), (2, 2), (3, 3), (50, 3)] {
      var effect = DeadlineEffect()
      effect.count(
        waiting: waiting, behind: calls, whole: whole, own: CallForecast.Limits(), now: Self.midnight)
      #expect(effect.delayed == delayed, "the fourth is late anyway")
    }
    // A limit of the operation concerns only what goes by it.
    var own = CallForecast.Limits()
    own.quotas = [CallForecast.Quota(daily: 1)]
    for (isOfOperation, delayed) in [(true, 1), (false, 0)] {
      var effect = DeadlineEffect()
      effect.count(
        waiting: [DeadlineEffect.Waiting(isOfOperation: isOfOperation, due: today)], behind: 1,
        whole: CallForecast.Limits(), own: own, now: Self.midnight)
      #expect(effect.delayed == delayed)
    }
  }

  /// What is kept for the urgent is there for them, however many calls a replay has that are not.
  @Test func whatIsKeptForTheUrgentDelaysNone() {
    let today = Self.midnight.advanced(bySeconds: 86_399)
    let waiting = (0..<4).map { _ in DeadlineEffect.Waiting(isOfOperation: false, due: today) }
    for (reserve, urgent, delayed) in [(0, 0, 4), (4, 0, 0), (3, 0, 1), (4, 2, 0), (4, 8, 2)] {
      var whole = CallForecast.Limits()
      whole.quotas = [CallForecast.Quota(daily: 10, reserve: CallReserve(reserve))]
      var effect = DeadlineEffect()
      effect.count(
        waiting: waiting, behind: 50, urgent: urgent, whole: whole, own: CallForecast.Limits(),
        now: Self.midnight)
      #expect(effect.delayed == delayed, "\(reserve) kept, \(urgent) urgent")
    }
  }

  /// A replay of more calls never delays less, and none delays nothing.
  @Test func moreCallsNeverDelayLess() {
    var random = SplitMix64(seed: 43)
    for _ in 0..<300 {
      var whole = CallForecast.Limits()
      var own = CallForecast.Limits()
      let daily = Int.random(in: 1...20, using: &random)
      whole.quotas = [
        CallForecast.Quota(
          daily: daily, leftToday: Int.random(in: 0...daily, using: &random),
          reserve: CallReserve(Bool.random(using: &random) ? Int.random(in: 0..<daily, using: &random) : 0))
      ]
      if Bool.random(using: &random) { own.rate = Double(Int.random(in: 1...100, using: &random)) / 3600 }
      let waiting = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        DeadlineEffect.Waiting(
          isOfOperation: Bool.random(using: &random),
          due: Bool.random(using: &random)
            ? Self.midnight.advanced(bySeconds: Int.random(in: 0..<300_000, using: &random)) : nil)
      }
      var before = 0
      for calls in [0, 1, 5, 20, 100] {
        var effect = DeadlineEffect()
        effect.count(waiting: waiting, behind: calls, whole: whole, own: own, now: Self.midnight)
        #expect(calls > 0 ? effect.delayed >= before : effect.delayed == 0)
        #expect(effect.delayed <= waiting.count { $0.due != nil })
        before = effect.delayed
      }
    }
  }
}

@Suite struct ReplayOrderTests {
  private static func item(_ id: Int64, _ sequence: String, _ due: Int64?) -> ReplayOrder.Item {
    ReplayOrder.Item(id: id, sequence: sequence, due: due.map { Timestamp(milliseconds: $0) })
  }

  @Test func whatIsDueFirstGoesFirst() {
    let items = [
      Self.item(1, "a", nil), Self.item(2, "b", 30), Self.item(3, "c", 10), Self.item(4, "a", 20),
      Self.item(5, "d", nil),
    ]
    // The first of case a is not due, and what is stands behind it.
    #expect(ReplayOrder.sorted(items).map(\.id) == [3, 1, 4, 2, 5])
  }

  /// Nothing is lost, cases keep their order, and where each case has one item the dues are in order.
  @Test func casesKeepTheirOrder() {
    var random = SplitMix64(seed: 47)
    for _ in 0..<2000 {
      let cases = Int.random(in: 1...8, using: &random)
      let items = (0..<Int64.random(in: 0...20, using: &random)).map { id in
        Self.item(
          id, "\(Int.random(in: 0..<cases, using: &random))",
          Bool.random(using: &random) ? Int64.random(in: 0...9, using: &random) : nil)
      }
      let sorted = ReplayOrder.sorted(items)
      #expect(Set(sorted) == Set(items) && sorted.count == items.count)
      for (_, group) in Dictionary(grouping: sorted, by: \.sequence) {
        #expect(group.map(\.id) == group.map(\.id).sorted())
      }
      /// The earliest due of an item and of those behind it in its case.
      func urgency(_ item: ReplayOrder.Item) -> Timestamp {
        items.filter { $0.sequence == item.sequence && $0.id >= item.id }.compactMap(\.due).min()
          ?? Timestamp(milliseconds: .max)
      }
      let urgencies = sorted.map(urgency)
      #expect(urgencies == urgencies.sorted())
    }
  }
}
