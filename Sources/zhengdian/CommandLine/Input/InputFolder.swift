import Glibc

/// What lies in a folder.
enum InputFolder {
  private static let deepest = 16

  /// The paths, in order, of all files below `folder`, without it; what starts with a dot left out but for `all`.
  static func tree(below folder: String, all: Bool = false) throws(InputError) -> [String] {
    try tree(below: folder, all: all, depth: 0)
  }

  private static func tree(below folder: String, all: Bool, depth: Int) throws(InputError) -> [String] {
    // Perhaps a link leads back up.
    guard depth < deepest else { throw InputError(name: folder, errno: ELOOP) }
    var paths: [String] = []
    for name in try files(in: folder, ending: "", all: all) {
      var status = stat()
      guard unsafe stat("\(folder)/\(name)", &status) == 0 else {
        throw InputError(name: "\(folder)/\(name)", errno: errno)
      }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        paths.append(name)
        continue
      }
      paths += try tree(below: "\(folder)/\(name)", all: all, depth: depth + 1).map { "\(name)/\($0)" }
    }
    return paths
  }

  /// The names, in order, of the files in `folder` that end in `ending` (`.yaml`); those that start with a dot left out but
  /// for `all`.
  static func files(in folder: String, ending: String, all: Bool = false) throws(InputError) -> [String] {
    guard let directory = unsafe opendir(folder) else { throw InputError(name: folder, errno: errno) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      let isHidden = all ? name == "." || name == ".." : name.hasPrefix(".")
      if name.hasSuffix(ending), !isHidden { names.append(name) }
    }
    if errno != 0 { throw InputError(name: folder, errno: errno) }
    return names.sorted()
  }
}
