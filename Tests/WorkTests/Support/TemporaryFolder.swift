import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    let template = Array("/tmp/zhengdian-work-XXXXXX".utf8CString)
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
}
