import Glibc

/// Cuts an input of any length into lines, reading large pieces and keeping no more than one line beyond them.
///
/// A line ends with LF, which is not part of it (a CR before it is); what follows the last LF is a line if it is not
/// empty. The bytes are whatever they are: not checked, NUL included.
struct LineReader: ~Copyable {
  enum Line: Equatable {
    /// Where the line stands in `bytes`, until the next call.
    case text(Range<Int>)
    /// Longer than allowed; it has been skipped to its end.
    case tooLong
  }

  private static let chunk = 256 << 10

  /// What was read and not yet used up.
  private(set) var bytes: [UInt8]
  private let descriptor: Int32?
  private let longestLine: Int
  /// The next line starts here.
  private var start = 0
  /// No line feed stands between `start` and here.
  private var searched = 0
  /// How much of `bytes` is filled.
  private var end: Int
  private var isAtEnd = false

  init(_ source: InputSource, longestLine: Int) {
    self.longestLine = longestLine
    switch source {
    case .bytes(let all):
      bytes = all
      end = all.count
      descriptor = nil
    case .descriptor(let number):
      bytes = [UInt8](repeating: 0, count: Self.chunk)
      end = 0
      descriptor = number
    }
  }

  /// The next line, or `nil` at the end of the input.
  ///
  /// - Parameter beforeWaiting: called when nothing can be read at once, so that answers are not held back from
  ///   whoever waits for them before asking on.
  mutating func next(beforeWaiting: () throws -> Void) throws -> Line? {
    var isSkipping = false
    while true {
      if let feed = lineFeed() {
        let line = start..<feed
        start = feed + 1
        searched = start
        return isSkipping || line.count > longestLine ? .tooLong : .text(line)
      }
      searched = end
      if end - start > longestLine {
        isSkipping = true
        start = end
      }
      if isAtEnd || descriptor == nil {
        guard start < end || isSkipping else { return nil }
        let line = start..<end
        start = end
        return isSkipping ? .tooLong : .text(line)
      }
      try fill(beforeWaiting)
    }
  }

  private func lineFeed() -> Int? {
    guard searched < end else { return nil }
    return unsafe bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress,
        let found = unsafe memchr(base + searched, 0x0A, end - searched)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }

  /// Reads once, behind what is left.
  private mutating func fill(_ beforeWaiting: () throws -> Void) throws {
    guard let descriptor else { return }
    makeRoom()
    if !isReady(descriptor, milliseconds: 0) { try beforeWaiting() }
    while true {
      let room = end..<bytes.count
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(descriptor, buffer.baseAddress?.advanced(by: room.lowerBound), room.count)
      }
      if count > 0 {
        end += count
        return
      }
      if count == 0 {
        isAtEnd = true
        return
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: _ = isReady(descriptor, milliseconds: -1)
      default: throw InputError(name: "the input", errno: errno)
      }
    }
  }

  /// Moves what is left to the front, and grows only for a line that fills everything.
  private mutating func makeRoom() {
    if start > 0 {
      if start < end {
        let (from, count) = (start, end - start)
        unsafe bytes.withUnsafeMutableBytes { buffer in
          if let base = buffer.baseAddress { unsafe memmove(base, base + from, count) }
        }
      }
      searched -= start
      end -= start
      start = 0
      if bytes.count > 4 * Self.chunk, end < Self.chunk {
        bytes = Array(bytes.prefix(Self.chunk))
      }
    }
    if bytes.count - end < Self.chunk / 2 {
      bytes.append(contentsOf: repeatElement(0, count: bytes.count))
    }
  }

  private func isReady(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) != 0
  }
}
