import Glibc

/// Files and folders that a command writes for other programs.
enum OutputFile {
  /// Makes the folder, which only this user may enter; its parent must be there. One that is there stays as it is.
  static func makeFolder(_ path: String) throws(CommandFailure) {
    if unsafe mkdir(path, 0o700) == 0 { return }
    let number = errno
    var status = stat()
    if number == EEXIST, unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw OutputFile.failure(path, number)
  }

  /// Writes the file in one step: whoever reads it sees the old one or the whole new one.
  ///
  /// - Parameter mode: 0600 for what others must not read.
  static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(CommandFailure) {
    try write(Array(text.utf8), to: path, mode: mode)
  }

  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(CommandFailure) {
    let draft = try Draft(path, mode: mode)
    try draft.add(bytes)
    try draft.finish()
  }

  /// A file that is written piece by piece; until it is whole, nobody sees it.
  final class Draft {
    private let path: String
    private let draft: String
    private var descriptor: Int32

    /// - Parameter mode: 0600 for what others must not read.
    init(_ path: String, mode: mode_t = 0o600) throws(CommandFailure) {
      self.path = path
      draft = "\(path).\(getpid()).new"
      descriptor = unsafe Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      guard descriptor >= 0 else { throw OutputFile.failure(path, errno) }
    }

    deinit {
      guard descriptor >= 0 else { return }
      Glibc.close(descriptor)
      unsafe unlink(draft)
    }

    func add(_ bytes: [UInt8]) throws(CommandFailure) {
      if let problem = OutputFile.put(bytes, descriptor) { throw OutputFile.failure(path, problem) }
    }

    /// Puts the file into its place.
    func finish() throws(CommandFailure) {
      var problem: Int32?
      if fsync(descriptor) != 0 { problem = errno }
      if close(descriptor) != 0, problem == nil { problem = errno }
      descriptor = -1
      if problem == nil, unsafe rename(draft, path) != 0 { problem = errno }
      guard let problem else { return }
      unsafe unlink(draft)
      throw OutputFile.failure(path, problem)
    }
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  private static func put(_ bytes: [UInt8], _ descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
      }
      if count < 0, errno != EINTR { return errno }
      start += max(0, count)
    }
    return nil
  }

  private static func failure(_ path: String, _ number: Int32) -> CommandFailure {
    CommandFailure(
      .failure, "\(path) cannot be written: \(unsafe String(cString: strerror(number)))",
      remedy: "name a folder in which this user may write")
  }
}
