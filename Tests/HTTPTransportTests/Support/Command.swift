import Glibc

/// A child process for what tests take from the shell: openssl and gzip.
struct Command {
  let process: pid_t

  /// Starts `program` from the path, its output into `log`.
  init(_ program: String, _ arguments: [String], in folder: String, log: String = "/dev/null") throws {
    // A shell changes the folder, which posix_spawn cannot do portably; `exec` keeps the process id.
    let words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
    var process = pid_t()
    let code = unsafe posix_spawn(&process, "/bin/sh", &actions, nil, &copies, environ)
    guard code == 0 else { throw Failure(program: program, status: code) }
    self.process = process
  }

  struct Failure: Error {
    let program: String
    let status: Int32
  }

  func wait() -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  func end() {
    kill(process, SIGKILL)
    _ = wait()
  }

  /// Runs to the end; throws unless it exits with 0.
  static func run(_ program: String, _ arguments: [String], in folder: String) throws {
    let status = try Command(program, arguments, in: folder, log: folder + "/commands.log").wait()
    guard status == 0 else {
      throw Failure(program: program + ", see \(folder)/commands.log", status: status)
    }
  }
}
