public import Documents
import Glibc

extension SiteConfiguration {
  /// Reports, at its place in the file, a database that can neither be opened nor made where it should lie. Looks at the
  /// file system and changes nothing.
  public func checkDatabase(_ diagnostics: Diagnostics) {
    guard let reason = Self.obstacle(to: database) else { return }
    diagnostics.error("configuration.database: \(database) cannot be used: \(reason)", at: databaseMark)
  }

  /// Reports, at their places, the folders of adapters and mappings that the file names and that are none.
  public func checkLibraries(_ diagnostics: Diagnostics) {
    for (key, folder, mark) in [
      ("adapters", adaptersFolder, adaptersMark), ("mappings", mappingsFolder, mappingsMark),
    ] {
      guard let mark, Self.kind(of: folder) != S_IFDIR else { continue }
      diagnostics.error("configuration.\(key): there is no folder \(folder)", at: mark)
    }
  }

  private static func obstacle(to path: String) -> String? {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard let kind = kind(of: folder) else { return "there is no folder \(folder); make it first" }
    guard kind == S_IFDIR else { return "\(folder) is no folder" }
    // Its log comes to lie beside it.
    guard unsafe access(folder, W_OK | X_OK) == 0 else {
      return "the folder \(folder) cannot be written (\(reason(errno))); check its owner, mode and disk"
    }
    guard let kind = Self.kind(of: path) else { return nil }
    guard kind != S_IFDIR else { return "it is a folder; name a file" }
    guard unsafe access(path, R_OK | W_OK) == 0 else {
      return "it cannot be read and written (\(reason(errno))); check its owner and mode"
    }
    return nil
  }

  /// nil: there is nothing.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  private static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
