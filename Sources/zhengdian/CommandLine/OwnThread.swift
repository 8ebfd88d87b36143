import Glibc

/// Runs work that blocks (reading a pipe, waiting for a terminal) on a thread made for it: Swift's own threads are
/// few and must not wait.
enum OwnThread {
  /// Enough for documents nested as deep as their readers allow.
  private static let stackBytes = 64 << 20

  /// Runs `body` to its end on a new thread. Cancellation of the task does not stop it.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      start { continuation.resume(with: Result(catching: body)) }
    }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) {
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    unsafe pthread_attr_init(attributes)
    defer {
      unsafe pthread_attr_destroy(attributes)
      unsafe attributes.deallocate()
    }
    unsafe pthread_attr_setstacksize(attributes, stackBytes)
    unsafe pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let result = unsafe pthread_create(
      &thread, attributes,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      // No thread: better slow than not at all.
      unsafe work.takeRetainedValue().body()
      return
    }
  }
}
