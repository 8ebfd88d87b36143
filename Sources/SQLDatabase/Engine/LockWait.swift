internal import CSQLite
internal import Glibc

/// Waits for a lock that another process holds, and looks for it each millisecond.
///
/// SQLite's own way sleeps longer and longer, up to a tenth of a second: a process that writes one short transaction after the other would then always be
/// there first.
@safe final class LockWait {
  private struct State {
    let limit: Int64
    var began: Int64 = 0
  }

  private static var pause: Int { 1_000_000 }
  private let state: UnsafeMutablePointer<State>

  init(milliseconds: Int) {
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: State(limit: Int64(milliseconds) * 1_000_000))
  }

  deinit { unsafe state.deallocate() }

  /// The connection must be closed, or given another handler, before this object goes away.
  func serve(_ connection: OpaquePointer) {
    unsafe sqlite3_busy_handler(
      connection,
      { context, calls in
        guard let state = unsafe context?.assumingMemoryBound(to: State.self) else { return 0 }
        let now = LockWait.nanoseconds()
        if calls == 0 { unsafe state.pointee.began = now }
        guard unsafe now - state.pointee.began < state.pointee.limit else { return 0 }
        var time = timespec(tv_sec: 0, tv_nsec: LockWait.pause)
        unsafe nanosleep(&time, nil)
        return 1
      }, state)
  }

  private static func nanoseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
