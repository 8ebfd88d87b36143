internal import Glibc
import Synchronization

/// A queue from tasks to threads: adding never blocks, taking blocks the thread that takes.
///
/// A patient job is taken when no other waits, or when it was passed over often enough, and alone.
@safe final class JobQueue<Job: Sendable>: Sendable {
  struct Batch {
    let jobs: [Job]
    let isPatient: Bool
  }

  /// Jobs in their order.
  private struct Line {
    private var jobs: [Job] = []
    /// The jobs before this position are taken already.
    private var head = 0

    var isEmpty: Bool { head == jobs.count }

    mutating func append(_ job: Job) { jobs.append(job) }

    mutating func take(upTo limit: Int) -> [Job] {
      let taken = Array(jobs[head..<min(head + limit, jobs.count)])
      head += taken.count
      if head == jobs.count {
        jobs.removeAll(keepingCapacity: jobs.capacity <= 1024)
        head = 0
      } else if head > 1024 {
        jobs.removeFirst(head)
        head = 0
      }
      return taken
    }
  }

  private struct State {
    var urgent = Line()
    var patient = Line()
    /// How often others were taken while a patient one waited.
    var passedOver = 0
    var sleepers = 0
    var isClosed = false

    mutating func take(upTo limit: Int) -> Batch? {
      if patient.isEmpty || !urgent.isEmpty && passedOver < JobQueue.mostPassedOver {
        guard !urgent.isEmpty else { return nil }
        if !patient.isEmpty { passedOver += 1 }
        return Batch(jobs: urgent.take(upTo: limit), isPatient: false)
      }
      passedOver = 0
      return Batch(jobs: patient.take(upTo: 1), isPatient: true)
    }
  }

  private static var mostPassedOver: Int { 32 }

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
      if isPatient { state.patient.append(job) } else { state.urgent.append(job) }
      guard state.sleepers > 0 else { return (true, false) }
      state.sleepers -= 1
      return (true, true)
    }
    if mustWake { unsafe sem_post(semaphore) }
    return isAccepted
  }

  /// Waits until there are jobs and takes up to `limit` of them in their order. Nil when the queue is closed
  /// and everything has been taken.
  func take(upTo limit: Int) -> Batch? {
    while true {
      let (batch, isClosed) = state.withLock { state -> (Batch?, Bool) in
        let batch = state.take(upTo: limit)
        if batch == nil, !state.isClosed { state.sleepers += 1 }
        return (batch, state.isClosed)
      }
      if let batch { return batch }
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
