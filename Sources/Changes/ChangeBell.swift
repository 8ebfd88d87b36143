import Synchronization

/// Wakes everybody who waits for changes.
final class ChangeBell: Sendable {
  private struct State {
    /// How often it was rung.
    var rung = 0
    var isClosed = false
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]

    mutating func takeAll() -> [CheckedContinuation<Void, Never>] {
      defer { waiters = [:] }
      return Array(waiters.values)
    }
  }

  private let state = Mutex(State())

  var rung: Int { state.withLock { $0.rung } }
  var isClosed: Bool { state.withLock { $0.isClosed } }

  func ring() {
    let woken = state.withLock { state in
      state.rung += 1
      return state.takeAll()
    }
    for waiter in woken { waiter.resume() }
  }

  /// From now on nobody waits.
  func close() {
    let woken = state.withLock { state in
      state.isClosed = true
      return state.takeAll()
    }
    for waiter in woken { waiter.resume() }
  }

  /// Returns when it was rung more often than `rung`, is closed, the time is over or the task is cancelled.
  func wait(past rung: Int, atMost time: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait(past: rung) }
      // Sleep throws only when it is cancelled, which ends the wait as well.
      group.addTask { do { try await Task.sleep(for: time) } catch {} }
      await group.next()
      group.cancelAll()
    }
  }

  private func wait(past rung: Int) async {
    let number = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.rung != rung || state.isClosed || Task.isCancelled { return true }
          state.waiters[number] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }
  }
}
