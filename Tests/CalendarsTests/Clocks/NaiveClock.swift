import Calendars
import CivilTime

/// A clock once more, written differently: it goes along what happened entry by entry, and along the naive calendar day by day. Moments are
/// seconds since 2019-01-01. Shares no code with what it tests.
struct NaiveClock {
  static let calendar = NaiveCalendar()
  static let day = 86_400

  struct Entry {
    let id: Int
    /// nil: it only takes another one back.
    let name: String?
    let moment: Int
    let learned: Int
    var replaces: Int?
  }

  struct Hours {
    let opens: Int
    let closes: Int
    let onRestDays: Bool
  }

  enum Limit {
    case working(Int)
    case rolling(Int)
    case minutes(Int)
  }

  enum State: Equatable {
    case waiting, running, paused
    case ended(Int)
  }

  enum Due: Equatable {
    case notYet, open
    case at(Int)
  }

  struct Answer: Equatable {
    var state = State.waiting
    var started: Int?
    var due = Due.notYet
    var isLate = false
  }

  let limit: Limit
  let hours: Hours?
  let days: PausedDays

  /// What happened by `now` as it was known at a time; nil where a day beyond the calendar decides.
  func answer(_ entries: [Entry], at now: Int, known: Int) -> Answer? {
    let heard = entries.filter { $0.learned <= known }
    let gone = Set(heard.compactMap(\.replaces))
    let events = heard.filter { $0.name != nil && !gone.contains($0.id) && $0.moment <= now }
      .sorted { ($0.moment, $0.learned, $0.id) < ($1.moment, $1.learned, $1.id) }
      .map { (name: $0.name ?? "", moment: $0.moment) }
    var answer = Answer()
    guard let start = start(events, now) else { return answer }
    answer.started = events[start].moment
    let end = events.indices.first { $0 >= start && Self.ends.contains(events[$0].name) }
    let ended = end.map { events[$0].moment }
    let stops = Self.stops.flatMap { self.stops($0, events[...(end ?? events.count - 1)], ended) }
    answer.state =
      ended.map { .ended($0) } ?? (stops.contains { $0.end == nil } ? .paused : .running)
    guard let due = due(counted(events[start].moment), stops) else { return nil }
    answer.due = due
    if case .at(let moment) = due { answer.isLate = (ended ?? now) >= moment }
    return answer
  }

  private static let ends: Set = ["approved", "rejected", "not-accepted", "withdrawn"]
  private static let decisions: Set = ["approved", "rejected"]

  /// The event since which it runs: one that says so, or what was received and met with silence for five working days.
  private func start(_ events: [(name: String, moment: Int)], _ now: Int) -> Int? {
    enum Phase { case before, over, missing, silent(Int, until: Int) }
    let received = events.firstIndex { $0.name == "received" } ?? events.firstIndex { $0.name == "submitted" }
    var phase = Phase.before
    func silence(_ place: Int) -> Phase {
      var (day, left) = (counted(events[place].moment) / Self.day, 5)
      while left > 0 {
        day += 1
        if Self.calendar.days[day].isWorking { left -= 1 }
      }
      return .silent(place, until: (day + 1) * Self.day)
    }
    for (place, event) in events.enumerated() {
      if case .silent(let since, let until) = phase, event.moment >= until { return since }
      switch (phase, event.name) {
      case (_, "accepted"), (_, "handling"): return place
      case (.before, _) where place == received: phase = silence(place)
      case (.missing, "supplement-received"): phase = silence(place)
      case (.missing, let name) where Self.decisions.contains(name): return place
      case (.silent(let since, _), let name) where Self.decisions.contains(name): return since
      case (.silent, "supplement-requested"): phase = .missing
      case (.silent, "not-accepted"), (.silent, "withdrawn"): phase = .over
      default: break
      }
    }
    if case .silent(let since, let until) = phase, now >= until { return since }
    return nil
  }

  private struct Kind {
    let begins: String
    let ends: String
    /// Ends it too.
    let also: String
    /// It is over when the office opens.
    let isBrought: Bool
  }

  private static let stops = [
    Kind(
      begins: "supplement-requested", ends: "supplement-received", also: "accepted", isBrought: true),
    Kind(begins: "public-notice-started", ends: "public-notice-ended", also: "", isBrought: false),
  ]

  private typealias Stop = (begin: Int, end: Int?)

  /// - Parameter events: until the one that ends all.
  private func stops(
    _ kind: Kind, _ events: ArraySlice<(name: String, moment: Int)>, _ ended: Int?
  ) -> [Stop] {
    var stops: [Stop] = []
    var begin: Int?
    for event in events {
      if event.name == kind.begins, begin == nil { begin = event.moment }
      if let since = begin, event.name == kind.ends || event.name == kind.also {
        stops.append((since, kind.isBrought ? counted(event.moment) : event.moment))
        begin = nil
      }
    }
    return stops + (begin.map { [($0, ended)] } ?? [])
  }

  /// When the office has it.
  private func counted(_ moment: Int) -> Int {
    guard let hours else { return moment }
    func isOpen(_ second: Int) -> Bool {
      let (day, time) = (second / Self.day, second % Self.day)
      return time >= hours.opens && time < hours.closes
        && (hours.onRestDays || Self.calendar.days[day].isWorking)
    }
    if isOpen(moment) { return moment }
    // The next opening of a working day.
    var day = moment / Self.day
    while !Self.calendar.days[day].isWorking || day * Self.day + hours.opens < moment { day += 1 }
    return day * Self.day + hours.opens
  }

  private func due(_ start: Int, _ stops: [Stop]) -> Due? {
    switch limit {
    case .minutes(let minutes): dueInMinutes(start, minutes, stops)
    case .working(let count): dueInDays(start / Self.day, count, stops, onlyWorking: true)
    case .rolling(let count): dueInDays(start / Self.day, count, stops, onlyWorking: false)
    }
  }

  private func dueInMinutes(_ start: Int, _ minutes: Int, _ stops: [Stop]) -> Due {
    var (moment, left) = (start, minutes * 60)
    while left > 0 {
      if let stop = stops.first(where: { $0.begin <= moment && $0.end.map { moment < $0 } ?? true }) {
        guard let end = stop.end else { return .open }
        moment = end
        continue
      }
      let next = stops.map(\.begin).filter { $0 > moment }.min() ?? .max
      let step = min(left, next - moment)
      moment += step
      left -= step
    }
    return .at(moment)
  }

  private func dueInDays(_ start: Int, _ count: Int, _ stops: [Stop], onlyWorking: Bool) -> Due? {
    let list = Self.calendar.days
    let spans = stops.map { (begin: $0.begin / Self.day, end: $0.end.map { $0 / Self.day }) }
    func isPaused(_ place: Int) -> Bool {
      spans.contains { begin, end in
        days == .afterFirst
          ? begin < place && end.map { place <= $0 } ?? true
          : begin <= place && end.map { place < $0 } ?? true
      }
    }
    /// The clock stands still at the end of the day.
    func isHeld(_ place: Int) -> Bool {
      spans.contains { begin, end in begin <= place && end.map { place < $0 } ?? true }
    }
    let isOpen = spans.contains { $0.end == nil }
    var (place, left) = (start, count)
    if count == 0, isHeld(start) { left = 1 }
    while left > 0 {
      place += 1
      guard place < list.count else { return isOpen ? .open : nil }
      if isPaused(place) || onlyWorking && !list[place].isWorking || left == 1 && isHeld(place) { continue }
      left -= 1
    }
    if !onlyWorking {
      let last = place
      while !list[place].isWorking || place != last && (isPaused(place) || isHeld(place)) {
        place += 1
        guard place < list.count else { return isOpen ? .open : nil }
      }
    }
    return .at((place + 1) * Self.day)
  }
}
