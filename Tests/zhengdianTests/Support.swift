import Glibc

/// A folder that is gone after the test.
struct TemporaryFolder {
  let path: String

  static func use<Value>(_ body: (TemporaryFolder) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/zhengdian-cli-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
    let folder = TemporaryFolder(
      path: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
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

  private func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    // Not a folder: a file.
    guard let stream = unsafe opendir(path) else {
      unsafe unlink(path)
      return
    }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { remove("\(path)/\(name)") }
    }
    unsafe closedir(stream)
    unsafe rmdir(path)
  }
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

struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func next(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}

/// The folder with `Adapters` and `Mappings` of this package.
enum Checkout {
  static let path: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()
}
