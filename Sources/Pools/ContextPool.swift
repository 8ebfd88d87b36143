public import Synchronization

/// Contexts of a C library, each used by one thread at a time and kept for the next call: making one costs more than
/// a short message takes to hash, compress or match.
///
/// Inlinable, so that a module that lends a context for every value makes no generic call for it.
public final class ContextPool<Context: AnyObject>: Sendable {
  /// The pool hands a context to one caller and forgets it until that caller returns it, so a context never is in
  /// two threads at once. The compiler cannot see that through a class reference.
  @usableFromInline struct Parked: @unchecked Sendable {
    @usableFromInline let context: Context

    @inlinable init(_ context: Context) {
      self.context = context
    }
  }

  @usableFromInline let idle: Mutex<[Parked]>
  @usableFromInline let capacity: Int
  @usableFromInline let make: @Sendable () -> Context

  /// Keeps at most `capacity` idle contexts; more may be in use.
  public init(capacity: Int = 16, make: @escaping @Sendable () -> Context) {
    self.capacity = capacity
    self.make = make
    var parked: [Parked] = []
    parked.reserveCapacity(capacity)
    idle = Mutex(parked)
  }

  /// Lends a context for the duration of `body`, which must not keep it. The body leaves it fit for the next one.
  @inlinable public func withContext<Result, Failure: Error>(
    _ body: (Context) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let context = idle.withLock { $0.popLast() }?.context ?? make()
    defer {
      let parked = Parked(context)
      idle.withLock { if $0.count < capacity { $0.append(parked) } }
    }
    return try body(context)
  }
}
