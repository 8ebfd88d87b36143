import Glibc
import SQLDatabase

/// How this process stands behind others that want the processor. An idle machine it uses whole.
enum ProcessPriority {
  /// What a gateway beside it needs goes first.
  case low
  /// As `low` for the threads of the database, which may hold what others wait for; the rest steps aside the moment anybody else wants to run, and waits as long as
  /// that lasts.
  case idle

  /// Nice, as people who look at `top` know it.
  private static let nice: Int32 = 10
  /// `SCHED_IDLE` of `sched(7)`, which Glibc shows to C programs only that ask for GNU's additions.
  private static let idleClass: Int32 = 5

  /// For the rest of this process, in all its threads and those to come. Everybody may lower their own; nobody may raise it again.
  func take() {
    // Linux keeps it by thread, and a new thread has that of the one that made it.
    guard let tasks = unsafe opendir("/proc/self/task") else { return lower(thread: 0, isOfDatabase: false) }
    defer { unsafe closedir(tasks) }
    while let entry = unsafe readdir(tasks) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let thread = Int32(name) { lower(thread: thread, isOfDatabase: Self.isOfDatabase(thread)) }
    }
  }

  /// - Parameter thread: 0: the one that calls. For one that has just ended nothing is to be done.
  private func lower(thread: Int32, isOfDatabase: Bool) {
    if self == .idle, !isOfDatabase {
      var parameters = sched_param()
      _ = unsafe sched_setscheduler(thread, Self.idleClass, &parameters)
    } else {
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), UInt32(thread), Self.nice)
    }
  }

  private static func isOfDatabase(_ thread: Int32) -> Bool {
    let file = unsafe open("/proc/self/task/\(thread)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var name = [UInt8](repeating: 0, count: 16)
    let count = unsafe read(file, &name, name.count)
    return count > 0 && String(decoding: name[..<count], as: UTF8.self) == Database.threadName + "\n"
  }
}
