import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() {
    path = TestFolders.make("zhengdian-test")
  }

  deinit { TestFolders.remove(path) }

  public func file(_ name: String) -> String { path + "/" + name }

  public func write(_ bytes: [UInt8], to name: String) {
    let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  /// Empty where there is no such file.
  public func read(_ name: String) throws -> [UInt8] {
    let descriptor = unsafe open(file(name), O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      if count <= 0 { return bytes }
      bytes += piece[..<count]
    }
  }
}
