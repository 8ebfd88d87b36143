import Documents
import Testing

@Suite struct MessageDocumentTests {
  @Test func parsesByFormatAndCharset() throws {
    let json = try MessageDocument(
      parsing: Charset.gb18030.encode(Array("{\"名\":\"张\"}".utf8)), as: .json, charset: .gb18030)
    guard case .json(let document) = json else { throw DocumentError(.wrongKind, "not JSON") }
    #expect(document.root["名"]?.string == "张")
    #expect(json.format == .json)
    let xml = try MessageDocument(
      parsing: Charset.gb18030.encode(Array("<a>张</a>".utf8)), as: .xml, charset: .gb18030)
    guard case .xml(let tree) = xml else { throw DocumentError(.wrongKind, "not XML") }
    #expect(tree.root.text == "张")
    #expect(throws: DocumentError.self) { try MessageDocument(parsing: Array("<a/>".utf8), as: .json) }
    #expect(throws: DocumentError.self) { try MessageDocument(parsing: Array("{}".utf8), as: .xml) }
  }
}
