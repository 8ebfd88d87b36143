internal import Glibc
import Synchronization

/// A queue from tasks to threads: adding never blocks, taking blocks the thread that takes.
@safe final class JobQueue<Job: Sendable>: Sendable {
  private struct State {
    var jobs: [Job] = []
    /// The jobs before this position are taken already.
    var head = 0
    var sleepers = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Posted once for each sleeper that is to wake up.
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    let result = unsafe sem_init(semaphore, 0, 0)
    precondition(result == 0, "a semaphore of this process can always be made")
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// Adds a job. Returns false when the queue is closed; the job is then not taken in.
  func add(_ job: Job) -> Bool {
    let (isAccepted, mustWake) = state.withLock { state in
      if state.isClosed { return (false, false) }
      state.jobs.append(job)
      guard state.sleepers > 0 else { return (true, false) }
      state.sleepers -= 1
      return (true, true)
    }
    if mustWake { unsafe sem_post(semaphore) }
    return isAccepted
  }

  /// Waits until there are jobs and takes up to `limit` of them in their order. Nil when the queue is closed
  /// and everything has been taken.
  func take(upTo limit: Int) -> [Job]? {
    while true {
      let (jobs, isClosed) = state.withLock { state -> ([Job], Bool) in
        let available = state.jobs.count - state.head
        guard available > 0 else {
          if !state.isClosed { state.sleepers += 1 }
          return ([], state.isClosed)
        }
        let count = min(limit, available)
        let taken = Array(state.jobs[state.head..<state.head + count])
        state.head += count
        if state.head == state.jobs.count {
          state.jobs.removeAll(keepingCapacity: state.jobs.capacity <= 1024)
          state.head = 0
        } else if state.head > 1024 {
          state.jobs.removeFirst(state.head)
          state.head = 0
        }
        return (taken, false)
      }
      if !jobs.isEmpty { return jobs }
      if isClosed { return nil }
      while unsafe sem_wait(semaphore) != 0 {}  // EINTR
    }
  }

  /// Refuses further jobs and lets the takers end once the queue is empty.
  func close() {
    let sleepers = state.withLock { state in
      state.isClosed = true
      defer { state.sleepers = 0 }
      return state.sleepers
    }
    for _ in 0..<sleepers { unsafe sem_post(semaphore) }
  }
}
