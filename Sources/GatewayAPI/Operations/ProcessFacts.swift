import Glibc

/// What the system says of this process and of its disk.
enum ProcessFacts {
  /// Bytes of memory that are really held; nil where the system does not say. `/proc` never waits for a disk.
  static func residentBytes() -> Int? {
    guard let file = unsafe fopen("/proc/self/statm", "re") else { return nil }
    defer { unsafe fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    let words = buffer.prefix(count).split(separator: UInt8(ascii: " "))
    guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Bytes free for this user where `path` lies; nil when the file system does not say. May wait for a disk.
  static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }
}
