import CEvent
import Glibc

/// A thread of our own for what must not run on Swift's cooperative pool.
enum EventThread {
  private final class Work {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Starts a detached thread. All signals are blocked on it: the process's handlers run elsewhere, and
  /// a write to a connection that was reset is an error value here instead of SIGPIPE.
  static func start(_ body: @escaping @Sendable () -> Void) throws(HTTPServiceError) {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        unsafe zhengdian_name_thread("http-service")
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      unsafe work.release()
      throw HTTPServiceError(
        .resources, "The system gave no thread (error \(status)): raise the limit on processes.")
    }
    pthread_detach(thread)
  }
}
