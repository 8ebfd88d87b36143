import Applications
import CivilTime
import Crypto
import Documents
import Mapping
import Testing

/// Templates written here, and what they make of a record.
enum TemplateFixture {
  static func library(_ yaml: String, codes: [String: String] = [:]) -> (MappingLibrary, Diagnostics) {
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: [MappingSource(name: "test/it", file: "it.yaml", bytes: Array(yaml.utf8))],
      codeLists: codes.sorted { $0.key < $1.key }.map {
        MappingSource(name: $0.key, file: "codes/\($0.key).yaml", bytes: Array($0.value.utf8))
      }, diagnostics: diagnostics)
    return (library, diagnostics)
  }

  /// A template of permit applications with these lines in its body.
  static func json(_ body: String, head: String = "") -> String {
    "template: test/it\nversion: 1\nrecord: permit-application\nmessage: json\npartial: true\n\(head)body:\n"
      + Fixture.indented(body, by: 2) + "\n"
  }

  static func xml(_ body: String, head: String = "") -> String {
    json(body, head: head).replacing("message: json", with: "message: xml")
  }

  static func problems(_ yaml: String, codes: [String: String] = [:]) -> [String] {
    library(yaml, codes: codes).1.all.map(\.description)
  }

  static let attachment = Applications.Attachment(
    name: "a.txt", mediaType: "text/plain", bytes: Array("abc".utf8), sm3: Hex.encode(Digest.sm3.hash("abc")))

  static let record = """
    {"kind":"permit-application","applicationNumber":"SQ-1","projectName":"ａ  项目","itemCode":"road-digging",
     "applicant":{"name":"拟公司","code":"x1","codeType":"001"},"location":"西湖区","areaCode":"330199",
     "startDate":"2026-03-01","lineLength":"1250.5","occupiedArea":"1000","promise":true,
     "attachments":[{"name":"a.txt","kind":"CL1","mediaType":"text/plain","size":3,"sm3":"\(attachment.sm3)"},
                    {"name":"b.txt","kind":"CL2","mediaType":"text/plain","size":3,"sm3":"\(attachment.sm3)"}]}
    """

  static func render(
    _ yaml: String, codes: [String: String] = [:], record: String = record,
    attachments: [Applications.Attachment] = [attachment]
  ) throws -> String {
    let (library, diagnostics) = library(yaml, codes: codes)
    try diagnostics.throwIfErrors()
    let template = try #require(library.template("test/it"))
    // A template that was packed makes the same of it.
    let again = try CompiledTemplate(bundle: template.bundle)
    let record = try ApplicationRecord(decoding: Array(record.utf8))
    let message = try template.render(record, attachments: attachments)
    #expect(try again.render(record, attachments: attachments) == message)
    return String(decoding: try template.charset.decode(message), as: UTF8.self)
  }
}

@Suite struct TemplateTests {
  /// A member of a JSON message, and what it becomes.
  @Test(arguments: [
    ("a: applicationNumber", #"{"a":"SQ-1"}"#),
    ("a: applicant.name", #"{"a":"拟公司"}"#),
    ("a: {constant: \"\"}", #"{"a":""}"#),
    ("a: {constant: 7, as: number}", #"{"a":7}"#),
    ("a: {from: applicant.code, normalize: uppercase}", #"{"a":"X1"}"#),
    ("a: {from: projectName, normalize: [nfkc, collapse]}", #"{"a":"a 项目"}"#),
    ("a: {from: startDate, date: yyyyMMdd}", #"{"a":"20260301"}"#),
    ("a: {from: startDate, date: yyyy年M月d日}", #"{"a":"2026年3月1日"}"#),
    ("a: {from: startDate, date: epoch-ms, as: number}", #"{"a":1772294400000}"#),
    ("a: startDate", #"{"a":"2026-03-01"}"#),
    ("a: {from: lineLength, unit: km}", #"{"a":"1.2505"}"#),
    ("a: {from: lineLength, unit: m, as: number}", #"{"a":1250.5}"#),
    ("a: {from: occupiedArea, unit: 亩, as: number}", #"{"a":1.5}"#),
    ("a: {from: promise, as: boolean}", #"{"a":true}"#),
    ("a: promise", #"{"a":"true"}"#),
    ("a: {from: promise, codes: {entries: {\"true\": \"1\", \"false\": \"0\"}}, as: number}", #"{"a":1}"#),
    ("a: remarks\nb: areaCode", #"{"b":"330199"}"#),
    ("a: {from: remarks, otherwise: 无}", #"{"a":"无"}"#),
    ("a: [remarks, areaCode]", #"{"a":"330199"}"#),
    ("a: [{when: {from: itemCode, equals: greening}, constant: g}, {constant: other}]", #"{"a":"other"}"#),
    (
      "a: [{when: {from: itemCode, in: [greening, road-digging]}, constant: g}, {constant: other}]",
      #"{"a":"g"}"#
    ),
    ("a: {when: {from: remarks, present: false}, constant: g}", #"{"a":"g"}"#),
    ("a: {when: {from: location, matches: ^西}, constant: g}", #"{"a":"g"}"#),
    ("a: {when: {from: itemCode, not: {equals: road-digging}}, constant: g}", "{}"),
    (
      "a: {when: {all: [{from: promise, equals: \"true\"}, {not: {from: remarks, present: true}}]}, constant: g}",
      #"{"a":"g"}"#
    ),
    ("a: {object: {b: areaCode, c: {object: {d: location}}}}", #"{"a":{"b":"330199","c":{"d":"西湖区"}}}"#),
    ("a: {object: {from: areaCode, date: location}}", #"{"a":{"from":"330199","date":"西湖区"}}"#),
    ("a: {when: {from: itemCode, equals: greening}, object: {b: areaCode}}\nc: areaCode", #"{"c":"330199"}"#),
    ("a: {each: attachments, value: kind}", #"{"a":["CL1","CL2"]}"#),
    (
      "a: {each: attachments, object: {b: name, c: {from: areaCode, of: record}}}",
      #"{"a":[{"b":"a.txt","c":"330199"},{"b":"b.txt","c":"330199"}]}"#
    ),
    (
      "a: {each: attachments, object: {s: {from: size, unit: B, as: number}, n: {content: base64}}}",
      #"{"a":[{"s":3,"n":"YWJj"},{"s":3,"n":"YWJj"}]}"#
    ),
  ])
  func aMemberBecomes(_ body: String, _ message: String) throws {
    #expect(try TemplateFixture.render(TemplateFixture.json(body)) == message)
  }

  @Test func whatIsAbsentIsWrittenAsSaid() throws {
    let body = "a: remarks\nb: {object: {c: remarks}}\nd: {each: attachments, value: kind}"
    let none = TemplateFixture.record.replacing(/,\s*"attachments":\[[^\]]*\]/, with: "")
    #expect(try TemplateFixture.render(TemplateFixture.json(body), record: none) == #"{"b":{}}"#)
    let null = TemplateFixture.json(body, head: "absent: null\n".replacing("null", with: "\"null\""))
    #expect(try TemplateFixture.render(null, record: none) == #"{"a":null,"b":{"c":null},"d":null}"#)
    let xml = "element: r\nattributes: {a: remarks}\nchildren: [{element: t, text: remarks}]"
    #expect(
      try TemplateFixture.render(TemplateFixture.xml(xml)).hasSuffix("<r>\n</r>\n"))
    #expect(
      try TemplateFixture.render(TemplateFixture.xml(xml, head: "absent: empty\n"))
        .hasSuffix("<r a=\"\">\n<t></t>\n</r>\n"))
  }

  @Test func elementsAndAttributesAreWritten() throws {
    let body = """
      element: Message
      attributes: {xmlns: {constant: "urn:x"}, No: applicationNumber}
      children:
        - {element: Head, children: [{element: Area, text: areaCode}]}
        - element: File
          each: attachments
          attributes: {Kind: kind}
          text: {content: base64}
        - {element: Never, when: {from: itemCode, equals: greening}}
        - {element: End}
      """
    #expect(
      try TemplateFixture.render(TemplateFixture.xml(body)) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <Message xmlns="urn:x" No="SQ-1">
        <Head>
        <Area>330199</Area>
        </Head>
        <File Kind="CL1">YWJj</File>
        <File Kind="CL2">YWJj</File>
        <End/>
        </Message>

        """)
    let chinese = TemplateFixture.xml("element: r\ntext: location", head: "charset: gb18030\n")
    let template = try #require(TemplateFixture.library(chinese).0.template("test/it"))
    let record = try ApplicationRecord(decoding: Array(TemplateFixture.record.utf8))
    let message = try template.render(record)
    #expect(message.contains(0xCE) && String(validating: message, as: UTF8.self) == nil)
    #expect(try XMLDocument(parsing: message).root.text == "西湖区")
  }

  /// What keeps a record from becoming a message, with its place and without its values.
  @Test(arguments: [
    ("a: {object: {b: {from: remarks, required: true}}}", "a.b (remarks): a value is needed [no-value]"),
    (
      "a: {from: itemCode, codes: {entries: {greening: x, road-occupation: x, route-planning: x}}}",
      "a (itemCode): the code list has no entry for the record's word [unknown-code]"
    ),
    ("a: {from: location, as: number}", "a (location): must be a number, as 'as' says [wrong-form]"),
    (
      "a: {each: attachments, object: {n: {content: base64}}}",
      "a[0].n (attachments): the bytes of the attachment are not at hand [no-attachment]"
    ),
  ])
  func aRecordIsRefused(_ body: String, _ problem: String) throws {
    let error = try #require(throws: TemplateError.self) {
      try TemplateFixture.render(TemplateFixture.json(body), attachments: [])
    }
    #expect(error.problems.first?.description == problem)
  }

  @Test func anotherKindIsRefused() throws {
    let template = try #require(
      TemplateFixture.library(TemplateFixture.json("a: areaCode")).0.template("test/it"))
    #expect(throws: TemplateError.self) { try template.render(ApplicationRecord(kind: .dataObjection)) }
  }

  /// A mistake, its place, and the nearest word.
  @Test(arguments: [
    (
      "a: areacode",
      "it.yaml:7:6: error: template.body.a names no field of the record: 'areacode' (did you mean 'areaCode'?)"
    ),
    (
      "a: applicant",
      "it.yaml:7:6: error: template.body.a is a group; name one of its fields (did you mean 'applicant.name'?)"
    ),
    ("a: attachments", "it.yaml:7:6: error: template.body.a is a list; write it with 'each: attachments'"),
    (
      "a: {form: areaCode}",
      "it.yaml:7:6: error: template.body.a needs one of the keys from, constant, content"
    ),
    (
      "a: lineLength",
      "it.yaml:7:6: error: template.body.a needs the key 'unit', the unit the platform wants (m, km)"
    ),
    (
      "a: {from: lineLength, unit: kg}",
      "it.yaml:7:31: error: template.body.a.unit must be one of m, km, not 'kg'"
    ),
    ("a: {from: areaCode, unit: m}", "areaCode holds no amount"),
    ("a: {from: areaCode, date: iso}", "areaCode holds no date"),
    ("a: {from: startDate, date: yyyymmdd}", "(did you mean 'yyyyMMdd'?)"),
    ("a: {constant: x, from: areaCode}", "cannot stand beside 'from'"),
    ("a: {constant: x, required: true}", "a constant is the whole value"),
    ("a: {constant: x, as: number}", "must be a number, as 'as' says, not 'x'"),
    ("a: {from: startDate, as: number}", "is not what startDate holds"),
    (
      "a: {from: itemCode, codes: {entries: {green: x}}}",
      "is none of the words of 'itemCode' (did you mean 'greening'?)"
    ),
    (
      "a: {from: itemCode, codes: {entries: {greening: x}}}",
      "it.yaml:7:30: warning: template.body.a.codes has no entry for route-planning, road-occupation, road-digging, which 'itemCode' may hold"
    ),
    ("a: {from: itemCode, codes: nothing}", "names the code list 'nothing', which is not in Mappings/codes"),
    (
      "a: {from: applicant.code, codes: {list: twice, reverse: true}}",
      "cannot be turned round: x has several codes in 'twice'"
    ),
    ("a: [{constant: x}, areaCode]", "is never reached: the rule before it always gives a value"),
    (
      "a: [{from: remarks, required: true}, areaCode]",
      "is never reached: the rule before it refuses the record"
    ),
    (
      "a: {when: {from: itemCode, equals: green}, constant: x}",
      "is 'green', which 'itemCode' never holds (did you mean 'greening'?)"
    ),
    ("a: {content: base64}", "stands outside of 'each: attachments'"),
    ("a: {each: attachments, value: areaCode}", "names no field of attachments: 'areaCode'"),
    ("a: {each: applicant, value: name}", "must be attachments, not 'applicant'"),
    ("a: {each: attachments, object: {b: {each: attachments, value: kind}}}", "stands inside another 'each'"),
    ("a: {object: {}}", "needs at least one member"),
    ("a: {each: attachments}", "needs one of the keys object, value"),
  ])
  func mistakesAreToldAtTheirPlace(_ body: String, _ problem: String) {
    let codes = ["twice": "codes: twice\nentries: {\"1\": x, \"2\": x}"]
    let problems = TemplateFixture.problems(TemplateFixture.json(body), codes: codes)
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  @Test func mistakesOfTheWhole() {
    func has(_ yaml: String, _ problem: String) {
      let problems = TemplateFixture.problems(yaml)
      #expect(problems.contains { $0.contains(problem) }, "\(problem): \(problems)")
    }
    let good = TemplateFixture.json("a: areaCode")
    #expect(TemplateFixture.problems(good) == [])
    has(good.replacing("test/it", with: "test/that"), "must be 'test/it', the file's place")
    has(
      good.replacing("record: permit-application", with: "record: permit"),
      "must be one of permit-application")
    has(good.replacing("message: json", with: "message: yaml"), "must be one of json, xml")
    has(good + "nulls: []\n", "has no key 'nulls'")
    has(good + "charset: gb18030\n", "is for XML; JSON is always UTF-8")
    has(good + "absent: empty\n", "'empty' is for XML")
    has(
      good.replacing("partial: true\n", with: ""),
      "it.yaml:5:1: warning: template.body never uses 'applicationNumber'")
    has(TemplateFixture.xml("element: 1a"), "must be an XML name")
    has(TemplateFixture.xml("element: a\neach: attachments"), "a message has one root")
    has(
      TemplateFixture.xml("element: a\ntext: areaCode\nchildren: [{element: b}]"),
      "cannot stand beside 'text'")
    has(TemplateFixture.xml("element: a\nattributes: {\"x y\": areaCode}"), "must be an XML name")
    has(TemplateFixture.xml("element: a\ntext: {from: areaCode, as: number}"), "everything in XML is text")
  }

  @Test func samplesAreMissed() {
    let (library, diagnostics) = TemplateFixture.library(TemplateFixture.json("a: areaCode"))
    MappingLint.check(library, files: [], diagnostics: diagnostics)
    #expect(
      diagnostics.all.map(\.message) == [
        "the template has no samples; put records of invented people into test/it/"
      ])
    let doubts = Diagnostics()
    MappingLint.check(
      library,
      files: [
        "test/it/a.record.json", "test/it/a.expected.json", "test/it/b.record.json",
        "test/it/c.expected.json",
        "test/it/d.json", "test/it/attachments/f.pdf",
      ], diagnostics: doubts)
    #expect(
      doubts.all.map { "\($0.file): \($0.message)" } == [
        "test/it/b.record.json: the sample has no expected message; record it with ZHENGDIAN_RECORD=1",
        "test/it/c.expected.json: there is no record for this expected message",
        "test/it/d.json: a template has records (.record.json), and this is none",
      ])
  }

  @Test func codeListsOfMappingsCanBeTurnedRound() throws {
    let codes = ["to-ours": "codes: to-ours\nentries: {\"A1\": x1, \"B1\": x2}"]
    let yaml = TemplateFixture.json("a: {from: applicant.code, codes: {list: to-ours, reverse: true}}")
    #expect(TemplateFixture.problems(yaml, codes: codes) == [])
    #expect(try TemplateFixture.render(yaml, codes: codes) == #"{"a":"A1"}"#)
  }
}

/// Whatever a record's texts are, they come back as they are.
@Suite struct TemplatePropertyTests {
  /// Letters that formats give a meaning to, and others.
  private static let letters: [Unicode.Scalar] =
    Array("\"\\/<>&'{}[],:;=%#!?-]] \t\n\r\u{7F}\u{85}\u{A0}\u{2028}\u{3000}\u{FEFF}".unicodeScalars)
    + Array("aZ09中文，。€🏠é\u{301}\u{10FFFF}\u{E000}".unicodeScalars)

  private static func texts(seed: UInt64) -> [String] {
    var generator = SplitMix(state: seed)
    return (0..<200).map { _ in
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 1...24, using: &generator) {
        text.append(letters[Int.random(in: 0..<letters.count, using: &generator)])
      }
      return String(text)
    }
  }

  private static func record(_ text: String) throws -> ApplicationRecord {
    var record = try ApplicationRecord(decoding: Array(TemplateFixture.record.utf8))
    record.values["remarks"] = .text(text)
    return record
  }

  private static func scalars(_ text: String?) -> [Unicode.Scalar]? { text.map { Array($0.unicodeScalars) } }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func textsSurviveJSON(_ seed: UInt64) throws {
    let yaml = TemplateFixture.json("a: remarks\nb: {object: {c: remarks}}")
    let template = try #require(TemplateFixture.library(yaml).0.template("test/it"))
    for text in Self.texts(seed: seed) {
      let record = try Self.record(text)
      let message = try JSONDocument(parsing: try template.render(record)).root
      #expect(Self.scalars(message["a"]?.string) == Self.scalars(text))
      #expect(Self.scalars(message["b"]?["c"]?.string) == Self.scalars(text))
      #expect(try ApplicationRecord(decoding: record.encode()) == record)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func textsSurviveXML(_ seed: UInt64) throws {
    let body = "element: r\nattributes: {a: remarks}\nchildren: [{element: t, text: remarks}]"
    for head in ["", "charset: gb18030\n"] {
      let template = try #require(
        TemplateFixture.library(TemplateFixture.xml(body, head: head)).0.template("test/it"))
      for text in Self.texts(seed: seed) {
        let root = try XMLDocument(parsing: try template.render(Self.record(text))).root
        #expect(Self.scalars(root.attribute("a")) == Self.scalars(text))
        #expect(Self.scalars(root.firstChild(named: "t")?.text) == Self.scalars(text))
      }
    }
  }

  @Test func whatXMLCannotCarryIsRefused() throws {
    let template = try #require(
      TemplateFixture.library(TemplateFixture.xml("element: r\ntext: remarks")).0.template("test/it"))
    for scalar in ["\u{0}", "\u{1}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
      let error = try #require(throws: TemplateError.self) { try template.render(Self.record("a\(scalar)b")) }
      #expect(error.problems.map(\.code) == ["unwritable"])
    }
  }

  /// Amounts come back through the unit they were written in.
  @Test func amountsAreConvertedExactly() throws {
    var generator = SplitMix(state: 7)
    let yaml = TemplateFixture.json(
      "a: {from: lineLength, unit: km}\nb: {from: occupiedArea, unit: 亩}\nc: {from: occupiedArea, unit: 公顷}")
    let template = try #require(TemplateFixture.library(yaml).0.template("test/it"))
    for _ in 0..<300 {
      let thousandths = Int.random(in: 0...99_999_999, using: &generator)
      var record = try ApplicationRecord(decoding: Array(TemplateFixture.record.utf8))
      let whole = String(thousandths / 1000)
      let part = String(1000 + thousandths % 1000).dropFirst()
      record.values["lineLength"] = .amount("\(whole).\(part)")
      record.values["occupiedArea"] = .amount("\(whole).\(part)")
      let message = try JSONDocument(parsing: try template.render(record)).root
      // In millionths, in ten-millionths of 亩 (1 ㎡ = 0.0015 亩), in ten-millionths of a hectare.
      #expect(Self.number(message["a"]?.string, places: 6) == thousandths)
      #expect(Self.number(message["b"]?.string, places: 7) == thousandths * 15)
      #expect(Self.number(message["c"]?.string, places: 7) == thousandths)
    }
  }

  private static func number(_ text: String?, places: Int) -> Int? {
    guard let text else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    guard fraction.count <= places else { return nil }
    return Int(parts[0] + fraction + String(repeating: "0", count: places - fraction.count))
  }
}

/// A small generator, the same on every machine.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
