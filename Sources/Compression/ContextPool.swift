import Synchronization

/// Contexts of the C library, each used by one thread at a time and kept for the next call: their tables take longer
/// to set up than a small message takes to compress.
final class ContextPool<Context: AnyObject>: Sendable {
  /// The pool hands a context to one caller and forgets it until that caller returns it, so a context never is in
  /// two threads at once. The compiler cannot see that through a class reference.
  private struct Parked: @unchecked Sendable {
    let context: Context
  }

  private let idle = Mutex<[Parked]>([])
  private let capacity: Int
  private let make: @Sendable () -> Context

  /// Keeps at most `capacity` idle contexts; more may be in use.
  init(capacity: Int, make: @escaping @Sendable () -> Context) {
    self.capacity = capacity
    self.make = make
  }

  /// Lends a context for the duration of `body`, which must not keep it.
  func withContext<Result, Failure: Error>(
    _ body: (Context) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let context = idle.withLock { $0.popLast() }?.context ?? make()
    defer {
      let parked = Parked(context: context)
      idle.withLock { if $0.count < capacity { $0.append(parked) } }
    }
    return try body(context)
  }
}
