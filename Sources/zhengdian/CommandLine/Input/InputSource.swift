import Glibc

/// Where a command reads from.
enum InputSource: Sendable {
  /// An open file descriptor, which stays the caller's.
  case descriptor(Int32)
  /// What a test types.
  case bytes([UInt8])

  static let standardInput = InputSource.descriptor(STDIN_FILENO)

  /// Reads the file of that name whole; `-` is this input.
  func read(_ file: String, most: Int) throws(InputError) -> [UInt8] {
    switch (file, self) {
    case ("-", .bytes(let bytes)): bytes
    case ("-", .descriptor(let number)): try InputFile.read(number, "the input", most: most)
    default: try InputFile.read(file, most: most)
    }
  }
}

/// An input or file that cannot be read.
struct InputError: Error, Sendable, CustomStringConvertible {
  let name: String
  let reason: String

  init(name: String, errno number: Int32) {
    self.name = name
    reason = unsafe String(cString: strerror(number))
  }

  init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  var description: String { "\(name) cannot be read: \(reason)" }
}
