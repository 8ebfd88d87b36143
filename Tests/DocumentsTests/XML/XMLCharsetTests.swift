import Documents
import Testing

@Suite struct XMLCharsetTests {
  private func bytes(_ text: String, _ charset: Charset) throws -> [UInt8] {
    try charset.encode(Array(text.utf8))
  }

  @Test(arguments: ["GB2312", "gbk", "GB18030", "cp936"])
  func declaredChinese(name: String) throws {
    let text = "<?xml version=\"1.0\" encoding=\"\(name)\"?><ROOT 名=\"张三\"><CODE>-1</CODE>成功</ROOT>"
    let document = try XMLDocument(parsing: bytes(text, .gb18030))
    #expect(document.root.attribute("名") == "张三")
    #expect(document.root.text == "-1成功")
  }

  @Test func overrideBeatsDeclaration() throws {
    let text = "<?xml version='1.0' encoding='UTF-8'?><a>不动产</a>"
    let document = try XMLDocument(parsing: bytes(text, .gb18030), charset: .gb18030)
    #expect(document.root.text == "不动产")
    let wrong = "<?xml version='1.0' encoding='GB2312'?><a>不动产</a>"
    #expect(try XMLDocument(parsing: Array(wrong.utf8), charset: .utf8).root.text == "不动产")
    let odd = "<?xml version='1.0' encoding='ISO-8859-1'?><a>不动产</a>"
    #expect(try XMLDocument(parsing: Array(odd.utf8), charset: .utf8).root.text == "不动产")
  }

  @Test func damageHasItsOffset() throws {
    let text = try bytes("<?xml version='1.0' encoding='UTF-8'?>\n<a>不动产</a>", .gb18030)
    let error = try #require(throws: DocumentError.self) { try XMLDocument(parsing: text) }
    #expect(error.code == .damagedCharacter)
    #expect(error.position == DocumentPosition(line: 2, column: 4, offset: 42))
    var cut = try bytes("<?xml version='1.0' encoding='GBK'?><a>不动产</a>", .gb18030)
    cut[40] = 0x20
    let other = try #require(throws: DocumentError.self) { try XMLDocument(parsing: cut) }
    #expect(other.code == .damagedCharacter)
    #expect(other.position?.offset == 39)
  }

  @Test func offsetsAreThoseOfTheOriginal() throws {
    let text = "<?xml version='1.0' encoding='GBK'?>\n<a>不动产</b>"
    let original = try bytes(text, .gb18030)
    let error = try #require(throws: DocumentError.self) { try XMLDocument(parsing: original) }
    #expect(error.position == DocumentPosition(line: 2, column: 11, offset: original.count))
    let marked = Array("\u{FEFF}<a></b>".utf8)
    let second = try #require(throws: DocumentError.self) { try XMLDocument(parsing: marked) }
    #expect(second.position == DocumentPosition(line: 1, column: 8, offset: marked.count))
  }

  @Test func unknownCharsets() throws {
    let big5 = "<?xml version=\"1.0\" encoding=\"Big5\"?><a/>"
    let error = try #require(throws: DocumentError.self) { try XMLDocument(parsing: Array(big5.utf8)) }
    #expect(error.code == .unknownCharset)
    #expect(error.message.contains("Big5"))
    for utf16 in [[0xFF, 0xFE, 0x3C, 0x00], [0xFE, 0xFF, 0x00, 0x3C], [0x3C, 0x00, 0x61, 0x00]] as [[UInt8]] {
      let error = try #require(throws: DocumentError.self) { try XMLDocument(parsing: utf16) }
      #expect(error.code == .unknownCharset)
    }
  }

  @Test func byteOrderMark() throws {
    #expect(try XMLDocument(parsing: Array("\u{FEFF}<a>x</a>".utf8)).root.text == "x")
  }
}
