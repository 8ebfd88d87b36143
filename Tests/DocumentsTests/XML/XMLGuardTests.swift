import Documents
import TestSupport
import Testing

/// What is hostile, broken or simply something else is refused with its name, at its place, and at once.
@Suite struct XMLGuardTests {
  private func failure(
    _ text: String, _ limits: XMLLimits = .standard, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> DocumentError {
    try failure(Array(text.utf8), limits, sourceLocation: sourceLocation)
  }

  private func failure(
    _ bytes: [UInt8], _ limits: XMLLimits = .standard, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> DocumentError {
    let whole = try #require(throws: DocumentError.self, sourceLocation: sourceLocation) {
      try XMLDocument(parsing: bytes, limits: limits)
    }
    // The row reader refuses the same, however the bytes are cut.
    for size in [1, 7, 4096] where bytes.count / size < 100_000 {
      let streamed = #expect(throws: DocumentError.self, sourceLocation: sourceLocation) {
        let reader = try XMLRowReader(paths: ["/a/r"], limits: limits)
        for start in stride(from: 0, to: bytes.count, by: size) {
          try reader.feed(Array(bytes[start..<min(start + size, bytes.count)])) { _ in }
        }
        try reader.finish { _ in }
      }
      #expect(streamed?.code == whole.code, sourceLocation: sourceLocation)
    }
    return whole
  }

  @Test(arguments: [
    // Billion laughs.
    """
    <!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c \
    "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a>&d;</a>
    """,
    // Quadratic blow-up.
    "<!DOCTYPE a [<!ENTITY x \"\(String(repeating: "y", count: 50_000))\">]><a>\(String(repeating: "&x;", count: 50_000))</a>",
    // Parameter entities.
    """
    <!DOCTYPE a [<!ENTITY % p1 "<!ENTITY &#37; p2 '&#37;p3;&#37;p3;'>"> %p1; %p2;]><a/>
    """,
    // External entities and subsets.
    "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
    "<!DOCTYPE a PUBLIC \"-//x\" \"http://127.0.0.1:1/x.dtd\"><a/>",
    "<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE a><a/>",
  ])
  func documentTypesAreRefused(text: String) throws {
    let error = try failure(text)
    #expect(error.code == .forbidden)
    #expect(error.message.contains("DTD"))
    #expect(error.position != nil)
  }

  /// A fault before the DTD must not switch off what refuses the DTD.
  @Test(arguments: ["<?a:b c?>", "<?xml version='9'?>", "<?b?><?b?>", "<!-- c --><!-- d -->", " "])
  func faultsBeforeTheDTD(prolog: String) throws {
    let entities = (1...9).map { "<!ENTITY e\($0) '\(String(repeating: "&e\($0 - 1);", count: 10))'>" }
      .joined()
    let parameters =
      "<!ENTITY % p '\(String(repeating: "y", count: 2000))'>" + String(repeating: "%p;", count: 1000)
    let bomb = "<!DOCTYPE a [<!ENTITY e0 'laugh'>\(entities)\(parameters)]><a>&e9;</a>"
    let clock = ContinuousClock()
    let time = try clock.measure {
      _ = try failure(prolog + bomb)
      #expect(throws: DocumentError.self) {
        try XMLDocument(parsing: prolog + bomb, limits: XMLLimits(maxNodes: 1))
      }
    }
    #expect(time < .seconds(2))
  }

  @Test(arguments: ["<a>&nbsp;</a>", "<a b='&nbsp;'/>"])
  func undefinedEntities(text: String) throws {
    let error = try failure(text)
    #expect(error.code == .forbidden)
    #expect(error.message == "the entity &nbsp; is not defined; only amp, lt, gt, quot and apos are")
  }

  @Test func predefinedEntitiesAreDecoded() throws {
    let document = try XMLDocument(
      parsing: "<a b='&amp;lt;&quot;&apos;&#65;&#x10FFFF;'>&amp;amp;&lt;&gt;</a>")
    #expect(document.root.attribute("b") == "&lt;\"'A\u{10FFFF}")
    #expect(document.root.text == "&amp;<>")
  }

  @Test func depth() throws {
    let deep = String(repeating: "<a>", count: 200_000)
    #expect(try failure(deep).code == .limit)
    #expect(try failure("<a><b><c/></b></a>", XMLLimits(maxDepth: 2)).message.contains("deeper than 2"))
    #expect(throws: Never.self) {
      try XMLDocument(parsing: "<a><b/><c/></a>", limits: XMLLimits(maxDepth: 2))
    }
    let most = XMLLimits(maxDepth: .max).maxDepth
    let legal = String(repeating: "<a>", count: most) + String(repeating: "</a>", count: most)
    #expect(throws: Never.self) { try XMLDocument(parsing: legal, limits: XMLLimits(maxDepth: .max)) }
  }

  @Test func attributes() throws {
    let clock = ContinuousClock()
    for count in [100_000, 20_000, 600] {
      let tag = "<a " + (0..<count).map { "a\($0)='' " }.joined() + "/>"
      var error: DocumentError?
      let time = try clock.measure { error = try failure(tag) }
      #expect(error?.code == .limit)
      #expect(error?.message == "an element has more than 512 attributes")
      // libxml2 alone takes seconds for 100,000; four readings of ours together must not take one.
      #expect(time < .seconds(5))
    }
    let declarations = "<a " + (0..<600).map { "xmlns:p\($0)='urn:\($0)' " }.joined() + "/>"
    #expect(try failure(declarations).code == .limit)
    let twenty = "<a b='12345678901234567890'/>"
    #expect(try failure(twenty, XMLLimits(maxAttributeBytes: 19)).code == .limit)
    #expect(throws: Never.self) { try XMLDocument(parsing: twenty, limits: XMLLimits(maxAttributeBytes: 20)) }
  }

  @Test func sizes() throws {
    #expect(try failure("<a>123</a>", XMLLimits(maxBytes: 9)).code == .limit)
    #expect(try failure("<a>1234</a>", XMLLimits(maxTextBytes: 3)).code == .limit)
    #expect(throws: Never.self) {
      try XMLDocument(parsing: "<a>12<b/>34</a>", limits: XMLLimits(maxTextBytes: 3))
    }
    for text in [
      "<a><b/><c/><d/></a>", "<a><!--x--><!--x--><!--x--></a>", "<a>1<b/>2</a>", "<a b='' c='' d=''/>",
    ] {
      let error = #expect(throws: DocumentError.self, "\(text)") {
        try XMLDocument(parsing: text, limits: XMLLimits(maxNodes: 3))
      }
      #expect(error?.code == .limit)
      #expect(throws: Never.self) { try XMLDocument(parsing: text, limits: XMLLimits(maxNodes: 4)) }
    }
    let name = String(repeating: "n", count: 300)
    #expect(try failure("<\(name)/>").code == .limit)
    #expect(try failure("<a \(name)=''/>").code == .limit)
    #expect(try failure("<a xmlns:\(name)='u'/>").code == .limit)
  }

  @Test(arguments: ["<a>", "<a b='", "<a><!-- ", "<a><?x ", "<", "<a ", "<!-- "])
  func endlessConstructs(start: String) throws {
    let endless = start + String(repeating: "x", count: 2 << 20)
    #expect(try failure(endless, XMLLimits(maxTextBytes: 1 << 20)).code == .limit, "\(start)")
  }

  @Test func endlessBlanks() throws {
    #expect(try failure(String(repeating: " ", count: 1 << 20) + "<a/>").code == .limit)
    #expect(try failure("<a/>" + String(repeating: "\n", count: 1 << 20)).code == .limit)
  }

  @Test(arguments: [
    ("<a>\n  <b>text", 2, 10, "the document ends inside an element opened on line 2; it is cut off"),
    ("<a>\n<b c=\"d", 2, 8, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a><b/>", 1, 8, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a><b c=\"d\"", 1, 12, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a><b c", 1, 8, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a><b c=", 1, 9, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a>x &am", 1, 9, "the document ends inside an element opened on line 1; it is cut off"),
    ("<a b=\"c\"", 1, 9, "the document ends inside its first tag; it is cut off"),
    ("<a>\n<b></c></a>", 2, 8, "the end tag </c> does not match the start tag <b>"),
    ("<a/><b/>", 1, 5, "something follows the end of the root element; a document has one root"),
    ("<a/>text", 1, 5, "something follows the end of the root element; a document has one root"),
    ("<a>\n<x:b/></a>", 2, 5, "the namespace prefix 'x' is not declared"),
    ("<a x:b='1'/>", 1, 11, "the namespace prefix 'x' is not declared"),
    ("<a b='1' b='2'/>", 1, 15, "the attribute 'b' is given twice"),
    ("<a b=1/>", 1, 6, "an attribute value must stand in quotes"),
    ("<a b/>", 1, 5, "the attribute 'b' has no value"),
    ("<a b='<'/>", 1, 7, "a < stands in an attribute value; write &lt;"),
    ("<a>&</a>", 1, 5, "a name is missing; write &amp; for a plain & and &lt; for a plain <"),
    ("<a>&amp</a>", 1, 8, "an entity reference has no semicolon; write &amp; for a plain &"),
    ("<a>&#0;</a>", 1, 8, "a character, or a reference to one, that XML does not allow"),
    ("<a>&#x;</a>", 1, 8, "a character, or a reference to one, that XML does not allow"),
    ("<a>\u{1}</a>", 1, 4, "a character, or a reference to one, that XML does not allow"),
    ("<a>]]></a>", 1, 4, "]]> stands in a text; write ]]&gt;"),
    ("", 1, 1, "there is no XML element; the document is empty or not XML"),
    ("\n\n", 3, 1, "there is no XML element; the document is empty or not XML"),
    ("{\"code\": 500}", 1, 1, "there is no XML element; the document is empty or not XML"),
    ("<!DOCTYPE html><html><body></body></html>", 1, 15, "an HTML page came instead of XML"),
    (
      "<html><br></html>", 1, 18,
      "an HTML page came instead of XML: the end tag </html> does not match the start tag <br>"
    ),
    ("<a>张\n三</b></a>", 2, 6, "the end tag </b> does not match the start tag <a>"),
  ])
  func syntaxErrors(text: String, line: Int, column: Int, message: String) throws {
    let error = try failure(text)
    #expect(error.code == .syntax)
    #expect(error.message == message)
    #expect(error.position?.line == line)
    #expect(error.position?.column == column)
  }

  @Test func messagesQuoteNoValues() throws {
    let secret = "330106199001011234"
    let texts = [
      "<a>\(secret)</b>", "<a b='\(secret)' b='\(secret)'/>", "<a b=\(secret)/>",
      "<a>\(secret)&\(secret)</a>",
      "<a xmlns:x='\(secret) \(secret)'><y:b/></a>", "\(secret)", "<a>&#\(secret);</a>", "<\(secret)/>",
    ]
    for text in texts {
      let error = try failure(text)
      #expect(!"\(error)".contains(secret), "\(error)")
    }
  }

  @Test func zeroBytes() throws {
    for text in ["<a>\0</a>", "<a b='\0'/>", "<a/>\0", "\0<a/>", "<\0a/>", "<a>x</a>\0\0"] {
      let error = try failure(text)
      #expect(error.code == .syntax || error.code == .unknownCharset)
    }
    #expect(try failure("<a>x\0</a>").position?.offset == 4)
  }

  @Test func everyCutOfADocumentIsRefused() throws {
    let bytes = Array("<?xml version='1.0'?><a x='1'><!--c--><r>电&amp;</r><![CDATA[z]]><?p q?></a>".utf8)
    for end in 0..<bytes.count {
      #expect(throws: DocumentError.self, "\(end)") { try XMLDocument(parsing: Array(bytes[..<end])) }
    }
    #expect(throws: Never.self) { try XMLDocument(parsing: bytes) }
  }

  @Test func damagedDocumentsNeverCrash() throws {
    var random = SeededGenerator(seed: 11)
    let bytes = Array(
      "<?xml version='1.0' encoding='UTF-8'?><a xmlns:s='u'><s:r x='&amp;'>电<![CDATA[z]]></s:r><?p q?><!--c--></a>"
        .utf8)
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[index] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged.remove(at: index)
        default: damaged.insert("<>&'\"/![]?:= \n".utf8.randomElement(using: &random) ?? 0, at: index)
        }
      }
      do {
        _ = try XMLDocument(parsing: damaged).root.text
      } catch {
        #expect(error.position != nil || error.code == .unknownCharset)
      }
    }
  }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
