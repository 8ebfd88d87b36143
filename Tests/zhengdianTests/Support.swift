import Glibc
import TestSupport

/// A folder that is gone after the test.
struct TemporaryFolder {
  let path: String

  static func use<Value>(_ body: (TemporaryFolder) async throws -> Value) async throws -> Value {
    let folder = TemporaryFolder(path: TestFolders.make("zhengdian-cli"))
    defer { folder.remove() }
    return try await body(folder)
  }

  /// Writes a file, with the folders its name needs, and returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      unsafe mkdir(folder, 0o755)
    }
    let file = "\(path)/\(name)"
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw TestFailure("\(file): \(errno)") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw TestFailure("\(file) was not written")
    }
    return file
  }

  private func remove() { TestFolders.remove(path) }
}

struct TestFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Two ends of a pipe, closed by whoever has them.
struct Pipe {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw TestFailure("pipe: \(errno)") }
    (reading, writing) = (ends[0], ends[1])
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(writing, bytes, bytes.count)
  }

  /// What can be read at once; waits for the first byte.
  func receive() -> String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(reading, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

/// The folder with `Adapters` and `Mappings` of this package.
enum Checkout {
  static let path: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()
}
