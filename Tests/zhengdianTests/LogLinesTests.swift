import Documents
import Gateway
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
}
