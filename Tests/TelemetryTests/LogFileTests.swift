import Documents
import Glibc
import Telemetry
import Testing

@Suite struct LogFileTests {
  @Test func theLogWritesWholeLinesFromItsThread() async throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let file = try LogFile.start(descriptor: ends[1])
    let log = file.log(least: .info)
    log(.debug, "not shown")
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask {
          log(.warning, "a line", ["number": .integer(number), "text": "line\nbreak", "flag": .flag(true)])
        }
      }
    }
    await file.close()
    log(.error, "too late")
    close(ends[1])
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(ends[0], &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer.prefix(count)
    }
    close(ends[0])
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 200 && file.droppedLines == 0)
    var numbers: Set<Int> = []
    for line in lines {
      let entry = try JSONDocument(parsing: Array(line)).root
      #expect(entry["level"]?.string == "warning" && entry["message"]?.string == "a line")
      #expect(entry["text"]?.string == "line\nbreak" && entry["flag"]?.boolean == true)
      if let number = entry["number"]?.integer { numbers.insert(number) }
    }
    #expect(numbers.count == 200)
  }
}
