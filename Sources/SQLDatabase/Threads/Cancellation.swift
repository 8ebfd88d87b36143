import Synchronization

/// Carries a task's cancellation to the thread that works for it.
final class Cancellation: Sendable {
  private enum Phase {
    case queued
    case running(InterruptHandle)
    case finished
  }

  private let phase = Mutex(Phase.queued)
  private let flag = Atomic(false)

  var isCancelled: Bool { flag.load(ordering: .acquiring) }

  /// Stops the statement that is running, if there is one, and keeps others from starting.
  func cancel() {
    flag.store(true, ordering: .releasing)
    phase.withLock { phase in
      if case .running(let handle) = phase { handle.interrupt() }
    }
  }

  /// The thread takes the job up; from here on cancelling interrupts its connection. Never while a transaction is
  /// ended: a ROLLBACK can be interrupted too.
  func begin(_ handle: InterruptHandle) {
    phase.withLock { $0 = .running(handle) }
  }

  /// The thread is done; after this no interrupt can hit the connection's next job.
  func end() {
    phase.withLock { $0 = .finished }
  }
}
