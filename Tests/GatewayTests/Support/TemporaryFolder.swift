import Crypto
import Glibc

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = "/tmp/zhengdian-gateway-\(Hex.encode(SecureRandom.bytes(8)))"
    unsafe mkdir(path, 0o700)
  }

  deinit { Self.remove(path) }

  @discardableResult
  func write(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
    let file = "\(path)/\(name)"
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      unsafe mkdir(folder, 0o700)
    }
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
    precondition(descriptor >= 0)
    let bytes = Array(text.utf8)
    let written = unsafe Glibc.write(descriptor, bytes, bytes.count)
    precondition(written == bytes.count)
    fchmod(descriptor, mode)
    close(descriptor)
    return file
  }

  private static func remove(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      if let directory = unsafe opendir(path) {
        while let entry = unsafe readdir(directory) {
          let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
            unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
          }
          if name != ".", name != ".." { remove("\(path)/\(name)") }
        }
        unsafe closedir(directory)
      }
      unsafe rmdir(path)
    } else {
      unsafe unlink(path)
    }
  }
}
