import Documents
import TestSupport
import Testing

struct CharsetTests {
  @Test(arguments: [
    ("UTF-8", Charset.utf8), ("utf8", .utf8), ("GBK", .gb18030), ("gb2312", .gb18030), ("GB18030", .gb18030),
    ("cp936", .gb18030),
    ("latin-1", nil), ("", nil), ("big5", nil),
  ])
  func knowsNames(_ name: String, _ charset: Charset?) { #expect(Charset(name: name) == charset) }

  @Test(arguments: [
    ("中文", [0xD6, 0xD0, 0xCE, 0xC4]), ("A1", [0x41, 0x31]), ("€", [0xA2, 0xE3]),
    ("㐀", [0x81, 0x39, 0xEE, 0x39]),
    ("\u{1F600}", [0x94, 0x39, 0xFC, 0x36]),
    ("不动产权证", [0xB2, 0xBB, 0xB6, 0xAF, 0xB2, 0xFA, 0xC8, 0xA8, 0xD6, 0xA4]), ("", []),
    ("镕", [0xE9, 0x46]), ("a\u{0}b\r\n", [0x61, 0x00, 0x62, 0x0D, 0x0A]),
  ])
  func convertsGB18030(_ text: String, _ bytes: [UInt8]) throws {
    #expect(try Charset.gb18030.decode(bytes) == Array(text.utf8))
    #expect(try Charset.gb18030.encode(Array(text.utf8)) == bytes)
  }

  @Test(arguments: [
    ([0x41, 0xD6], 1), ([0xD6, 0xD0, 0xFF, 0x41], 2), ([0xFF], 0), ([0x41, 0x42, 0xD6, 0x20, 0x41], 2),
    ([0x80], 0), ([0x94, 0x39, 0xFC], 0),
    ([0x0A, 0x61, 0xD6, 0xD0, 0x94, 0x39, 0xFC, 0x36, 0xD6, 0xFF], 8), ([0x81, 0x30], 0),
  ])
  func saysWhereGB18030IsDamaged(_ bytes: [UInt8], _ offset: Int) {
    let error = #expect(throws: DocumentError.self) { try Charset.gb18030.decode(bytes) }
    #expect(error?.code == .damagedCharacter && error?.position?.offset == offset)
  }

  @Test func countsColumnsOfGB18030InCharacters() {
    let error = #expect(throws: DocumentError.self) {
      try Charset.gb18030.decode([0x0A, 0x61, 0xD6, 0xD0, 0x94, 0x39, 0xFC, 0x36, 0xD6, 0xFF])
    }
    #expect(error?.position == DocumentPosition(line: 2, column: 4, offset: 8))
  }

  @Test(arguments: [
    ([0x41, 0xC0, 0xAF], 1), ([0xE0, 0x9F, 0x80], 0), ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
    ([0xE4, 0xB8], 0), ([0xE4], 0),
    ([0xC3], 0), ([0xC3, 0x28], 0), ([0x80], 0), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0),
    ([0xF0, 0x8F, 0x80, 0x80], 0), ([0xD6, 0xD0, 0xCE, 0xC4], 0),
    ([0x41, 0xE4, 0xB8, 0xAD, 0xFF], 4), ([0xF0, 0x9F, 0x98], 0), ([0xC1, 0xBF], 0),
  ])
  func saysWhereUTF8IsDamaged(_ bytes: [UInt8], _ offset: Int) {
    for padding in 0..<20 {
      let padded = [UInt8](repeating: 0x78, count: padding) + bytes
      let error = #expect(throws: DocumentError.self) { try Charset.utf8.decode(padded) }
      #expect(error?.code == .damagedCharacter && error?.position?.offset == padding + offset)
    }
    #expect(throws: DocumentError.self) { try Charset.gb18030.encode(bytes) }
  }

  @Test func dropsByteOrderMarks() throws {
    #expect(try Charset.utf8.decode([0xEF, 0xBB, 0xBF, 0x41]) == [0x41])
    #expect(try Charset.utf8.decode([0xEF, 0xBB, 0xBF]).isEmpty)
    #expect(try Charset.gb18030.decode([0x84, 0x31, 0x95, 0x33, 0x41]) == [0x41])
    #expect(try Charset.utf8.decode([0x41, 0xEF, 0xBB, 0xBF]).count == 4)
  }

  /// Every character of the first plane and many of the others, there and back; but for private ones whose places GB 18030-2005 gave to real characters.
  @Test func convertsAllOfUnicode() throws {
    let given: [ClosedRange<UInt32>] = [
      0xE78D...0xE796, 0xE816...0xE818, 0xE81E...0xE81E, 0xE826...0xE826, 0xE82B...0xE82C, 0xE831...0xE832,
      0xE83B...0xE83B, 0xE843...0xE843, 0xE854...0xE855, 0xE864...0xE864,
    ]
    var text: [UInt8] = []
    for value in Array(UInt32(0x20)...0xFFFF) + Array(stride(from: 0x10000, through: 0x10FFFF, by: 17)) {
      guard let scalar = Unicode.Scalar(value), let utf8 = UTF8.encode(scalar).map({ Array($0) }) else {
        continue
      }
      if given.contains(where: { $0.contains(value) }) {
        let error = #expect(throws: DocumentError.self) { try Charset.gb18030.encode([0x41] + utf8) }
        #expect(error?.code == .unencodableCharacter && error?.position?.offset == 1)
      } else {
        text.append(contentsOf: utf8)
      }
    }
    let encoded = try Charset.gb18030.encode(text)
    #expect(try Charset.gb18030.decode(encoded) == text)
    #expect(try Charset.utf8.decode(text) == text)
  }

  /// The reader by eights against the standard library, on random bytes.
  @Test(arguments: 0..<10)
  func agreesWithTheStandardLibrary(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let pieces: [[UInt8]] = [
      [0x41], [0x7F], [0xC3, 0xA9], [0xE4, 0xB8, 0xAD], [0xF0, 0x9F, 0x98, 0x80], [0xED, 0x9F, 0xBF],
      [0xEE, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
      [0xE0, 0xA0, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x80], [0xE4, 0xB8], [0xF0, 0x90], [0xF5],
      [0x78, 0x79, 0x7A, 0x61, 0x62, 0x63, 0x64, 0x65],
    ]
    for _ in 0..<500 {
      let good = Bool.random(using: &generator)
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).flatMap { _ in
        pieces[..<(good ? 9 : pieces.count)].randomElement(using: &generator) ?? []
      }
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      do {
        let decoded = try Charset.utf8.decode(bytes)
        #expect(isValid && decoded == bytes)
      } catch {
        #expect(!isValid)
        // Everything before the place named is good, and one character more is not.
        let offset = error.position?.offset ?? -1
        #expect(String(validating: bytes.prefix(offset), as: UTF8.self) != nil)
      }
    }
  }

  @Test func convertsOnManyThreads() async throws {
    let text = Array(String(repeating: "不动产登记证明，Abc 123\n", count: 20_000).utf8)
    let encoded = try Charset.gb18030.encode(text)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try Charset.gb18030.decode(encoded) == text && Charset.gb18030.encode(text) == encoded
        }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }
}
