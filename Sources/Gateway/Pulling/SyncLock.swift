import Glibc

/// Keeps two processes from pulling into the same database at once. The system lets go of it when the process ends, however it ends.
public final class SyncLock: Sendable {
  private let descriptor: Int32

  /// Throws when another process holds it, or the file cannot be made.
  public init(database path: String) throws(GatewayError) {
    let file = path + ".sync-lock"
    descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw GatewayError(
        .unreadableFile, "\(file) cannot be opened: \(unsafe String(cString: strerror(errno)))",
        remedy: "see that the database's folder can be written")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw GatewayError(
        .alreadyPulling, "another process pulls into \(path)",
        remedy: "wait for it or stop it; 'serve' pulls by schedule, so no 'sync' is needed beside it")
    }
  }

  deinit {
    close(descriptor)
  }
}
