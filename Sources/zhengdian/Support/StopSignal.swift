import Glibc
import Synchronization

/// The wish that a command which runs until told to should end: SIGINT (Ctrl-C) or SIGTERM, or a test's.
///
///     try await invocation.stop.whileRunning({ try await server.run() }, onStop: { server.stop() })
///
/// While nobody listens the signals do what they do to any program, and so does a second one while a command is
/// still ending: who presses Ctrl-C twice means it.
final class StopSignal: Sendable {
  private struct State {
    var isRequested = false
    var onStop: (@Sendable () -> Void)?
  }

  /// A second signal so soon after the first is the same wish.
  private static let moment = Duration.seconds(1)

  private let state = Mutex(State())

  init() {}

  /// Keeps the signals from this thread and those started from now on, so that only `listen` takes them. To be called
  /// before there is any other thread.
  static func block() { changeMask(SIG_BLOCK) }

  /// Waits for the signals of this process and hands them on, for ever. Blocks its thread: it is what the main thread
  /// does while the program runs on others.
  func listen() -> Never {
    var asked: ContinuousClock.Instant?
    while true {
      let number = Self.next()
      guard !request() else {
        asked = .now
        continue
      }
      // Whoever stops a whole group of processes sends the signal twice, in one moment.
      if let asked, ContinuousClock.now - asked < Self.moment { continue }
      // Nobody listens, or not for the first time: let the signal do what it would have done.
      Self.changeMask(SIG_UNBLOCK)
      raise(number)
      Self.changeMask(SIG_BLOCK)
    }
  }

  /// Asks for the end. False when that was asked before, or when nobody would do anything about it.
  @discardableResult
  func request() -> Bool {
    let onStop: (@Sendable () -> Void)? = state.withLock { state in
      guard !state.isRequested, let onStop = state.onStop else { return nil }
      state.isRequested = true
      return onStop
    }
    guard let onStop else { return false }
    onStop()
    return true
  }

  /// Runs `body` to its end; `onStop`, called at most once from another thread, makes it come.
  func whileRunning<Value>(
    _ body: () async throws -> Value, onStop: @escaping @Sendable () -> Void
  ) async rethrows -> Value {
    state.withLock { state in
      precondition(state.onStop == nil, "one piece of work at a time listens to the signals")
      state.onStop = onStop
    }
    defer { state.withLock { $0.onStop = nil } }
    return try await body()
  }

  private static func changeMask(_ how: Int32) {
    var signals = Self.signals()
    let problem = unsafe pthread_sigmask(how, &signals, nil)
    precondition(problem == 0, "the signal mask cannot be changed")
  }

  private static func next() -> Int32 {
    var signals = Self.signals()
    var number: Int32 = 0
    let problem = unsafe sigwait(&signals, &number)
    precondition(problem == 0, "signals cannot be waited for")
    return number
  }

  private static func signals() -> sigset_t {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    return signals
  }
}
