import Documents
import Testing

@Suite struct XMLRowReaderTests {
  private func rows(
    _ bytes: [UInt8], paths: [String], piece: Int = 64, charset: Charset? = nil, limits: XMLLimits = .stream,
    maxRowBytes: Int = 1 << 20, _ body: (XMLRowReader.Row) throws -> String
  ) throws -> [String] {
    let reader = try XMLRowReader(paths: paths, charset: charset, limits: limits, maxRowBytes: maxRowBytes)
    var found: [String] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
      try reader.feed(Array(bytes[start..<min(start + piece, bytes.count)])) { found.append(try body($0)) }
    }
    try reader.finish { found.append(try body($0)) }
    return found
  }

  private static let page = """
    <?xml version="1.0" encoding="GBK"?>
    <Message><Head><ID>7</ID></Head><Data>
    <KTT_FW_H BDCDYH="甲"><KTT_FW_H BDCDYH="inner"/></KTT_FW_H>
    <ZTT_GY_QLR QLRMC="张三"/><Other><KTT_FW_H BDCDYH="elsewhere"/></Other>
    <KTT_FW_H BDCDYH="乙"><Note>text</Note></KTT_FW_H></Data><Data><KTT_FW_H BDCDYH="丙"/></Data>
    </Message>
    """

  @Test(arguments: [1, 2, 3, 5, 17, 100_000])
  func anyCut(piece: Int) throws {
    let paths = ["/Message/Head", "/Message/Data/KTT_FW_H", "/Message/Data/ZTT_GY_QLR"]
    let unit = try XPath("@BDCDYH")
    let bytes = try Charset.gb18030.encode(Array(Self.page.utf8))
    let found = try rows(bytes, paths: paths, piece: piece) { row in
      "\(row.pathIndex) \(row.path) \(try unit.string(from: row.element) ?? row.element.text)"
    }
    #expect(
      found == [
        "0 /Message/Head[1] 7", "1 /Message/Data/KTT_FW_H[1] 甲", "2 /Message/Data/ZTT_GY_QLR[1] ",
        "1 /Message/Data/KTT_FW_H[2] 乙", "1 /Message/Data[2]/KTT_FW_H[1] 丙",
      ])
  }

  @Test func pathsAreThoseOfTheWholeDocument() throws {
    let document = try XMLDocument(parsing: Self.page)
    let bytes = Array(Self.page.utf8)
    let found = try rows(bytes, paths: ["/Message/Data/KTT_FW_H"], charset: .utf8) { row in
      #expect(row.element.document.element(at: row.path) == row.element)
      if let child = row.element.children.first(where: { _ in true }) {
        #expect(child.path.hasPrefix(row.path + "/"))
        #expect(row.element.document.element(at: child.path) == child)
        #expect(document.element(at: child.path)?.attribute("BDCDYH") == child.attribute("BDCDYH"))
      }
      #expect(row.element.parent == nil)
      let whole = document.element(at: row.path)
      #expect(whole?.attribute("BDCDYH") == row.element.attribute("BDCDYH"))
      return row.path
    }
    #expect(found.count == 3)
  }

  @Test func rowsOutliveTheReader() throws {
    var kept: [XMLElement] = []
    _ = try rows(Array(Self.page.utf8), paths: ["/Message/Data/KTT_FW_H"], charset: .utf8) { row in
      kept.append(row.element)
      return ""
    }
    #expect(kept.map { $0.attribute("BDCDYH") } == ["甲", "乙", "丙"])
    let note = try XPath("string(.//Note[1])")
    #expect(try note.string(from: kept[1]) == "text")
  }

  @Test func namespacesAreInherited() throws {
    let text = """
      <s:E xmlns:s="urn:s" xmlns="urn:outer"><s:B xmlns="urn:d"><row s:id="1"><c/></row><row xmlns=""/>\
      <s:row/></s:B></s:E>
      """
    let found = try rows(Array(text.utf8), paths: ["/s:E/s:B/row", "/s:E/s:B/s:row"]) { row in
      let child = row.element.firstChild(named: "c")?.namespace ?? "-"
      let id = try XPath("@s:id").string(from: row.element) ?? "-"
      return "\(row.path) \(row.element.namespace ?? "-") \(child) \(id)"
    }
    #expect(
      found == [
        "/s:E/s:B/row[1] urn:d urn:d 1", "/s:E/s:B/row[2] - - -", "/s:E/s:B/s:row[1] urn:s - -",
      ])
  }

  @Test func rootAsRow() throws {
    #expect(try rows(Array("<a>x</a>".utf8), paths: ["/a"]) { $0.element.text + $0.path } == ["x/a[1]"])
  }

  @Test func limitsOfRows() throws {
    let many = "<a>" + String(repeating: "<r><c/><c/></r>", count: 500) + "</a>"
    #expect(
      try rows(Array(many.utf8), paths: ["/a/r"], limits: XMLLimits(maxNodes: 3)) { _ in "" }.count == 500)
    #expect(throws: DocumentError.self) {
      try rows(Array(many.utf8), paths: ["/a/r"], limits: XMLLimits(maxNodes: 2)) { _ in "" }
    }
    let wide = "<a><r>" + String(repeating: "<c>0123456789</c>", count: 20_000) + "</r></a>"
    let error = try #require(throws: DocumentError.self) {
      try rows(Array(wide.utf8), paths: ["/a/r"], piece: 1000, maxRowBytes: 100_000) { _ in "" }
    }
    #expect(error.code == .limit)
    // Outside the rows anything may be long.
    #expect(try rows(Array(wide.utf8), paths: ["/a/x"], piece: 1000, maxRowBytes: 10) { _ in "" } == [])
  }

  @Test func errorsEndTheReader() throws {
    struct Stop: Error {}
    let reader = try XMLRowReader(paths: ["/a/r"])
    #expect(throws: Stop.self) {
      try reader.feed(Array(("<a><r/><r/>" + String(repeating: " ", count: 2000)).utf8)) { _ in throw Stop() }
    }
    #expect(throws: DocumentError.self) { try reader.feed(Array("<r/>".utf8)) { _ in } }
    #expect(throws: DocumentError.self) { try reader.finish { _ in } }
    let cut = try XMLRowReader(paths: ["/a/r"])
    try cut.feed(Array("<a><r/>".utf8)) { _ in }
    let error = #expect(throws: DocumentError.self) { try cut.finish { _ in } }
    #expect(error?.message.contains("cut off") == true)
    #expect(throws: DocumentError.self) { try cut.finish { _ in } }
  }

  @Test func damageIsFoundAcrossPieces() throws {
    var bytes = try Charset.gb18030.encode(Array(Self.page.utf8))
    let place = try #require(bytes.firstIndex(of: 0xBC))  // 甲 is BC D7
    bytes[place + 1] = 0x20
    let error = try #require(throws: DocumentError.self) {
      try rows(bytes, paths: ["/Message/Data/KTT_FW_H"], piece: 3) { _ in "" }
    }
    #expect(error.code == .damagedCharacter)
    #expect(error.position?.offset == place)
  }

  @Test(arguments: [["a"], ["/"], [""], ["/a//b"], ["/a/@b"], ["/a[1]"], ["/a", "/a/b"], ["/a/b", "/a/b"]])
  func wrongPaths(paths: [String]) {
    #expect(throws: DocumentError.self) { try XMLRowReader(paths: paths) }
  }

  @Test func rowsAreForgotten() throws {
    struct Row { weak var document: XMLDocument? }
    let reader = try XMLRowReader(paths: ["/a/r"])
    let piece = Array(String(repeating: "<r n=\"0123456789\"><c>x</c></r>", count: 1000).utf8)
    var rows: [Row] = []
    try reader.feed(Array("<a>".utf8)) { _ in }
    for _ in 0..<10 {
      try reader.feed(piece) { rows.append(Row(document: $0.element.document)) }
      #expect(rows.allSatisfy { $0.document == nil })
    }
    try reader.feed(Array("</a>".utf8)) { _ in }
    try reader.finish { _ in }
    #expect(rows.count == 10_000)
  }

  /// Whatever is done to a page, the reader and the whole document agree whether it is one, and on its rows.
  @Test func agreesWithTheWholeDocument() throws {
    var random = SeededGenerator(seed: 17)
    let bytes = Array(
      "<?xml version='1.0'?><a xmlns:n='u'><h/><r x='1&amp;'>电<c/></r><!--c--><n:r n:y='2'/><r/><b><r/></b></a>\n"
        .utf8)
    var accepted = 0
    for _ in 0..<3000 {
      var page = bytes
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let index = Int.random(in: 0..<page.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: page[index] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: page.remove(at: index)
        default: page.insert("<>&'\"/arnx= ".utf8.randomElement(using: &random) ?? 0, at: index)
        }
      }
      var expected: [String]?
      do {
        let document = try XMLDocument(parsing: page)
        let all =
          document.root.name == "a" && document.root.prefix == nil ? Array(document.root.children) : []
        expected = all.filter { ["r", "n:r"].contains($0.qualifiedName) }
          .map { "\($0.qualifiedName) \($0.text) \($0.attributes.map(\.value)) \($0.namespace ?? "")" }
        accepted += 1
      } catch {
        expected = nil
      }
      let piece = Int.random(in: 1...40, using: &random)
      var found: [String]?
      do {
        found = try rows(page, paths: ["/a/r", "/a/n:r"], piece: piece) { row in
          let element = row.element
          return
            "\(element.qualifiedName) \(element.text) \(element.attributes.map(\.value)) \(element.namespace ?? "")"
        }
      } catch is DocumentError {
        found = nil
      }
      #expect(found == expected, "\(String(decoding: page, as: UTF8.self))")
    }
    #expect(accepted > 800)
  }
}
