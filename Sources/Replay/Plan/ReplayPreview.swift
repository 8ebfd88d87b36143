public import Adapters
import CivilTime

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
  /// Calls that the platform allows in a day, and those that are left of today's.
  public var daily: Int?
  public var leftToday: Int?
  /// How long it takes at its rate, in seconds, closed hours left out.
  public var seconds = 0.0
  /// Days whose calls it needs, today's included; 0: none are counted.
  public var days = 0
  /// Records that would come out; re-map only.
  public var records = ReplayRecords()
  /// Rows that would be quarantined; re-map only.
  public var quarantined = 0

  public init() {}

  /// Adds what quota and rate mean.
  mutating func reckon(_ terms: ReplayTerms) {
    seconds = Double(items) / terms.rate
    guard let daily, daily > 0, calls > 0 else { return }
    let behindToday = max(0, calls - (leftToday ?? daily))
    days = 1 + (behindToday + daily - 1) / daily
  }
}
