import Documents
import Testing

@Suite struct XPathTests {
  private static let message = """
    <Message kind="m"><Head><ID>7</ID></Head><Data>
    <House no="1" area="88.5"><Owner name="张三"/><Owner name="李四"/></House>
    <House no="2" area="120"><Owner name="王五"/>text<!-- c --><?pi data?><![CDATA[ more]]></House>
    <House no="3"/></Data></Message>
    """

  private func strings(_ path: String, _ text: String = message) throws -> [String] {
    try XPath(path).strings(in: XMLDocument(parsing: text))
  }

  @Test(
    arguments: [
      ("/Message/Head/ID", ["7"]), ("Message/Head/ID", ["7"]), ("/Message/@kind", ["m"]), ("@kind", []),
      ("/Message/Data/House/@no", ["1", "2", "3"]), ("//House[2]/@no", ["2"]), ("//House[last()]/@no", ["3"]),
      ("//Owner/@name", ["张三", "李四", "王五"]), ("//House[@area > 100]/Owner/@name", ["王五"]),
      ("count(//House)", ["3"]), ("sum(//House/@area)", ["208.5"]), ("1 div 0", ["Infinity"]),
      ("0 div 0", ["NaN"]), ("1 div 3", ["0.333333333333333"]), ("-0.5", ["-0.5"]),
      ("count(//x) = 0", ["true"]),
      ("string(//House[1]/Owner[2]/@name)", ["李四"]), ("concat('a', \"b\")", ["ab"]), ("//nothing", []),
      ("/Message/Data/House/text()", ["text", " more"]), ("//House/text()", ["text", " more"]),
      ("//comment()", [" c "]),
      ("//processing-instruction()", ["data"]), ("//House[2]", ["text more"]), ("/Message/Head/text()", []),
      ("/Message/Head/ID/text()", ["7"]), ("//Owner[1]/@name | //House[3]/@no", ["张三", "王五", "3"]),
      ("normalize-space('  a   b ')", ["a b"]), ("//House[not(Owner)]/@no", ["3"]),
      ("//Owner[@name='王五']/../@no", ["2"]), ("//House[3]/preceding-sibling::House/@no", ["1", "2"]),
      ("translate('abc','b','x')", ["axc"]), ("/", ["7\n\ntext more\n"]), ("name(/*)", ["Message"]),
      ("//@*[. = '120']", ["120"]), ("//*[local-name()='ID']", ["7"]), ("boolean(//House)", ["true"]),
      ("/Message/Nothing/@x", []), ("//House[position() mod 2 = 1]/@no", ["1", "3"]), ("2 * 3", ["6"]),
      ("//House[@no='1' and (@area)]/@no", ["1"]), ("/Message//ID", ["7"]), (".//ID", ["7"]), ("Head", []),
      ("id('x')", []), ("string-length('电力')", ["2"]), ("substring('不动产', 2, 1)", ["动"]),
      ("namespace::*", []), ("/Message/Data/House[1]/Owner/@name", ["张三", "李四"]),
    ] as [(String, [String])])
  func selects(path: String, expected: [String]) throws {
    #expect(try strings(path) == expected)
  }

  /// Section 4.2 of the recommendation: no exponent.
  @Test(arguments: [
    ("3000000000", "3000000000"), ("-2147483649", "-2147483649"), ("12345678901.55", "12345678901.55"),
    ("1000000 * 1000000", "1000000000000"), ("100000000000000000000", "100000000000000000000"),
    ("-4294967296.5", "-4294967296.5"),
    ("3.9614", "3.9614"), ("8.3", "8.3"), ("9.29 * 1", "9.29"), ("0.000001", "0.000001"),
    ("-0.0000000001234", "-0.0000000001234"), ("-1 div 3", "-0.333333333333333"),
    ("9007199254740991", "9007199254740991"), ("1.10", "1.1"), ("-0", "0"), ("-1 div 0", "-Infinity"),
    ("123456789012345680000000.5", "123456789012346000000000"),
    ("1 div 30000000", "0.0000000333333333333333"),
    ("sum(//金额)", "12345678901.5"), ("string(sum(//金额))", "12345678901.5"),
    ("concat('共', sum(//金额), '元')", "共12345678901.5元"), ("string-length(3000000000)", "10"),
    ("substring(3000000000, 2)", "000000000"), ("substring(12345, 2, 3)", "234"),
    ("substring('12345', -42, 1 div 0)", "12345"), ("contains(3000000000, '30000')", "true"),
    ("starts-with(0.000001, '0.0')", "true"), ("substring-after(12345678901.5, '.')", "5"),
    ("substring-before(12345678901.5, '.')", "12345678901"), ("normalize-space(1 div 0)", "Infinity"),
    ("translate(3000000000, '3', '4')", "4000000000"),
    ("//金额[string(. * 1) = '12345678900.5']", "12345678900.5"),
  ])
  func writesNumbers(path: String, expected: String) throws {
    #expect(try strings(path, "<单><金额>12345678900.5</金额><金额>1</金额></单>") == [expected])
  }

  @Test func refusesExponents() throws {
    for path in ["1e3", "1.5E-2", "//a[1e0]"] {
      let error = try #require(throws: DocumentError.self) { try XPath(path) }
      #expect(error.message.contains("an operator is expected"), "\(error)")
    }
    #expect(try strings("2 div 2", "<a/>") == ["1"])
    #expect(try strings("//div/mod[and]", "<div><mod><and/>x</mod></div>") == ["x"])
  }

  /// Names that are not ASCII, also first in an absolute path.
  @Test(
    arguments: [
      ("/消息[1]", ["甲乙"]), ("/消息/行[2]", ["乙"]), ("/ 消息/行[last()]", ["乙"]), ("/消息//行[1]", ["甲"]),
      ("/消息/@*", ["7"]), ("count(/消息/行)", ["2"]), ("/消息/行[. = /消息/行[1]]", ["甲"]), ("//消息[行]", ["甲乙"]),
      ("/消息/行[1] | /消息/行[2]", ["甲", "乙"]), ("/*[/消息]/行[1]", ["甲"]), ("/其他[1]", []),
    ] as [(String, [String])])
  func namesBeyondASCII(path: String, expected: [String]) throws {
    #expect(try strings(path, "<消息 号='7'><行>甲</行><行>乙</行></消息>") == expected)
  }

  @Test func placesOfErrorsAreThoseOfTheTextGiven() throws {
    for path in ["/消息[1]/@", "/a[1]/@", "/消息[/消息]/@"] {
      let error = try #require(throws: DocumentError.self) { try XPath(path) }
      #expect(error.position?.offset == path.utf8.count, "\(error)")
    }
  }

  @Test func fromElements() throws {
    let document = try XMLDocument(parsing: Self.message)
    let houses = try XPath("/Message/Data/House").elements(in: document)
    #expect(houses.map(\.path) == (1...3).map { "/Message/Data/House[\($0)]" })
    #expect(try XPath("@no").string(from: houses[1]) == "2")
    #expect(try XPath("@area").string(from: houses[2]) == nil)
    #expect(try XPath("Owner/@name").strings(from: houses[0]) == ["张三", "李四"])
    #expect(try XPath("Owner").elements(from: houses[0]).count == 2)
    #expect(try XPath("/Message/Head/ID").string(from: houses[0]) == "7")
    #expect(try XPath("ancestor::Message/Head/ID").string(from: houses[0]) == "7")
    #expect(try XPath(".").elements(from: houses[0]) == [houses[0]])
    #expect(try XPath("Owner").isTrue(from: houses[1]))
    #expect(try !XPath("Owner").isTrue(from: houses[2]))
    #expect(try XPath("count(Owner) - 2").isTrue(from: houses[0]) == false)
    #expect(try XPath("'0'").isTrue(in: document))
  }

  @Test func nodeKinds() throws {
    let document = try XMLDocument(parsing: Self.message)
    func kinds(_ path: String) throws -> [String] {
      guard case .nodes(let nodes) = try XPath(path).evaluate(in: document) else { return ["none"] }
      return nodes.map(\.kindDescription)
    }
    #expect(try kinds("/") == ["the document"])
    #expect(
      try kinds("//House[2]/node()") == [
        "an element", "a text", "a comment", "a processing instruction", "a text",
      ])
    #expect(try kinds("//House[1]/@no") == ["an attribute"])
    #expect(try kinds("/Message/namespace::*") == ["a namespace"])
    #expect(try kinds("1") == ["none"])
  }

  @Test func elementsOnly() throws {
    let document = try XMLDocument(parsing: Self.message)
    for path in ["//@no", "count(//House)", "//text()", "/Message/@kind", "'x'"] {
      let error = try #require(throws: DocumentError.self) { try XPath(path).elements(in: document) }
      #expect(error.code == .wrongKind)
    }
  }

  @Test func namespaces() throws {
    let text = "<s:E xmlns:s='urn:s' xmlns='urn:d'><s:B><Reply s:id='4'>x</Reply></s:B></s:E>"
    #expect(try strings("/s:E/s:B/*", text) == ["x"])
    #expect(try strings("//Reply", text) == [])
    #expect(try strings("//@s:id", text) == ["4"])
    let document = try XMLDocument(parsing: text)
    let mapped = try XPath("/soap:E/soap:B/d:Reply", namespaces: ["soap": "urn:s", "d": "urn:d"])
    #expect(try mapped.string(in: document) == "x")
    // Its own prefix means something else than the document's.
    #expect(try XPath("//s:Reply", namespaces: ["s": "urn:d"]).strings(in: document) == ["x"])
    #expect(try XPath("//s:Reply").strings(in: document) == [])
    let error = try #require(throws: DocumentError.self) { try XPath("//q:Reply").strings(in: document) }
    #expect(error.code == .expression)
    #expect(error.message == "the namespace prefix 'q' is not declared; known are s")
  }

  @Test(arguments: [
    ("", "not a valid"), ("//", "not a valid"), ("/Message[", "not closed"), ("a]", "not opened"),
    ("(a]", "not opened"),
    ("//House[@no='1]", "no closing quote"),
    ("//House[@no=1", "not closed"), ("conut(//x)", "did you mean 'count'"), ("$x", "no variables"),
    ("childs::a", "did you mean 'child'"), ("a b", "not a valid"),
    ("document('x')", "no function 'document'"),
    ("x:f()", "no functions with a prefix"), ("a/@", "not a valid"), ("count(", "not closed"),
    ("matches(., 'x')", "no function 'matches'"), ("@@a", "not a valid"), ("a//", "not a valid"),
    ("a\0b", "zero byte"),
  ])
  func malformed(path: String, message: String) throws {
    let error = try #require(throws: DocumentError.self) { try XPath(path) }
    #expect(error.code == .expression)
    #expect(error.message.contains(message), "\(error)")
  }

  @Test(arguments: [
    ("count(1)", "where nodes are needed"), ("//x[count('a')]", ""), ("count()", "wrong number of arguments"),
    ("'a' | 'b'", "where nodes are needed"), ("string(1, 2)", "wrong number of arguments"),
    ("sum(true())", ""),
    ("(1)/a", ""), ("id()", ""),
  ])
  func typeMismatches(path: String, message: String) throws {
    let document = try XMLDocument(parsing: Self.message)
    do {
      _ = try XPath(path).evaluate(in: document)
    } catch {
      #expect(error.code == .expression)
      #expect(error.message.contains(message), "\(error)")
    }
    // The document serves on.
    #expect(try XPath("count(//House)").string(in: document) == "3")
  }

  @Test func complexity() throws {
    #expect(
      try #require(throws: DocumentError.self) { try XPath(String(repeating: "(", count: 5000)) }.code
        == .limit)
    #expect(
      try #require(throws: DocumentError.self) { try XPath(String(repeating: "a/", count: 3000) + "a") }.code
        == .limit)
    #expect(
      try #require(throws: DocumentError.self) { try XPath(String(repeating: "-", count: 5000) + "1") }.code
        == .limit)
    #expect(
      try #require(throws: DocumentError.self) { try XPath("'" + String(repeating: "x", count: 9000) + "'") }
        .code == .limit)
    let rows = String(repeating: "<r/>", count: 3000)
    let document = try XMLDocument(parsing: "<a>\(rows)</a>")
    let error = try #require(throws: DocumentError.self) {
      try XPath("count(//*[count(//*[count(//*) > 0]) > 0])").string(in: document)
    }
    #expect(error.code == .limit)
    #expect(try XPath("count(//r)").string(in: document) == "3000")
    let few = try XPath("count(//r[@x = 1])", maxOperations: 100)
    #expect(throws: DocumentError.self) { try few.string(in: document) }
  }

  /// What libxml2 does not count is bounded too; what is meant in earnest is still answered.
  @Test func sidewaysAxesDoNotRunAway() throws {
    let document = try XMLDocument(parsing: "<a>" + String(repeating: "<b><c/></b>", count: 3000) + "</a>")
    for path in [
      "count(//*/following::*)", "count(//*/preceding::node())", "count(//b/following-sibling::*)",
    ] {
      let start = ContinuousClock.now
      let error = try #require(throws: DocumentError.self) { try XPath(path).string(in: document) }
      #expect(error.code == .limit)
      #expect(ContinuousClock.now - start < .seconds(10), "\(path)")
    }
    #expect(try XPath("count(/a/b[1]/following::c)").string(in: document) == "2999")
    #expect(try XPath("count(//b[last()]/preceding-sibling::b)").string(in: document) == "2999")
    let few = try XMLDocument(parsing: "<a>" + String(repeating: "<b k='1'/><d k='1'/>", count: 200) + "</a>")
    #expect(try XPath("count(//b[following-sibling::d/@k = @k])").string(in: few) == "200")
    let rows = "<a>" + String(repeating: "<r><x>1</x><y>2</y></r>", count: 100_000) + "</a>"
    let page = try XMLDocument(parsing: rows)
    #expect(try XPath("count(//r[x = 1])").string(in: page) == "100000")
    #expect(try XPath("count(/a/r[1]/following-sibling::r)").string(in: page) == "99999")
  }

  /// Plain paths are walked without libxml2; the results must be its own.
  @Test func simplePathsAgreeWithLibxml2() throws {
    var random = SeededGenerator(seed: 5)
    let names = ["a", "b", "c"]
    func element(_ depth: Int) -> String {
      let name = names.randomElement(using: &random) ?? "a"
      let prefix = Int.random(in: 0..<5, using: &random) == 0 ? "n:" : ""
      let attribute = names.filter { _ in Bool.random(using: &random) }.map { " \($0)='\(depth)&amp;'" }
        .joined()
      var inner = ""
      if depth < 4 {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          inner += Bool.random(using: &random) ? "t\(depth)" : ""
          inner += element(depth + 1)
        }
      }
      return "<\(prefix)\(name)\(attribute)>\(inner)</\(prefix)\(name)>"
    }
    for _ in 0..<60 {
      let document = try XMLDocument(parsing: "<a xmlns:n='u'>\(element(0))\(element(0))</a>")
      for _ in 0..<20 {
        var steps = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          names.randomElement(using: &random) ?? "a"
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: steps.append("@" + (names.randomElement(using: &random) ?? "a"))
        case 1: steps.append("text()")
        default: break
        }
        let path = (Bool.random(using: &random) ? "/" : "") + steps.joined(separator: "/")
        let simple = try XPath(path)
        let general = try XPath("(\(path))")
        #expect(try simple.strings(in: document) == general.strings(in: document), "\(path)")
        #expect(try simple.string(from: document.root) == general.string(from: document.root), "\(path)")
      }
    }
  }

  @Test func expressionsAreSharedByThreads() async throws {
    let path = try XPath("//House[@no > 1]/@no")
    let plain = try XPath("/Message/Head/ID")
    try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let document = try XMLDocument(parsing: Self.message)
          return try path.strings(in: document) + plain.strings(in: document)
        }
      }
      for try await found in group { #expect(found == ["2", "3", "7"]) }
    }
  }
}
