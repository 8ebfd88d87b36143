import Calendars
import CivilTime
import Exchanges

/// When an operation runs next: by its schedule, sooner after what passes by itself, later where a limit says so. Pure; times and chance are passed in.
struct RunPace: Hashable, Sendable {
  /// Before an early run.
  static let backoff = Backoff(first: 60, longest: 1800)

  private let schedule: Schedule
  /// Failures in a row that pass by themselves.
  private(set) var failures: Int

  init(_ schedule: Schedule, failures: Int = 0) {
    self.schedule = schedule
    self.failures = failures
  }

  /// The first run since the program started. An operation that never ran is due at once: its first pull is the longest.
  ///
  /// - Parameter fraction: chance in 0..<1, so that many gateways do not knock at once.
  func start(lastStarted: Timestamp?, now: Timestamp, fraction: Double) -> Timestamp {
    lastStarted.map { regular(after: $0, now: now, fraction) } ?? now
  }

  /// The run after one that began at `started` and ended now.
  mutating func next(
    after problem: SyncProblem?, started: Timestamp, now: Timestamp, fraction: Double
  ) -> Timestamp {
    let regular = regular(after: max(started, now), now: now, fraction)
    guard let problem, problem.passesByItself else {
      failures = 0
      return regular
    }
    failures += 1
    if let wait = problem.retryAfter {
      return now.advanced(bySeconds: Double(wait) + Double(schedule.jitter) * fraction)
    }
    let wait = Self.backoff.delay(afterFailures: failures, fraction: fraction)
    return min(regular, now.advanced(bySeconds: wait))
  }

  private func regular(after last: Timestamp, now: Timestamp, _ fraction: Double) -> Timestamp {
    // An expression that never matches is refused where it is read.
    let due = schedule.due(after: last, now: now) ?? Timestamp(milliseconds: .max)
    return due.advanced(bySeconds: Double(schedule.jitter) * fraction)
  }
}

extension SyncProblem {
  /// Trying again soon is worth it: an outage, a limit, a platform that asks for patience, pages that moved and are pulled again from the first.
  var passesByItself: Bool {
    errorClass == .transient || errorClass == .rate || isMovedPages
  }
}
