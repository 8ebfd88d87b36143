import Glibc

/// How this process stands behind others that want the processor.
enum ProcessPriority {
  /// Nice, as people who look at `top` know it: what a gateway beside it needs goes first, an idle machine is used whole.
  private static let background: Int32 = 10

  /// For the rest of this process, in all its threads and those to come.
  static func lower() {
    // Linux keeps it by thread, and a new thread has that of the one that made it.
    guard let tasks = unsafe opendir("/proc/self/task") else { return lower(thread: 0) }
    defer { unsafe closedir(tasks) }
    while let entry = unsafe readdir(tasks) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let thread = UInt32(name) { lower(thread: thread) }
    }
  }

  /// - Parameter thread: 0: the one that calls.
  private static func lower(thread: UInt32) {
    // Everybody may lower their own; a thread that has just ended needs none.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), thread, background)
  }
}
