import Glibc
import Synchronization

/// A flag that tasks and threads set for each other.
final class Signal: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .acquiring) }

  func set() { state.store(true, ordering: .releasing) }

  /// For the database's own threads, which may block; leaves the processors to others.
  func block() {
    while !isSet { usleep(200) }
  }

  func wait() async {
    while !isSet { await Task.yield() }
  }
}
