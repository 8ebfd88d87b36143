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
    let second = time.civil(offsetSeconds: UTCOffset.china).secondOfDay
    return spans.isEmpty || spans.contains { $0.contains(second) }
  }

  /// Seconds until calls may be made; 0 when they may be now.
  public func secondsUntilOpen(at time: Timestamp) -> Int {
    guard !areOpen(at: time) else { return 0 }
    let second = time.civil(offsetSeconds: UTCOffset.china).secondOfDay
    return spans.map { ($0.from - second + 86_400) % 86_400 }.min() ?? 0
  }
}
