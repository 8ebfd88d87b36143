import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let template = Array("/tmp/zhengdian-journal-XXXXXX".utf8CString)
    path = unsafe template.withUnsafeBufferPointer { template in
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: template.count)
      defer { unsafe copy.deallocate() }
      _ = unsafe copy.initialize(from: template)
      return unsafe String(cString: mkdtemp(copy.baseAddress!))
    }
  }

  deinit {
    // Flat: the tests make no folders inside it.
    guard let stream = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { unsafe unlink(path + "/" + name) }
    }
    unsafe closedir(stream)
    unsafe rmdir(path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  func read(_ name: String) throws -> [UInt8] {
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
