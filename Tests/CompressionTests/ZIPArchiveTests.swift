import Foundation
import TestSupport
import Testing

@testable import Compression

@Suite struct ZIPArchiveTests {
  private static let entries = [
    ZIPEntry(path: "index.json", bytes: Array(#"{"a": 1}"#.utf8)),
    ZIPEntry(path: "封面/用电业务档案.html", bytes: Array("<p>档案</p>".utf8)), ZIPEntry(path: "empty", bytes: []),
    ZIPEntry(path: "bytes", bytes: (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }),
  ]
  private static let python = "/usr/bin/python3"

  @Test func whatIsWrittenIsReadAndTheSameEachTime() throws {
    let bytes = try ZIPArchive.write(Self.entries)
    #expect(try ZIPArchive.read(bytes) == Self.entries)
    #expect(try ZIPArchive.write(Self.entries) == bytes)
    #expect(try ZIPArchive.read(try ZIPArchive.write([])) == [])
  }

  @Test func theCheckIsTheOneOfTheFormat() {
    // The check value of CRC-32/ISO-HDLC.
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.of([]) == 0)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python)))
  func anotherProgramUnpacksIt() throws {
    let folder = TemporaryFolder()
    folder.write(try ZIPArchive.write(Self.entries), to: "a.zip")
    let script = """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      assert archive.testzip() is None
      for info in archive.infolist():
          print(info.filename, archive.read(info).hex())
      """
    let process = Process()
    process.executableURL = URL(filePath: Self.python)
    process.arguments = ["-X", "utf8", "-c", script, folder.file("a.zip")]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let lines = Self.entries.map { entry in
      "\(entry.path) \(entry.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\n"
    }
    #expect(String(decoding: said ?? Data(), as: UTF8.self) == lines.joined())
  }

  @Test func noByteCanBeAltered() throws {
    let bytes = try ZIPArchive.write(Self.entries)
    for place in bytes.indices {
      var altered = bytes
      altered[place] ^= 1 << UInt8(place % 8)
      #expect(throws: CompressionError.self, "byte \(place)") { try ZIPArchive.read(altered) }
    }
  }

  @Test func nothingCanBeCutOffOrPutIn() throws {
    let bytes = try ZIPArchive.write(Self.entries)
    for count in 0..<bytes.count {
      #expect(throws: CompressionError.self) { try ZIPArchive.read(Array(bytes.prefix(count))) }
    }
    for place in [0, 50, bytes.count - 30, bytes.count] {
      var more = bytes
      more.insert(0, at: place)
      #expect(throws: CompressionError.self) { try ZIPArchive.read(more) }
    }
  }
}
