import Glibc

/// What this process holds at the moment, read from /proc.
enum ProcessState {
  private static func entries(_ path: String) -> [String] {
    guard let directory = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  /// Threads of HTTP clients; other tests run beside this one, so only named threads can be counted.
  static var transferThreads: Int {
    entries("/proc/self/task").filter { task in
      guard let file = unsafe fopen("/proc/self/task/\(task)/comm", "r") else { return false }
      defer { unsafe fclose(file) }
      var line = [CChar](repeating: 0, count: 64)
      guard unsafe fgets(&line, 64, file) != nil else { return false }
      return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        == "http-transport\n"
    }.count
  }

  static var openDescriptors: Int { entries("/proc/self/fd").count }
}
