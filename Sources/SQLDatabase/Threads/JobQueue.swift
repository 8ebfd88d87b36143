internal import Glibc
import Synchronization

/// A queue from tasks to threads: adding never blocks, taking blocks the thread that takes.
///
/// A patient job is taken together with the next one that is not, or alone when none has come for a while.
@safe final class JobQueue<Job: Sendable>: Sendable {
  private struct State {
    var jobs: [(job: Job, isPatient: Bool)] = []
    /// The jobs before this position are taken already.
    var head = 0
    /// Those waiting that are not patient.
    var urgent = 0
    /// When the patience of those waiting ends, by the clock that ``JobQueue/now()`` reads; nil while none waits.
    var patience: Int64?
    var sleepers = 0
    var isClosed = false

    func isDue(at now: Int64) -> Bool {
      guard head < jobs.count else { return false }
      return urgent > 0 || isClosed || patience.map { $0 <= now } ?? true
    }

    mutating func take(upTo limit: Int) -> [Job] {
      let taken = jobs[head..<min(head + limit, jobs.count)]
      head = taken.endIndex
      urgent -= taken.count { !$0.isPatient }
      let result = taken.map(\.job)
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: jobs.capacity <= 1024)
        (head, patience) = (0, nil)
      } else if head > 1024 {
        jobs.removeFirst(head)
        head = 0
      }
      return result
    }
  }

  /// Nanoseconds that a patient job waits for another at most.
  static var patience: Int64 { 20_000_000 }

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
  func add(_ job: Job, isPatient: Bool = false) -> Bool {
    let (isAccepted, mustWake) = state.withLock { state in
      if state.isClosed { return (false, false) }
      state.jobs.append((job, isPatient))
      if !isPatient {
        state.urgent += 1
      } else if state.patience == nil {
        state.patience = Self.now() + Self.patience
      }
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
      let (jobs, isClosed, patience) = state.withLock { state -> ([Job], Bool, Int64?) in
        guard state.isDue(at: Self.now()) else {
          if !state.isClosed { state.sleepers += 1 }
          return ([], state.isClosed, state.patience)
        }
        return (state.take(upTo: limit), false, nil)
      }
      if !jobs.isEmpty { return jobs }
      if isClosed { return nil }
      if let patience { sleep(until: patience) } else { while unsafe sem_wait(semaphore) != 0 {} }  // EINTR
    }
  }

  /// Sleeps until it is woken, or until the patience of those waiting ends.
  private func sleep(until end: Int64) {
    // The call knows the clock of the wall only. Where that is set back in these milliseconds, the next job that is not patient ends the sleep.
    let wall = Self.now(CLOCK_REALTIME) + max(0, end - Self.now())
    var time = timespec(tv_sec: Int(wall / 1_000_000_000), tv_nsec: Int(wall % 1_000_000_000))
    while unsafe sem_timedwait(semaphore, &time) != 0 {
      guard errno == ETIMEDOUT else { continue }  // EINTR
      let isPosted = state.withLock { state in
        guard state.sleepers > 0 else { return true }
        state.sleepers -= 1
        return false
      }
      // It was posted for this one at the last moment.
      if isPosted { while unsafe sem_wait(semaphore) != 0 {} }
      return
    }
  }

  private static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
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
