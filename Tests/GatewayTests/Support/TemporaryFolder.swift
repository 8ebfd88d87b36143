import Glibc
import TestSupport

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = TestFolders.make("zhengdian-gateway")
  }

  deinit { TestFolders.remove(path) }

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
}
