internal import Glibc
import Synchronization

/// Threads for calls that block, which must never run on Swift's own pool.
enum WorkerThread {
  private final class Start {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }

    func run() {
      WorkerThread.takeName()
      body()
    }
  }

  /// Starts a thread that runs `body` and ends. The thread owns what `body` captures.
  static func start(_ body: sending @escaping () -> Void) throws(DatabaseError) {
    let start = unsafe Unmanaged.passRetained(Start(body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { raw in
        guard let raw = unsafe raw else { return nil }
        unsafe Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, start.toOpaque())
    guard result == 0 else {
      unsafe start.release()
      throw DatabaseError(
        .other, "A thread cannot be started (error \(result)). Raise the limit of processes and threads.")
    }
    pthread_detach(thread)
  }

  /// Lets the thread that calls be told from others. Where the system has no such file it has its program's name.
  private static func takeName() {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = unsafe write(file, Database.threadName, Database.threadName.utf8.count)
    close(file)
  }
}

/// Lets tasks wait for the end of threads.
final class Latch: Sendable {
  private struct State {
    var remaining: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(count: Int) {
    state = Mutex(State(remaining: count))
  }

  func countDown() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.remaining -= 1
      guard state.remaining == 0 else { return [] }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.remaining > 0 { state.waiting.append(continuation) }
        return state.remaining <= 0
      }
      if isDone { continuation.resume() }
    }
  }
}
