import Documents
import Glibc
import Testing

@testable import Gateway

@Suite struct PartsTests {
  private let folder = TemporaryFolder()

  @Test func libraryFilesHaveStableNames() throws {
    folder.write("m/city/deed.yaml", "1")
    folder.write("m/city/deed/sample.json", "{}")
    folder.write("m/codes/area/names.yaml", "2")
    folder.write("m/.hidden/x.yaml", "3")
    folder.write("m/a.yaml", "4")
    for path in [folder.path + "/m", folder.path + "/m/"] {
      let library = LibraryFolder(path)
      #expect(try library.mappings().map(\.name) == ["a", "city/deed"])
      #expect(try library.codeLists().map(\.name) == ["area/names"])
      #expect(
        try library.files().map(\.path)
          == ["a", "city/deed", "codes/area/names"].map { "\(folder.path)/m/\($0).yaml" })
    }
    #expect(throws: GatewayError.self) { try LibraryFolder(folder.path + "/none").files() }
    unsafe symlink(folder.path + "/m", folder.path + "/m/city/loop")
    #expect(throws: GatewayError.self) { try LibraryFolder(folder.path + "/m").files() }
  }

  @Test func theInstalledLibraryIsFound() throws {
    let adapters = try LibraryFolder(Repository.root + "/Adapters").adapters()
    #expect(adapters.contains { $0.name == "families/zhejiang-public-data" })
    #expect(try LibraryFolder(Repository.root + "/Mappings").files().isEmpty == false)
  }

  @Test func filesAreReadWholeOrNotAtAll() throws {
    let text = String(repeating: "0123456789", count: 1000)
    let file = folder.write("file", text)
    #expect(try FileReading.bytes(of: file) == Array(text.utf8))
    #expect(try FileReading.bytes(of: file, limit: 10_000).count == 10_000)
    #expect(throws: GatewayError.self) { try FileReading.bytes(of: file, limit: 9_999) }
    #expect(throws: GatewayError.self) { try FileReading.bytes(of: folder.path) }
    #expect(try FileReading.bytes(of: folder.write("empty", "")) == [])
    #expect(throws: GatewayError.self) { try FileReading.secret(at: folder.write("blank", "\n\n")) }
    // Of a pipe's size nothing is known beforehand, and it is no regular file.
    let pipe = folder.path + "/pipe"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    #expect(throws: GatewayError.self) { try FileReading.bytes(of: pipe) }
  }

  @Test func aRateIsHeldOnTheAverage() {
    let start = ContinuousClock.now
    let limiter = RateLimiter(RequestRate(perSecond: 20), now: start)
    var allowed = 0
    // Ten seconds, a thousand attempts a second.
    for tick in 0..<10_000 {
      if limiter.take(at: start + .milliseconds(tick)) == .allowed { allowed += 1 }
    }
    #expect((200...221).contains(allowed))
    while limiter.take(at: start + .seconds(10)) == .allowed {}
    #expect(limiter.take(at: start + .seconds(10)) == .wait(seconds: 1))
    // After a rest no more than a burst.
    let later = start + .seconds(3600)
    #expect((0..<100).filter { _ in limiter.take(at: later) == .allowed }.count == 20)
  }

  @Test(arguments: [("50/s", 50.0), ("300/m", 5.0), ("1/m", 1.0 / 60)]) func ratesAreRead(
    text: String, rate: Double
  ) {
    #expect(RequestRate(parsing: text)?.perSecond == rate)
  }

  @Test(arguments: ["", "5", "5/h", "0/s", "-1/s", "1.5/s", "5/s/s", "/s", "5 /s", "1000001/s"])
  func ratesThatAreNone(text: String) {
    #expect(RequestRate(parsing: text) == nil)
  }

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
