import CivilTime
import Synchronization

/// Counts calls by day (Beijing) and by minute.
final class QuotaMeter: Sendable {
  private struct State {
    var day = Int64.min
    var callsOfDay = 0
    var minute = Int64.min
    var callsOfMinute = 0
  }

  private let limits: PlatformLimits
  private let state = Mutex(State())

  init(_ limits: PlatformLimits) {
    self.limits = limits
  }

  /// False when a quota is used up; a refused call does not count.
  func admits(at now: Timestamp) -> Bool {
    let minute = now.milliseconds / 60_000
    let day = (now.milliseconds / 1000 + Int64(UTCOffset.china)) / 86_400
    return state.withLock { state in
      if state.day != day {
        state.day = day
        state.callsOfDay = 0
      }
      if state.minute != minute {
        state.minute = minute
        state.callsOfMinute = 0
      }
      guard state.callsOfDay < limits.perDay, state.callsOfMinute < limits.perMinute else { return false }
      state.callsOfDay += 1
      state.callsOfMinute += 1
      return true
    }
  }
}
