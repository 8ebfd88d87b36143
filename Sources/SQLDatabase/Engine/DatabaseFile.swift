internal import CSQLite
internal import Glibc

/// What has to be done about the file before the engine opens it.
enum DatabaseFile {
  /// Creates the file, for its owner only, when there is none: the engine would make it readable for
  /// everybody. Its log takes over the mode.
  static func prepare(_ path: String) throws(DatabaseError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor < 0 else {
      close(descriptor)
      return
    }
    let reason = unsafe String(cString: strerror(errno))
    switch errno {
    case ENOENT, ENOTDIR:
      throw DatabaseError(
        .cannotOpen, "\(path) cannot be created: its folder does not exist. Create it first.")
    case EISDIR:
      throw DatabaseError(.cannotOpen, "\(path) is a folder. Give the name of a file.")
    case EACCES, EPERM:
      throw DatabaseError(
        .permission, "Access to \(path) is refused. Check the owner and mode of the file and its folder.")
    case EROFS:
      throw DatabaseError(
        .readOnly, "\(path) is on a disk that is mounted read-only. Choose another folder or remount it.")
    case ENOSPC, EDQUOT:
      throw DatabaseError(.full, "There is no room left for \(path). Free disk space, then try again.")
    default:
      throw DatabaseError(.cannotOpen, "\(path) cannot be opened (\(reason)).")
    }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Settings of the library as a whole.
enum SQLiteLibrary {
  private static let result = zd_sqlite_configure()

  /// Done once; when another part of the process was first, its settings stay, which costs only speed.
  static func configure() {
    _ = result
  }
}
