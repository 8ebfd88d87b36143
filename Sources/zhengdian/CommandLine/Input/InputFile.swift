import Glibc

/// A file read whole.
enum InputFile {
  /// - Parameter most: a larger file is refused with `EFBIG` before it fills the memory.
  static func read(_ name: String, most: Int) throws(InputError) -> [UInt8] {
    let descriptor = unsafe open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(name: name, errno: errno) }
    defer { close(descriptor) }
    return try read(descriptor, name, most: most)
  }

  /// Reads a file that others may have put there: no link is followed, and a pipe or a device is not waited
  /// for.
  static func readRegular(_ name: String, most: Int) throws(InputError) -> [UInt8] {
    let descriptor = unsafe open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw errno == ELOOP
        ? InputError(name: name, reason: "it is a link, and only files are taken")
        : InputError(name: name, errno: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw InputError(name: name, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw InputError(name: name, reason: "it is no regular file")
    }
    return try read(descriptor, name, most: most)
  }

  /// Gives the lines of a file of any size one by one, without their ends; empty ones are left out.
  ///
  /// - Parameters:
  ///   - longest: a longer line is refused.
  ///   - body: false ends it.
  static func forEachLine(of name: String, longest: Int, _ body: ([UInt8]) throws -> Bool) throws {
    let descriptor = unsafe open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(name: name, errno: errno) }
    defer { close(descriptor) }
    var reader = LineReader(.descriptor(descriptor), longestLine: longest)
    while let line = try reader.next(beforeWaiting: {}) {
      switch line {
      case .tooLong: throw InputError(name: name, reason: "a line of it is too long")
      case .text(let place):
        if !place.isEmpty, !(try body(Array(reader.bytes[place]))) { return }
      }
    }
  }

  /// Reads what is left of an open file or pipe; the descriptor stays the caller's.
  static func read(_ descriptor: Int32, _ name: String, most: Int) throws(InputError) -> [UInt8] {
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_size > most {
      throw InputError(name: name, errno: EFBIG)
    }
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 64 << 10))
    var end = 0
    while true {
      let room = end..<bytes.count
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: room.lowerBound), room.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw InputError(name: name, errno: errno)
      }
      if count == 0 { break }
      end += count
      if end > most { throw InputError(name: name, errno: EFBIG) }
      if end == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    }
    bytes.removeLast(bytes.count - end)
    return bytes
  }
}
