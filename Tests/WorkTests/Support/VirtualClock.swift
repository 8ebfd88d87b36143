import CivilTime
import Synchronization

@testable import Work

/// A clock that goes on by itself when somebody sleeps, up to an end, and stands still while there is work under way.
final class VirtualClock: Sendable {
  private struct State {
    var now = QueueBench.now
    var end: Timestamp
    var sleeps = 0
    var underWay = 0
  }

  private let state: Mutex<State>
  private let reached = Bell()

  init(seconds: Int) {
    state = Mutex(State(end: QueueBench.now.advanced(bySeconds: seconds)))
  }

  var now: Timestamp { state.withLock { $0.now } }
  var seconds: Int { Int(now.milliseconds(since: QueueBench.now) / 1000) }
  /// How often somebody slept.
  var sleeps: Int { state.withLock { $0.sleeps } }

  func begin() { state.withLock { $0.underWay += 1 } }
  func end() { state.withLock { $0.underWay -= 1 } }

  func advance(bySeconds seconds: Int) {
    state.withLock { $0.now = $0.now.advanced(bySeconds: seconds) }
  }

  /// Returns when the end has been reached.
  func waitForTheEnd() async { await reached.wait() }

  func sleep(_ duration: Duration) async throws {
    // Others come first, as they would if time passed.
    for _ in 0..<20 { await Task.yield() }
    while state.withLock({ $0.underWay > 0 }) { try await Task.sleep(for: .milliseconds(1)) }
    try Task.checkCancellation()
    let isOver = state.withLock { state in
      state.sleeps += 1
      guard state.now < state.end else { return true }
      state.now = min(state.end, state.now.advanced(by: duration))
      return false
    }
    guard isOver else { return }
    reached.ring()
    try await Task.sleep(for: .seconds(3600))
  }

  var clock: WorkClock {
    WorkClock(now: { self.now }, fraction: { 0.5 }, sleep: { try await self.sleep($0) })
  }
}
