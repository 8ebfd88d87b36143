import Glibc

/// A file that is copied under another name first, and gets its own only when it has been found good.
struct FileCopy: Sendable {
  let source: String
  let destination: String
  /// Where the copy lies until then.
  var draft: String { destination + ".restoring" }

  init(of source: String, to destination: String) {
    self.source = source
    self.destination = destination
  }

  /// Copies the bytes to the draft, for its owner only, and to the disk; returns how many. Blocks.
  func write() throws(CommandFailure) -> Int {
    let input = unsafe open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure("\(source) cannot be read", errno) }
    defer { close(input) }
    discard()
    let output = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw failure("\(draft) cannot be written", errno) }
    defer { close(output) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var total = 0
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("\(source) cannot be read", errno) }
      if count == 0 { break }
      var start = 0
      while start < count {
        let written = unsafe buffer.withUnsafeBytes {
          unsafe Glibc.write(output, $0.baseAddress?.advanced(by: start), count - start)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          let number = errno
          discard()
          throw failure("\(draft) cannot be written", number)
        }
        start += written
      }
      total += count
    }
    guard fsync(output) == 0 else { throw failure("\(draft) cannot be written", errno) }
    return total
  }

  /// Gives the copy its name; an empty file of that name gives way, another never.
  func take() throws(CommandFailure) {
    if FileFacts.size(of: destination) == 0 { unsafe unlink(destination) }
    // link fails where the name is taken, where rename would overwrite.
    guard unsafe link(draft, destination) == 0 else { throw failure("\(destination) cannot be made", errno) }
    discard()
    let folder = destination.lastIndex(of: "/").map { String(destination[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("\(folder) cannot be opened", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("\(folder) cannot be written", errno) }
  }

  /// Removes the draft, and what looking at it left beside it.
  func discard() {
    for ending in ["", "-wal", "-shm"] { unsafe unlink(draft + ending) }
  }

  private func failure(_ what: String, _ number: Int32) -> CommandFailure {
    CommandFailure(
      .failure, "\(what): \(FileFacts.reason(number))",
      remedy: "check the folder, its rights and the room on the disk")
  }
}
