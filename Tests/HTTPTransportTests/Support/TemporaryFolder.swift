import Glibc

/// A folder for one test, gone with it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/http-transport-XXXXXX".utf8CString)
    precondition(unsafe mkdtemp(&template) != nil, "no temporary folder")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove() }

  func remove() {
    guard let directory = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      unsafe unlink(path + "/" + name)
    }
    unsafe closedir(directory)
    unsafe rmdir(path)
  }

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
