import Crypto
import Exchanges
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@testable import Journal

@Suite struct JournalPackageTests {
  private func package(
    _ fixture: JournalFixture, _ ids: [Int64], opening: Bool = false
  ) async throws -> [[UInt8]] {
    let lines = Mutex<[[UInt8]]>([])
    _ = try await fixture.journal.export(ids.map { ExchangeID($0) }, opening: opening) { line in
      lines.withLock { $0.append(line) }
    }
    return lines.withLock { $0 }
  }

  private func verify(_ lines: [[UInt8]], key: SM2.PublicKey? = nil) throws -> JournalVerification {
    var verifier = JournalPackageVerifier(key: key)
    for line in lines where !verifier.take(line) { break }
    return try verifier.finish()
  }

  @Test(arguments: [[5], [1, 12], [7, 8, 9], [13, 14]] as [[Int64]], [false, true])
  func packagesProveThemselves(_ ids: [Int64], _ opening: Bool) async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, ids, opening: opening)
      let result = try verify(lines)
      #expect(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.exchanges == ids.count && result.checkpoints > 0 && result.unsigned == 0)
      // Nothing of other exchanges but digests, and nothing in clear unless asked for.
      let text = lines.map { String(decoding: $0, as: UTF8.self) }.joined()
      #expect(text.ranges(of: "\"sealed\"").count == ids.count * 2 - (ids.contains(14) ? 1 : 0))
      #expect(text.contains("\"parts\"") && opening == text.contains("\"content\":\"AQ"))
    }
  }

  @Test func erasedContentsStayClosed() async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [2], opening: true)
      #expect(try verify(lines).finding == nil)
      let text = lines.map { String(decoding: $0, as: UTF8.self) }.joined()
      #expect(text.ranges(of: "\"content\":\"AQ").count == 1, "only the request opens")
      #expect(text.ranges(of: "\"sealed\"").count == 1, "only the request is left")
      // Without the entry that tells of the erasure the part is just missing.
      let silent = lines.filter { !String(decoding: $0, as: UTF8.self).contains("\"erased\"") }
      #expect(silent.count == lines.count - 1)
      #expect(try verify(silent).finding != nil)
      let firstVersion = [Array(String(decoding: lines[0], as: UTF8.self).replacing(":2,", with: ":1,").utf8)]
      #expect(try verify(firstVersion + lines.dropFirst()).finding?.kind == .malformed)
    }
  }

  @Test(arguments: [2, 5, 13] as [Int64])
  func everyChangedByteIsFound(_ id: Int64) async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [id], opening: true)
      var generator = SplitMix64(seed: 11)
      var unnoticed = 0
      for index in lines.indices {
        for _ in 0..<40 {
          var changed = lines
          let place = Int.random(in: 0..<changed[index].count, using: &generator)
          let byte = changed[index][place]
          // A letter of a hexadecimal digit's case says the same.
          changed[index][place] = byte == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
          if try verify(changed).finding == nil { unnoticed += 1 }
        }
      }
      #expect(unnoticed == 0)
    }
  }

  @Test func missingDoubledAndReorderedLinesAreFound() async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [5, 6, 13])
      for index in lines.indices {
        var fewer = lines
        fewer.remove(at: index)
        #expect(try verify(fewer).finding != nil, "line \(index) missing")
        if index + 1 < lines.count, lines[index] != lines[index + 1] {
          var swapped = lines
          swapped.swapAt(index, index + 1)
          // Where the checkpoint stands says nothing.
          if !String(decoding: lines[index + 1], as: UTF8.self).contains("checkpoint") {
            #expect(try verify(swapped).finding != nil, "line \(index) swapped")
          }
        }
      }
      #expect(try verify(Array(lines.prefix(3))).finding != nil)
      #expect(try verify([]).finding?.kind == .malformed)
      #expect(try verify([Array("nonsense".utf8)]).finding?.kind == .malformed)
    }
  }

  @Test func anotherKeyIsNamed() async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [5])
      #expect(try verify(lines, key: SM2.PrivateKey().publicKey).finding?.kind == .foreignKey)
      let publicKey = try verify(lines).publicKeys.first
      let key = try SM2.PublicKey(hex: try #require(publicKey))
      #expect(try verify(lines, key: key).finding == nil)
    }
  }

  @Test func whatIsNotThereCannotBeExported() async throws {
    try await ChainTests.lived { fixture in
      await #expect(throws: JournalError.self) { try await package(fixture, [99]) }
      await #expect(throws: JournalError.self) { try await package(fixture, []) }
    }
  }
}
