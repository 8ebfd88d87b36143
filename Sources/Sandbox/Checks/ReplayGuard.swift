import CivilTime
import Synchronization

/// Remembers what was used once (nonces, message numbers) for as long as a replay could pass the clock check.
final class ReplayGuard: Sendable {
  private struct State {
    /// Two generations: when the newer is as old as the memory must reach, the older is forgotten.
    var newer: Set<String> = []
    var older: Set<String> = []
    var since = Int64.min
  }

  private let memory: Int64
  private let state = Mutex(State())

  /// - Parameter seconds: how long a use is remembered at least.
  init(seconds: Int) {
    memory = Int64(seconds) * 1000
  }

  /// False when `word` was used before.
  func firstUse(of word: String, at now: Timestamp) -> Bool {
    state.withLock { state in
      if state.since == .min { state.since = now.milliseconds }
      if now.milliseconds - state.since > memory {
        state.older = state.newer
        state.newer = []
        state.since = now.milliseconds
      }
      guard !state.older.contains(word) else { return false }
      return state.newer.insert(word).inserted
    }
  }
}
