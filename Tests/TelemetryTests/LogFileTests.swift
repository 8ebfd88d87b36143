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

  @Test(.timeLimit(.minutes(1))) func whoReadsNothingHoldsUpNobodyAndIsToldWhatIsLost() async throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    let file = try LogFile.start(descriptor: writing)
    let log = file.log()
    for number in 0..<30_000 { log(.info, "a line", ["number": .integer(number)]) }
    #expect(file.droppedLines > 0)
    // The end is not waited for longer than that, and the reader may still come.
    await file.close(within: .milliseconds(10))
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.firstRange(of: Array("log lines were dropped".utf8)) == nil || bytes.last != 0x0A {
      let count = unsafe read(reading, &buffer, buffer.count)
      bytes = bytes.suffix(200) + buffer.prefix(max(0, count))
    }
    await file.close()
    let told = bytes.split(separator: 0x0A).last { $0.firstRange(of: Array("dropped".utf8)) != nil }
    let entry = try JSONDocument(parsing: Array(try #require(told))).root
    #expect(entry["count"]?.integer == file.droppedLines && entry["time"]?.string != nil)
    close(reading)
    close(writing)
  }
}
