import Synchronization

/// Carries a task's cancellation to the thread that works for it, and decides which of the two answers the caller when both want to.
final class Cancellation: Sendable {
  private enum Phase {
    /// Waits for a thread; the closure answers the caller in its place.
    case queued(abandon: (@Sendable () -> Void)?)
    /// A thread has taken the job up; nothing can be interrupted.
    case taken
    case running(InterruptHandle)
    case finished
    /// The caller has been answered: no thread may take the job up any more.
    case abandoned
  }

  private let phase = Mutex(Phase.queued(abandon: nil))
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .acquiring) }

  /// Says how the caller is answered when it cancels while the job waits: at once, however long the jobs before it take.
  func whileQueued(_ abandon: @escaping @Sendable () -> Void) {
    let isTooLate = phase.withLock { phase in
      guard isCancelled else {
        phase = .queued(abandon: abandon)
        return false
      }
      phase = .abandoned
      return true
    }
    if isTooLate { abandon() }
  }

  /// Answers for a job that waits; stops the statement of one that runs, and keeps others from starting.
  func cancel() {
    flag.store(true, ordering: .releasing)
    let abandon = phase.withLock { phase -> (@Sendable () -> Void)? in
      switch phase {
      case .queued(let abandon?):
        phase = .abandoned
        return abandon
      case .running(let handle): handle.interrupt()
      case .queued(nil), .taken, .finished, .abandoned: break
      }
      return nil
    }
    abandon?()
  }

  /// The thread takes the job up and will answer. False when the caller has been answered already.
  func take() -> Bool {
    phase.withLock { phase in
      if case .abandoned = phase { return false }
      phase = .taken
      return true
    }
  }

  /// From here on cancelling interrupts the thread's connection. Never while a transaction is ended: a ROLLBACK can be interrupted too.
  func begin(_ handle: InterruptHandle) {
    phase.withLock { phase in
      if case .abandoned = phase { return }
      phase = .running(handle)
    }
  }

  /// The thread is done; after this no interrupt can hit the connection's next job.
  func end() {
    phase.withLock { $0 = .finished }
  }
}
