import Documents
import Testing

@Suite struct XMLDocumentTests {
  private static let message = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Message>
      <Head><BizMsgID>3301001811210001</BizMsgID><RecType/></Head>
      <Data>
        <KTT_FW_H BDCDYH="330106001001GB00001F00010001" ZL="西湖区&lt;1&gt;号&#x5BA4;" HH="/" SCJZMJ=""/>
        <KTT_FW_H BDCDYH="330106001001GB00001F00010002"/>
        <ZTT_GY_QLR QLRMC="张三"/>
        <KTT_FW_H BDCDYH="330106001001GB00001F00010003"/>
        <Note>a<!-- no -->b<![CDATA[<c>&]]>d<i>e</i></Note>
      </Data>
    </Message>
    """

  @Test func elementsAndAttributes() throws {
    let document = try XMLDocument(parsing: Self.message)
    let root = document.root
    #expect(root.name == "Message")
    #expect(root.isNamed("Message"))
    #expect(!root.isNamed("Messag"))
    #expect(!root.isNamed("Messages"))
    #expect(root.namespace == nil)
    #expect(root.parent == nil)
    #expect(root.firstChild(named: "Head")?.firstChild(named: "BizMsgID")?.text == "3301001811210001")
    #expect(root.firstChild(named: "Head")?.firstChild(named: "RecType")?.text == "")
    let data = try #require(root.firstChild(named: "Data"))
    #expect(data.parent == root)
    #expect(data.children.map(\.name) == ["KTT_FW_H", "KTT_FW_H", "ZTT_GY_QLR", "KTT_FW_H", "Note"])
    let house = try #require(data.firstChild(named: "KTT_FW_H"))
    #expect(house.attribute("ZL") == "西湖区<1>号室")
    #expect(house.attribute("SCJZMJ") == "")
    #expect(house.attribute("ZLX") == nil)
    #expect(house.attribute("Z") == nil)
    #expect(house.attributes.map(\.name) == ["BDCDYH", "ZL", "HH", "SCJZMJ"])
    #expect(house.attributes[2].value == "/")
    #expect(house.line == 5)
    let bytes = house.withAttributeUTF8("HH") { value in (0..<value.count).map { value[$0] } }
    #expect(bytes == Array("/".utf8))
    #expect(house.withAttributeUTF8("absent") { _ in 1 } == nil)
    var seen: [String] = []
    house.forEachAttributeUTF8 { name, value in seen.append("\(name.count)=\(value.count)") }
    #expect(seen == ["6=28", "2=18", "2=1", "6=0"])
    #expect(data.firstChild(named: "Note")?.text == "ab<c>&de")
  }

  @Test func pathsLeadBack() throws {
    let document = try XMLDocument(parsing: Self.message)
    let data = try #require(document.root.firstChild(named: "Data"))
    let paths = data.children.map(\.path)
    #expect(
      paths == [
        "/Message/Data/KTT_FW_H[1]", "/Message/Data/KTT_FW_H[2]", "/Message/Data/ZTT_GY_QLR",
        "/Message/Data/KTT_FW_H[3]", "/Message/Data/Note",
      ])
    for child in data.children { #expect(document.element(at: child.path) == child) }
    // In any order.
    #expect(Array(data.children).reversed().map(\.path) == paths.reversed())
    #expect(document.element(at: "/Message")?.name == "Message")
    #expect(document.element(at: "/Message/Data/KTT_FW_H")?.path == paths[0])
    for wrong in [
      "", "/", "Message", "/message", "/Message/Data/KTT_FW_H[4]", "/Message/Data/KTT_FW_H[0]",
      "/Message/Data/KTT_FW_H[x]", "/Message/Data/KTT_FW_H[", "/Message[2]", "//Note",
    ] {
      #expect(document.element(at: wrong) == nil, "\(wrong)")
    }
  }

  @Test func namespaces() throws {
    let text = """
      <s:Envelope xmlns:s="urn:soap" xmlns="urn:body"><s:Body><Reply s:must="1" must="0" xml:lang="zh"/></s:Body>\
      <Plain xmlns=""/></s:Envelope>
      """
    let document = try XMLDocument(parsing: text)
    #expect(document.root.qualifiedName == "s:Envelope")
    #expect(document.root.name == "Envelope")
    #expect(document.root.prefix == "s")
    let reply = try #require(document.root.firstChild(named: "s:Body")?.firstChild(named: "Reply"))
    #expect(reply.namespace == "urn:body")
    #expect(reply.attribute("must") == "0")
    #expect(reply.attribute("s:must") == "1")
    #expect(reply.attribute("xml:lang") == "zh")
    #expect(reply.attribute("must", namespace: "urn:soap") == "1")
    #expect(reply.attribute("must", namespace: "urn:other") == nil)
    #expect(document.root.firstChild(named: "Plain")?.namespace == nil)
    #expect(document.root.firstChild(named: "Body") == nil)
    #expect(reply.path == "/s:Envelope/s:Body/Reply")
    #expect(document.element(at: reply.path) == reply)
  }

  @Test func elementsKeepTheirDocument() throws {
    func inner() throws -> XMLElement {
      try #require(try XMLDocument(parsing: "<a><b c='d'>e</b></a>").root.firstChild(named: "b"))
    }
    let element = try inner()
    #expect(element.attribute("c") == "d")
    #expect(element.parent?.name == "a")
    #expect(try XPath("../b/@c").string(from: element) == "d")
  }

  @Test func longTextsAndManyRows() throws {
    let long = String(repeating: "电", count: 1_000_000)
    let rows = (0..<2000).map { "<r n=\"\($0)\"/>" }.joined()
    let document = try XMLDocument(parsing: "<a><t>\(long)</t>\(rows)</a>")
    #expect(document.root.firstChild(named: "t")?.text == long)
    let last = try #require(Array(document.root.children(named: "r")).last)
    #expect(last.path == "/a/r[2000]")
    #expect(last.attribute("n") == "1999")
  }
}
