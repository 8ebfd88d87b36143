import Glibc
import HTTPService
import Synchronization

/// Runs blocking work on a thread of its own, so that the cooperative pool stays free for the handlers.
/// It stays inside the test's task, so that what it expects is counted for that test.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withTaskExecutorPreference(ThreadExecutor()) { try await runHere(body) }
}

@concurrent
private func runHere<T: Sendable>(_ body: @Sendable () throws -> T) async throws -> T {
  try body()
}

/// Runs each job on a new thread.
private final class ThreadExecutor: TaskExecutor {
  private final class Work {
    let job: UnownedJob
    let executor: ThreadExecutor

    init(_ job: UnownedJob, _ executor: ThreadExecutor) {
      self.job = job
      self.executor = executor
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let work = unsafe Unmanaged.passRetained(Work(UnownedJob(job), self))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
        unsafe work.job.runSynchronously(on: work.executor.asUnownedTaskExecutor())
        return nil
      }, work.toOpaque())
    precondition(status == 0)
    pthread_detach(thread)
  }
}

/// A server on a free port for the time of `body`, then a graceful stop.
func withServer<T: Sendable>(
  _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
  handler: @escaping HTTPServer.Handler,
  body: (HTTPServer) async throws -> T
) async throws -> T {
  let server = try HTTPServer(configuration: configuration, handler: handler)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.run() }
    let result: Result<T, any Error>
    do {
      result = .success(try await body(server))
    } catch {
      result = .failure(error)
    }
    server.stop()
    try await group.waitForAll()
    return try result.get()
  }
}

/// A value that tests set from handlers and wait for.
final class Signal<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiters: [CheckedContinuation<Value, Never>] = []
  }

  private let state = Mutex(State())

  func set(_ value: Value) {
    let waiters = state.withLock { state in
      state.value = value
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { waiter.resume(returning: value) }
  }

  func wait() async -> Value {
    await withCheckedContinuation { continuation in
      let value: Value? = state.withLock { state in
        if state.value == nil { state.waiters.append(continuation) }
        return state.value
      }
      if let value { continuation.resume(returning: value) }
    }
  }
}

/// Suspends until the task is cancelled.
func untilCancelled() async {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  defer { continuation.finish() }
  for await _ in stream {}
}
