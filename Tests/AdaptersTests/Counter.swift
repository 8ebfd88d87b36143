import Synchronization

final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func decrement() { count.withLock { $0 -= 1 } }
  @discardableResult func increment() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
