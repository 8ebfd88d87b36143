import Documents
import Glibc
import Synchronization

/// Standard output or standard error as a command sees it: text, JSON Lines, and on a terminal colours and a status
/// line. Each call writes through, so nothing is held back from a log; what is written in bulk is gathered by its
/// writer (`JSONLines`, `TextTable`).
///
/// When the reader goes away (a closed pipe), what follows is dropped: work that matters goes on, and work that only
/// produces output looks at `isOpen`. Other failures (a full disk) are kept for the end of the program.
final class Output: Sendable {
  private enum Sink {
    case descriptor(Int32)
    case memory
  }

  private struct State {
    var captured: [UInt8] = []
    var isClosed = false
    /// The `errno` of the first write that failed for another reason than a closed pipe.
    var failure: Int32?
    /// What stands in the last row of the terminal until the next call.
    var status = ""
  }

  /// Whether a person is looking; then lines may be rewritten.
  let isTerminal: Bool
  /// Whether text may carry colours: on a terminal, unless NO_COLOR is set (no-color.org) or it can do nothing.
  let usesColour: Bool
  private let sink: Sink
  private let state = Mutex(State())

  /// - Parameter descriptor: stays the caller's.
  init(descriptor: Int32, environment: Environment) {
    sink = .descriptor(descriptor)
    isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    usesColour = isTerminal && environment["NO_COLOR"] == nil
  }

  /// Keeps what is written, for tests.
  init(capturingAsTerminal isTerminal: Bool = false, usesColour: Bool = false) {
    sink = .memory
    self.isTerminal = isTerminal
    self.usesColour = usesColour
  }

  /// Where it writes to; nil when it captures.
  var descriptor: Int32? {
    if case .descriptor(let number) = sink { number } else { nil }
  }

  /// What was written to an output that captures.
  var captured: String { String(decoding: state.withLock { $0.captured }, as: UTF8.self) }

  /// False once nobody reads any more, or writing failed.
  var isOpen: Bool { state.withLock { !$0.isClosed } }

  /// Why writing failed, if it did and the reader did not just go away.
  var failure: String? {
    guard let number = state.withLock({ $0.failure }) else { return nil }
    return unsafe String(cString: strerror(number))
  }

  /// Writes a line.
  func line(_ text: String = "") {
    write(Array((text + "\n").utf8))
  }

  /// Writes one JSON object on a line of its own.
  func json(_ body: (inout JSONWriter) throws -> Void) rethrows {
    var writer = JSONWriter()
    try writer.object(body)
    write(writer.bytes + [0x0A])
  }

  /// Writes bytes as they are.
  func write(_ bytes: [UInt8]) {
    state.withLock { state in
      if state.status.isEmpty { return put(bytes, &state) }
      put(Array(TerminalText.clearLine.utf8) + bytes + Array(state.status.utf8), &state)
    }
  }

  /// Shows `text` in the terminal's last row, below the lines, until it is replaced; empty removes it. Nothing
  /// happens where nobody looks.
  func show(status text: String) {
    guard isTerminal else { return }
    state.withLock { state in
      state.status = text
      put(Array((TerminalText.clearLine + text).utf8), &state)
    }
  }

  /// How many columns the terminal has; 80 where there is none.
  var columns: Int {
    // struct winsize (ioctl_tty(2)): rows, columns and twice pixels. Which module the C type belongs to depends on
    // what else is imported, so it is not named.
    var size: [UInt16] = [0, 0, 0, 0]
    guard case .descriptor(let number) = sink, unsafe ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size[1] > 0
    else { return 80 }
    return Int(size[1])
  }

  private func put(_ bytes: [UInt8], _ state: inout State) {
    guard !state.isClosed else { return }
    switch sink {
    case .memory: state.captured += bytes
    case .descriptor(let number):
      guard let problem = Self.write(bytes, to: number) else { return }
      state.isClosed = true
      if problem != EPIPE { state.failure = problem }
    }
  }

  /// The `errno` of what went wrong, or `nil`.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start)
      }
      if count >= 0 {
        start += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
      default: return errno
      }
    }
    return nil
  }
}
