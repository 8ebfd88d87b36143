import Synchronization

/// Wakes one waiting task. Rung while nobody waits, the next wait ends at once.
final class Bell: Sendable {
  private struct State {
    var isRung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let waiter = state.waiter else {
        state.isRung = true
        return nil
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Returns when the bell is rung or the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          precondition(state.waiter == nil, "two tasks wait for one bell")
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }
  }

  /// Returns when the bell is rung, the time is over or the task is cancelled.
  func wait(_ time: Duration, _ clock: WorkClock) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait() }
      // Sleep throws only when it is cancelled, which ends the wait as well.
      group.addTask { do { try await clock.sleep(time) } catch {} }
      await group.next()
      group.cancelAll()
    }
  }
}
