import Synchronization

/// A flag that tasks and threads set for each other.
final class Signal: Sendable {
  private let state = Atomic(false)

  func set() { state.store(true, ordering: .releasing) }

  /// For the database's own threads, which may block.
  func block() {
    while !state.load(ordering: .acquiring) {}
  }

  /// For tasks.
  func wait() async {
    while !state.load(ordering: .acquiring) { await Task.yield() }
  }
}

/// Collects what concurrent tasks find.
final class Collected<Element: Sendable>: Sendable {
  private let state = Mutex<[Element]>([])

  var elements: [Element] { state.withLock { $0 } }

  func add(_ element: Element) { state.withLock { $0.append(element) } }
}
