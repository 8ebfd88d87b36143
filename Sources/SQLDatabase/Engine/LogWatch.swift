internal import CSQLite
import Synchronization

/// Keeps the write-ahead log short without slowing the writer down.
///
/// When the log reaches the limit, the maintenance thread copies it into the database while the writer goes on.
/// What the writer has added meanwhile is little; it copies that itself between two groups, after which the
/// log starts again from the front. Should the maintenance thread be busy for long (a backup), the writer
/// does the whole work at four times the limit.
final class LogWatch: Sendable {
  private enum State {
    case watching
    /// The maintenance thread has been asked or is copying.
    case copying
    /// The writer shall copy the rest.
    case finishing
  }

  private let limit: Int
  private let state = Mutex(State.watching)
  private let request: @Sendable () -> Void

  /// `request` asks the maintenance thread for a checkpoint, which ends with `copied()`.
  init(limit: Int, request: @escaping @Sendable () -> Void) {
    self.limit = limit
    self.request = request
  }

  /// Called by the writer after each commit.
  func afterCommit(on connection: Connection) {
    let pages = connection.takeLogPages()
    guard pages >= limit else { return }
    let (mustRequest, mustCopy) = state.withLock { state in
      switch state {
      case .watching:
        state = .copying
        return (true, false)
      case .copying:
        return (false, pages >= 4 * limit)
      case .finishing:
        state = .watching
        return (false, true)
      }
    }
    if mustRequest { request() }
    // A checkpoint that cannot be made now (a disk error, a long reader) is tried again after the next
    // commit; the commits themselves are safe in the log.
    if mustCopy { _ = connection.checkpoint(.passive) }
  }

  /// Called by the maintenance thread when it has copied what it found.
  func copied() {
    state.withLock { $0 = .finishing }
  }
}
