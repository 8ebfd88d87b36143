import Access
import Glibc
import Testing
import Work

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

  /// However many of its lanes are full of calls that take long, there is room for all that would be there without them.
  @Test func everyLaneHasPlacesOfItsOwn() {
    let usual = WorkLoop.Configuration()
    for (pushLanes, windows) in [(0, 0), (3, 1), (25, 5)] {
      let places = WorkStation.places(usual, pushLanes: pushLanes, windows: windows)
      let full = places.perLane * (pushLanes + windows + 1)
      #expect(places.concurrency - full == usual.concurrency && places.perLane == usual.perLane)
    }
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

  @Test(arguments: [("50/s", 50.0), ("300/m", 5.0), ("1/m", 1.0 / 60)]) func ratesAreRead(
    text: String, rate: Double
  ) {
    #expect(RequestRate(parsing: text)?.perSecond == rate)
  }

  @Test(arguments: ["", "5", "5/h", "0/s", "-1/s", "1.5/s", "5/s/s", "/s", "5 /s", "1000001/s"])
  func ratesThatAreNone(text: String) {
    #expect(RequestRate(parsing: text) == nil)
  }
}
