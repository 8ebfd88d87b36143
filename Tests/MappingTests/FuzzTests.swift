import Certificates
import Documents
import Exchanges
import Foundation
import Mapping
import TestSupport
import Testing

/// Random messages against real mappings: nothing traps, every row is accounted for, and every locator leads back.
@Suite struct FuzzTests {
  static func library() throws -> MappingLibrary {
    let folder = try MappingsFolder(RepositoryMappingsTests.folder)
    return MappingLibrary(
      mappings: folder.mappings, codeLists: folder.codeLists, diagnostics: Diagnostics())
  }

  /// Bytes of a sample with some of them changed, dropped or repeated.
  static func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = Array("0/9-\"{}[],:.无 Xx".utf8).randomElement(using: &random) ?? 0
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[place], at: place)
      case 3:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
        bytes.replaceSubrange(place..<end, with: Array("null".utf8))
      default:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
        let other = Int.random(in: bytes.indices, using: &random)
        bytes.insert(contentsOf: Array(bytes[place..<end]), at: other)
      }
    }
    return bytes
  }

  /// A JSON value with the names that mappings look for.
  static func randomJSON(_ names: [String], _ depth: Int, _ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 12 : 8), using: &random) {
    case 0: return "null"
    case 1: return "true"
    case 2: return String(Int.random(in: -5...20_300_000, using: &random))
    case 3: return "1.5E\(Int.random(in: -400...400, using: &random))"
    case 4: return #""""#
    case 5:
      return
        #""20\#(Int.random(in: 10...99, using: &random))-0\#(Int.random(in: 0...9, using: &random))-1\#(Int.random(in: 0...9, using: &random))""#
    case 6:
      return [
        #""长期""#, #""/""#, #"" 无 ""#, #""\ud800x""#, #""１２３""#, #""许可办结""#, #""承装三级、承修""#, #""\u0000""#,
      ].randomElement(using: &random) ?? "0"
    case 7: return #""9133019\#(Int.random(in: 0...9, using: &random))TXPU6EH46Q""#
    case 8, 9:
      let count = Int.random(in: 0...4, using: &random)
      let elements = (0..<count).map { _ in randomJSON(names, depth - 1, &random) }
      return "[" + elements.joined(separator: ",") + "]"
    default:
      let count = Int.random(in: 0...12, using: &random)
      let members = (0..<count).map { _ in
        "\"\(names.randomElement(using: &random) ?? "x")\":" + randomJSON(names, depth - 1, &random)
      }
      return "{" + members.joined(separator: ",") + "}"
    }
  }

  static func check(_ mapping: CompiledMapping, _ message: MessageDocument) throws {
    let result: MappingResult
    do {
      result = try mapping.apply(to: message)
    } catch {
      #expect(error.code == .rowsNotFound)
      return
    }
    let taken = Set(result.records.map(\.locator)).union(result.quarantined.map(\.locator))
    #expect(taken.count + result.skipped == result.rows)
    for row in result.quarantined { #expect(!row.reasons.isEmpty) }
    for mapped in result.records {
      #expect(mapped.record.identity != nil)
      let again = try CertificateRecord(decoding: mapped.record.encode())
      #expect(again == mapped.record)
    }
    if let mapped = result.records.last {
      let row = try mapping.derive(mapped.locator, entity: mapped.entity, in: message)
      #expect(row?.record == mapped.record)
    }
    if let bad = result.quarantined.last {
      let row = try mapping.derive(bad.locator, entity: bad.entity, in: message)
      #expect(row?.reasons == bad.reasons)
    }
  }

  @Test(arguments: 0..<3)
  func damagedSamples(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try MappingsFolder(RepositoryMappingsTests.folder)
    let library = try Self.library()
    var parsed = 0
    for mapping in library.mappings {
      let sample = try folder.bytes(of: "\(mapping.name)/page.\(mapping.format.rawValue)")
      for _ in 0..<8 {
        let bytes = Self.damaged(sample, &random)
        do {
          let message = try MessageDocument(parsing: bytes, as: mapping.format)
          parsed += 1
          try Self.check(mapping, message)
        } catch is DocumentError {
          // Most damage makes no document at all; that is the parser's matter.
        }
      }
    }
    #expect(parsed > 0)
  }

  @Test(arguments: 0..<3)
  func randomRows(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 100)
    let library = try Self.library()
    for mapping in library.mappings where mapping.format == .json {
      let source = String(decoding: mapping.bundle, as: UTF8.self)
      let names = Set(source.matches(of: /\$\.([a-zA-Z]+)/).map { String($0.1) }).sorted()
      for _ in 0..<6 {
        let rows = (0..<20).map { _ in Self.randomJSON(names, 3, &random) }.joined(separator: ",")
        let json = #"{"datas":[\#(rows)],"data":{"rows":[\#(rows)],"list":[\#(rows)]}}"#
        try Self.check(mapping, .json(JSONDocument(parsing: json)))
      }
    }
  }

  @Test(arguments: 0..<4)
  func randomTables(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 200)
    let mapping = try #require(try Self.library()["real-estate/deeds"])
    let names = ["BDCDYH", "BDCQZH", "SXH", "ZJH", "ZJZL", "QLRMC", "JZMJ", "DJSJ", "QSZT", "GXSJ", "QXDM"]
    let values = [
      "/", "", "1", "7", "2", "330199007006GB72949F00053023", "浙(2019)杭州市不动产权第6572949号", "x", "12.5",
      "20190101000000",
    ]
    for _ in 0..<30 {
      var xml = "<Message><Data>"
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let table =
          ["KTT_FW_H", "ZTT_GY_QLR", "QLT_FW_FDCQ_YZ", "DJT_DJ_SL"].randomElement(using: &random) ?? ""
        let columns = names.shuffled(using: &random).prefix(Int.random(in: 0...11, using: &random)).map {
          "\($0)=\"\(values.randomElement(using: &random) ?? "")\""
        }
        xml += "<\(table) \(columns.joined(separator: " "))/>"
      }
      try Self.check(mapping, .xml(XMLDocument(parsing: xml + "</Data></Message>")))
    }
  }
}
