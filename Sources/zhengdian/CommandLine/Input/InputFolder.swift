import Glibc

/// What lies in a folder.
enum InputFolder {
  /// The names, in order, of the files in `folder` that end in `ending` (`.yaml`); those that start with a dot left out.
  static func files(in folder: String, ending: String) throws(InputError) -> [String] {
    guard let directory = unsafe opendir(folder) else { throw InputError(name: folder, errno: errno) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(ending), !name.hasPrefix(".") { names.append(name) }
    }
    if errno != 0 { throw InputError(name: folder, errno: errno) }
    return names.sorted()
  }
}
