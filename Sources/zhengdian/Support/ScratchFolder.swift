import Glibc

/// A new folder that only this user can enter, below TMPDIR's usual place.
struct ScratchFolder: Sendable {
  let path: String

  init(named name: String) throws(CommandFailure) {
    var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw CommandFailure(
        .failure, "no temporary folder can be made: \(unsafe String(cString: strerror(errno)))",
        remedy: "see that /tmp can be written")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes the folder with everything in it; what cannot be removed is told, since keys may lie there.
  func remove(telling errors: Output) {
    guard Self.remove(path) else {
      errors.line("\(path) could not be removed: \(unsafe String(cString: strerror(errno)))")
      return
    }
  }

  private static func remove(_ path: String) -> Bool {
    if let directory = unsafe opendir(path) {
      var names: [String] = []
      while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
          unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { names.append(name) }
      }
      unsafe closedir(directory)
      for name in names where !remove(path + "/" + name) { return false }
      return unsafe rmdir(path) == 0
    }
    return unsafe unlink(path) == 0
  }
}
