import Gateway
import Glibc

/// A folder of adapters or mappings, and how the files that somebody names relate to it.
struct LibraryPlace: Sendable {
  /// As messages name it: short where it lies below the current folder.
  let path: String

  init(_ path: String) {
    let whole = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let current = Self.real(".").map { $0 + "/" }
    self.path =
      if let current, whole.hasPrefix(current) { String(whole.dropFirst(current.count)) } else { whole }
  }

  var folder: LibraryFolder { LibraryFolder(path) }

  /// The place of `file` below the folder, without `.yaml`; `nil` when it lies elsewhere, such as a draft.
  func name(of file: String) -> String? {
    guard file.hasSuffix(".yaml"), let root = Self.real(path), let real = Self.real(file),
      real.hasPrefix(root + "/")
    else { return nil }
    return String(real.dropFirst(root.count + 1).dropLast(".yaml".count))
  }

  /// Without links and dots; `nil` when there is no such file.
  private static func real(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
