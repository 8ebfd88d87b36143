public import CivilTime

/// The times of day in which a platform may be called, such as 22:00–06:00, by Beijing time.
public struct ServiceHours: Hashable, Sendable {
  /// Second of the day at which calls may begin, and at which they must stop; a span may run over midnight.
  public struct Span: Hashable, Sendable {
    public var from: Int
    public var to: Int

    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }

    /// `HH:mm-HH:mm`; 24:00 is the day's end.
    public init?(_ text: String) {
      let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count == 2, let from = Self.second(ends[0]), let to = Self.second(ends[1]), from != to,
        from < 86_400
      else { return nil }
      self.init(from: from, to: to)
    }

    func contains(_ second: Int) -> Bool {
      from < to ? (from..<to).contains(second) : second >= from || second < to
    }

    private static func second(_ text: Substring) -> Int? {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
        let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), minute < 60,
        hour < 24 || (hour == 24 && minute == 0)
      else { return nil }
      return Int(hour) * 3600 + Int(minute) * 60
    }
  }

  public var spans: [Span]

  /// No spans: always.
  public init(_ spans: [Span] = []) {
    self.spans = spans
  }

  public func areOpen(at time: Timestamp) -> Bool {
    isOpen(at: time.civil(offsetSeconds: UTCOffset.china).secondOfDay)
  }

  /// Seconds until all of `hours` are open at once; 0 when they are now. Hours that never are (a manifest with such is refused) give a day.
  public static func secondsUntilAllOpen(_ hours: [ServiceHours], at time: Timestamp) -> Int {
    var seconds = 0
    while seconds < 86_400 {
      let later = time.advanced(bySeconds: seconds)
      let wait = hours.reduce(0) { max($0, $1.secondsUntilOpen(at: later)) }
      if wait == 0 { return seconds }
      seconds += wait
    }
    return 86_400
  }

  /// Whether there is a time of day at which both are open.
  public func overlaps(_ other: ServiceHours) -> Bool {
    // A common time begins where a span of one of them begins.
    let starts = [0] + (spans + other.spans).map(\.from)
    return starts.contains { start in isOpen(at: start) && other.isOpen(at: start) }
  }

  private func isOpen(at second: Int) -> Bool {
    spans.isEmpty || spans.contains { $0.contains(second) }
  }

  /// Seconds until calls must stop; 0 when they may not be made now, a day when they always may.
  public func secondsUntilClosed(at time: Timestamp) -> Int {
    let second = time.civil(offsetSeconds: UTCOffset.china).secondOfDay
    guard !spans.isEmpty else { return 86_400 }
    guard isOpen(at: second) else { return 0 }
    // Where a span ends another may go on.
    var open = 0
    while open < 86_400 {
      let place = (second + open) % 86_400
      let span = spans.filter { $0.contains(place) }.map { span in
        // A span that holds its own end holds all day.
        span.to - place + (span.to > place ? 0 : 86_400)
      }.max()
      guard let span else { break }
      open += span
    }
    return min(open, 86_400)
  }

  /// Seconds until calls may be made; 0 when they may be now.
  public func secondsUntilOpen(at time: Timestamp) -> Int {
    guard !areOpen(at: time) else { return 0 }
    let second = time.civil(offsetSeconds: UTCOffset.china).secondOfDay
    return spans.map { ($0.from - second + 86_400) % 86_400 }.min() ?? 0
  }
}
