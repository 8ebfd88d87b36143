import Glibc
import TestSupport

/// A folder for one test, gone with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = TestFolders.make("http-transport")
  }

  deinit { remove() }

  func remove() { TestFolders.remove(path) }

  func file(_ name: String) -> String { path + "/" + name }

  func read(_ name: String) throws -> [UInt8] {
    struct Missing: Error { let name: String }
    guard let file = unsafe fopen(file(name), "rb") else { throw Missing(name: name) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer.prefix(count)
    }
  }

  func write(_ name: String, _ text: String) {
    guard let file = unsafe fopen(file(name), "wb") else { preconditionFailure("cannot write \(name)") }
    unsafe fputs(text, file)
    unsafe fclose(file)
  }
}
