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
      // The first has a problem beside what was said; that of the seventh was taken back.
      let sealed = ids.count * 2 - (ids.contains(14) ? 1 : 0) + (ids.contains(1) ? 1 : 0)
      #expect(text.ranges(of: "\"sealed\"").count == sealed && result.contents == sealed)
      #expect(result.named == Set(ids))
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
      #expect(try verify(Self.older(lines, version: 2)).finding == nil)
      #expect(try verify(Self.older(lines, version: 1)).finding?.kind == .malformed)
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
          guard let finding = try verify(changed).finding else {
            unnoticed += 1
            continue
          }
          // The first line is of no entry.
          #expect(index == 0 || finding.entry != nil, "\(finding)")
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

  /// As a program wrote it that did not say of which exchanges a package is, and left out the texts of problems.
  private static func older(_ lines: [[UInt8]], version: Int) -> [[UInt8]] {
    lines.map { line in
      var text = String(decoding: line, as: UTF8.self)
        .replacing("\"version\":4,", with: "\"version\":\(version),")
        .replacing(/,"exchanges":\[[0-9,]+\]/, with: "")
      if text.contains("\"concluded\"") { text = text.replacing(/,"parts":.*$/, with: "}") }
      return Array(text.utf8)
    }
  }

  @Test(arguments: [([1, 5], 1), ([1, 7], 1), ([2], 2), ([13, 14], 2)] as [([Int64], Int)])
  func packagesOfOlderProgramsStillProveThemselves(_ ids: [Int64], _ version: Int) async throws {
    try await ChainTests.lived { fixture in
      let result = try verify(Self.older(try await package(fixture, ids), version: version))
      #expect(result.finding == nil, "\(result.finding?.description ?? "")")
      #expect(result.exchanges == ids.count && result.named == nil)
    }
  }

  /// The digest of an entry is no secret, so any can be given in place of what it is of: what is left out has to be missed.
  private static func hiding(
    _ lines: [[UInt8]], where isHidden: (String) -> Bool, like whole: [[UInt8]]
  ) -> [[UInt8]] {
    let digests = Dictionary(
      whole.map { String(decoding: $0, as: UTF8.self) }.map { (beginning($0), $0) },
      uniquingKeysWith: { first, _ in first })
    return lines.map { line in
      let text = String(decoding: line, as: UTF8.self)
      return isHidden(text) ? Array(digests[beginning(text)]?.utf8 ?? "".utf8) : line
    }
  }

  /// Number, kind, exchange, moment and link.
  private static func beginning(_ line: String) -> Substring {
    line.firstMatch(of: /^.*?"link":"[0-9a-f]+"/)?.0 ?? ""
  }

  @Test(
    arguments: [
      (5, "concluded", 1), (7, "concluded", 1), (13, "answered", 2), (5, "concluded", 4),
      (7, "concluded", 4), (13, "answered", 4), (13, "recorded", 4), (2, "erased", 4),
    ] as [(Int64, String, Int)])
  func whatBecameOfAnExchangeIsNotCutOut(_ id: Int64, _ kind: String, _ version: Int) async throws {
    try await ChainTests.lived { fixture in
      var lines = try await package(fixture, [id])
      if version < 4 { lines = Self.older(lines, version: version) }
      let others = try await package(fixture, id == 2 ? [1, 11] : [2, 11])
      let hidden = Self.hiding(
        lines, where: { $0.contains("\"kind\":\"\(kind)\",\"exchange\":\(id),") }, like: others)
      #expect(hidden != lines && hidden.allSatisfy { !$0.isEmpty })
      let finding = try verify(hidden).finding
      #expect(finding?.kind == .missingContent && finding?.exchange == id)
    }
  }

  @Test func anExchangeIsNotCutOut() async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [5, 7])
      let others = try await package(fixture, [2, 11])
      let hidden = Self.hiding(lines, where: { $0.contains("\"exchange\":7,") }, like: others)
      let finding = try verify(hidden).finding
      #expect(finding?.kind == .missingContent && finding?.exchange == 7)
      // Nor by saying that it is of the other only, which the verdict then tells.
      let head = Array(String(decoding: lines[0], as: UTF8.self).replacing("[5,7]", with: "[5]").utf8)
      #expect(try verify([head] + hidden.dropFirst()).named == [5])
      #expect(try verify([head] + lines.dropFirst()).finding?.kind == .malformed)
      // One that it claims to be of is there from its beginning.
      let claimed = Array(String(decoding: lines[0], as: UTF8.self).replacing("[5,7]", with: "[2,5,7]").utf8)
      let missing = try verify([claimed] + lines.dropFirst()).finding
      #expect(missing?.kind == .missingExchange && missing?.exchange == 2)
    }
  }

  @Test(arguments: [false, true]) func theTextOfAProblemIsExported(_ opening: Bool) async throws {
    try await ChainTests.lived { fixture in
      let lines = try await package(fixture, [1], opening: opening)
      let place = try #require(
        lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"problem\":{\"sealed\"") })
      let text = String(decoding: lines[place], as: UTF8.self)
      #expect(text.contains("\"kind\":\"concluded\"") && text.contains("\"content\":\"AQ") == opening)
      var changed = lines
      changed[place] = Array(text.replacing(/,"parts":.*$/, with: "}").utf8)
      let cut = try verify(changed).finding
      #expect(cut?.kind == .missingContent && cut?.exchange == 1)
      changed[place] = Array(text.replacing("\"sealed\":\"", with: "\"sealed\":\"AAAA").utf8)
      #expect(try verify(changed).finding?.kind == .alteredContent)
      // Erased, it is explained; and so is what replaced it.
      try await fixture.journal.erase(ExchangeID(1), parts: [.problem])
      let erased = try await package(fixture, [1], opening: opening)
      #expect(try verify(erased).finding == nil && erased.count > lines.count)
      try await fixture.database.write {
        try fixture.journal.conclude(ExchangeID(4), .failed, JournalFixture.problem, in: $0)
      }
      let again = try verify(try await package(fixture, [4], opening: opening))
      #expect(again.finding == nil && again.contents == 3)
    }
  }

  @Test func theKeyOfACheckpointIsNamed() async throws {
    try await ChainTests.lived { fixture in
      var lines = try await package(fixture, [5])
      let text = String(decoding: lines[lines.count - 1], as: UTF8.self)
      let number = try verify(lines).entries + 9
      for key in [String(repeating: "0", count: 128), "04", "zz"] {
        lines[lines.count - 1] = Array(
          text.replacing(/"publicKey":"[0-9a-f]+"/, with: "\"publicKey\":\"\(key)\"").utf8)
        let finding = try verify(lines).finding
        #expect(finding?.kind == (key == "zz" ? .malformed : .badCheckpoint))
        #expect(finding?.entry == number, "\(String(describing: finding))")
      }
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
