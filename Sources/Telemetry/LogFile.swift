import CivilTime
import Glibc
import Synchronization

/// Writes log lines to a file descriptor from a thread of its own, so that a reader who does not read holds up nobody.
///
/// When more than so many lines wait, new ones are dropped and counted; a line says how many, once there is room again.
@safe public final class LogFile: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    var dropped = 0
    var isClosed = false
    var isEnded = false
  }

  public static let standardError: Int32 = 2
  private static let mostWaiting = 10_000

  private let descriptor: Int32
  private let state = Mutex(State())
  /// Posted for each line that finds the list empty, and at the end.
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  /// Starts the thread. It ends with ``close()``.
  public static func start(descriptor: Int32 = standardError) throws(TelemetryError) -> LogFile {
    let file = LogFile(descriptor: descriptor)
    try file.startThread()
    return file
  }

  private init(descriptor: Int32) {
    self.descriptor = descriptor
    unsafe semaphore = .allocate(capacity: 1)
    let result = unsafe sem_init(semaphore, 0, 0)
    precondition(result == 0, "a semaphore of this process can always be made")
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  /// The log that writes here, one JSON object a line.
  public func log(least: Log.Level = .info) -> Log {
    Log(least: least) { entry in self.add(entry.jsonLine) }
  }

  public var droppedLines: Int { state.withLock { $0.dropped } }

  /// Writes what waits and ends the thread. Lines that come later are lost, and so are those that nobody
  /// reads within the limit.
  public func close(within limit: Duration = .seconds(5)) async {
    state.withLock { $0.isClosed = true }
    unsafe sem_post(semaphore)
    let end = ContinuousClock.now + limit
    while !state.withLock({ $0.isEnded }), ContinuousClock.now < end {
      do { try await Task.sleep(for: .milliseconds(2)) } catch { return }
    }
  }

  private func add(_ line: [UInt8]) {
    let mustWake = state.withLock { state in
      guard !state.isClosed else { return false }
      guard state.lines.count < Self.mostWaiting else {
        state.dropped += 1
        return false
      }
      state.lines.append(line)
      return state.lines.count == 1
    }
    if mustWake { unsafe sem_post(semaphore) }
  }

  private func startThread() throws(TelemetryError) {
    let retained = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread, nil,
      { raw in
        guard let raw = unsafe raw else { return nil }
        unsafe Unmanaged<LogFile>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, retained.toOpaque())
    guard result == 0 else {
      unsafe retained.release()
      throw TelemetryError(
        .system, "a thread cannot be started (error \(result))",
        remedy: "raise the limit of processes and threads")
    }
    pthread_detach(thread)
  }

  private func run() {
    var told = 0
    while true {
      let (lines, dropped, isClosed) = state.withLock { state in
        defer { state.lines = [] }
        return (state.lines, state.dropped, state.isClosed)
      }
      if lines.isEmpty {
        if isClosed { break }
        while unsafe sem_wait(semaphore) != 0 {}  // EINTR
        continue
      }
      var bytes: [UInt8] = []
      for line in lines {
        bytes += line
        bytes.append(UInt8(ascii: "\n"))
      }
      if dropped > told {
        let entry = Log.Entry(
          time: .now(), level: .warning, message: "log lines were dropped",
          metadata: [(name: "count", value: .integer(dropped - told))])
        bytes += entry.jsonLine + [UInt8(ascii: "\n")]
        told = dropped
      }
      write(bytes)
    }
    state.withLock { $0.isEnded = true }
  }

  /// A descriptor that takes nothing any more loses the lines: there is no better place to say so.
  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
        continue
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
