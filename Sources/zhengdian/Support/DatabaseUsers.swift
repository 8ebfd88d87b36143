import Glibc

/// Whether another process has a database open.
enum DatabaseUsers {
  /// Where in the `-shm` file every connection of SQLite holds a shared lock as long as it is open (`UNIX_SHM_DMS` of
  /// its sources: eight locks and the "dead man's switch" behind 120 bytes).
  private static let switchOffset: off_t = 128

  /// Refuses to go on while the gateway runs: it holds the keys and the file as they were at its start.
  ///
  /// To be called while this process does not have the database open: closing any descriptor of a file takes away all
  /// locks of the process on it.
  static func requireNone(_ database: String) throws(CommandFailure) {
    guard let process = other(of: database) else { return }
    throw CommandFailure(
      .failure, "\(database) is open in another process\(process > 0 ? " (\(process))" : "")",
      remedy: "stop the gateway, run this again, and start it afterwards")
  }

  /// The number of such a process, -1 where the system does not tell it; `nil` when there is none.
  static func other(of database: String) -> Int32? {
    let descriptor = unsafe open(database + "-shm", O_RDWR | O_CLOEXEC)
    // Without this file nobody has it open.
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = switchOffset
    lock.l_len = 1
    guard unsafe fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
    return lock.l_pid
  }
}
