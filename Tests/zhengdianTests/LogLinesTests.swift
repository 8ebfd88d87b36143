import Documents
import Gateway
import Glibc
import Telemetry
import Testing

@testable import zhengdian

@Suite struct LogLinesTests {
  /// Whoever collects the log reads a line for each entry.
  @Test func everyEntryIsALineOfItsOwn() throws {
    let errors = Output()
    let log = Log.lines(to: errors)
    log(.info, "first", ["count": 1])
    log(.debug, "not shown")
    log(.error, "second", ["name": "a\nb"])
    let lines = errors.captured.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    let messages = try lines.dropLast().map { try JSONDocument(parsing: String($0)).root["message"]?.string }
    #expect(messages == ["first", "second"])
  }

  @Test(.timeLimit(.minutes(1))) func aReaderWhoDoesNotReadHoldsUpNobody() async throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    let errors = Output(descriptor: writing, environment: Environment([:]))
    let lines = 2_000
    let reader = try await errors.withLog { log in
      // More than a pipe holds.
      for number in 0..<lines { log(.info, "a line as long as others", ["number": .integer(number)]) }
      return Task { try await Self.countLines(from: reading, upTo: lines) }
    }
    #expect(try await reader.value == lines)
    close(reading)
    close(writing)
  }

  private static func countLines(from descriptor: Int32, upTo most: Int) async throws -> Int {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var count = 0
    while count < most {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&request, 1, 0) > 0 else {
        try await Task.sleep(for: .milliseconds(1))
        continue
      }
      let read = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      count += buffer.prefix(max(0, read)).count { $0 == 0x0A }
    }
    return count
  }
}
