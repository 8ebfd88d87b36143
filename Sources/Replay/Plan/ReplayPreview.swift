public import Adapters
public import CivilTime

/// What a replay would do, before anything is done: for whoever decides whether it starts.
public struct ReplayPreview: Hashable, Sendable {
  /// Things that would be repeated.
  public var items = 0
  /// Of these, how platforms deal with repetitions; re-push only.
  public var idempotency: [Idempotency.Class: Int] = [:]
  /// Things that fit the query and are not repeated, by the reason.
  public var leftOut: [String: Int] = [:]
  /// Calls that the platform would get at least.
  public var calls = 0
  /// Calls that the platform allows in a day, and those that are left of today's for what is not due today.
  public var daily: Int?
  public var leftToday: Int?
  /// Items a second at which it runs: its own rate, or the platform's where that is less.
  public var rate = 0.0
  /// How long it takes at its rate, in seconds, closed hours left out. Of a re-map at least as long as the looking took.
  public var seconds = 0.0
  /// When its first call leaves, were it started now, and its last; nil: it makes none, or does not end within ten years.
  public var begins: Timestamp?
  public var ends: Timestamp?
  /// Days on which it makes calls, or waits for them, the first included; 0: it makes none.
  public var days = 0
  /// What it means for what is due at the platform.
  public var deadlines = DeadlineEffect()
  /// Records that would come out; re-map only.
  public var records = ReplayRecords()
  /// Rows that would be quarantined; re-map only.
  public var quarantined = 0
  /// Whether exactly these records come out. False where so many certificates would change that not each could be followed to its end: then about these.
  public var isExact = true
  /// How often each field would change; places of holders are left out of the path. Re-map only.
  public var fields: [String: Int] = [:]

  public init() {}

  /// Adds what quota, hours and rate mean.
  ///
  /// - Parameter due: of the items, in their order.
  mutating func reckon(_ limits: CallForecast.Limits, due: [Timestamp?] = [], now: Timestamp) {
    rate = limits.rate ?? 0
    seconds = rate > 0 ? Double(items) / rate : 0
    guard calls > 0 else { return }
    let least = limits.least(at: now)
    (daily, leftToday) = (least?.daily, least?.leftToday)
    var forecast = CallForecast(limits, from: now)
    begins = forecast.advance(by: 1, due: due.first ?? nil)
    ends = begins
    // What is due has calls that the others have not.
    let urgent = due.prefix { $0 != nil }
    for due in urgent.dropFirst() { ends = forecast.advance(by: 1, due: due) }
    let others = calls - max(1, urgent.count)
    if others > 0 { ends = forecast.advance(by: others) }
    guard let begins, let ends else { return }
    func day(_ time: Timestamp) -> Int { time.civil(offsetSeconds: UTCOffset.china).date.daysSinceEpoch }
    days = day(ends) - day(begins) + 1
  }
}
