import Glibc
import Synchronization

/// Where tests keep their files: in memory where there is room, since a test commits thousands of times and the disk would be
/// waited for each time. What is written, and in which order, is the same.
public enum TestFolders {
  public static let root: String = {
    var space = statvfs()
    let memory = "/dev/shm"
    guard unsafe statvfs(memory, &space) == 0, unsafe access(memory, W_OK) == 0,
      space.f_bavail * UInt(space.f_frsize) >= leastRoom
    else { return "/tmp" }
    return memory
  }()

  /// What the largest tests need at once, and some more.
  private static let leastRoom: UInt = 2 << 30

  private static let made = Mutex<Set<String>>([])
  private static let removesAtExit: Void = {
    atexit { for path in TestFolders.made.withLock({ $0 }) { TestFolders.remove(path) } }
  }()

  /// Makes a folder of its own for a test, which removes it; what is left is removed when the process ends.
  public static func make(_ name: String) -> String {
    var template = Array("\(root)/\(name)-XXXXXX".utf8CString)
    precondition(unsafe mkdtemp(&template) != nil, "no temporary folder")
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    removesAtExit
    made.withLock { _ = $0.insert(path) }
    return path
  }

  /// Removes a folder with everything in it.
  public static func remove(_ path: String) {
    made.withLock { _ = $0.remove(path) }
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unsafe unlink(path)
      return
    }
    if let folder = unsafe opendir(path) {
      while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
          unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      unsafe closedir(folder)
    }
    unsafe rmdir(path)
  }
}
