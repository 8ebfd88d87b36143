import Documents
import TestSupport
import Testing

struct JSONDocumentTests {
  static let text = """
    {"名称":"浙江\\n某公司","amount":1.10,"big":123456789012345678901234567890,"ok":true,"no":false,"none":null,
     "rows":[1,[2],{"a":3}],"empty":{}, "e":"\\u0041\\uD83D\\uDE00"}
    """

  @Test func readsValues() throws {
    let root = try JSONDocument(parsing: Self.text).root
    #expect(root.kind == .object && root.isObject && root.count == 9)
    #expect(root["名称"]?.string == "浙江\n某公司")
    #expect(
      root["amount"]?.numberText == "1.10" && root["amount"]?.double == 1.1 && root["amount"]?.integer == nil)
    #expect(root["big"]?.numberText == "123456789012345678901234567890" && root["big"]?.integer == nil)
    #expect(root["ok"]?.boolean == true && root["no"]?.boolean == false && root["none"]?.isNull == true)
    #expect(root["rows"]?.count == 3 && root["rows"]?[2]?["a"]?.integer == 3 && root["rows"]?[3] == nil)
    #expect(root["rows"]?[-1] == nil && root["rows"]?["a"] == nil && root["amount"]?[0] == nil)
    #expect(root["empty"]?.count == 0 && root["absent"] == nil)
    #expect(root["e"]?.string == "A\u{1F600}")
    #expect(root["rows"]?.elements.map(\.kind) == [.number, .array, .object])
    #expect(root.members.map(\.key) == ["名称", "amount", "big", "ok", "no", "none", "rows", "empty", "e"])
    #expect(root.elements.map(\.kind).isEmpty && root["rows"]?.members.map(\.key).isEmpty == true)
    #expect(root["rows"]?[1]?.writtenBytes == Array("[2]".utf8))
    #expect(root["ok"]?.string == nil && root["ok"]?.numberText == nil && root["none"]?.boolean == nil)
    #expect(
      root["ok"]?.scalarText == "true" && root["amount"]?.scalarText == "1.10"
        && root["none"]?.scalarText == nil)
  }

  @Test func lendsBytes() throws {
    let root = try JSONDocument(parsing: Self.text).root
    func copy(_ value: JSONValue?) -> [UInt8]? {
      value?.withUTF8 { span in span.indices.map { span[$0] } } ?? nil
    }
    #expect(copy(root["名称"]) == Array("浙江\n某公司".utf8))
    #expect(copy(root["e"]) == Array("A\u{1F600}".utf8))
    #expect(copy(root["amount"]) == nil)
    #expect(root["amount"]?.withScalarUTF8 { $0.count } == 4)
    #expect(root["e"]?.isString("A\u{1F600}") == true && root["e"]?.isString("A") == false)
    #expect(root["名称"]?.isString(utf8: Array("浙江\n某公司".utf8)) == true)
    #expect(root.member(utf8: Array("amount".utf8))?.numberText == "1.10")
    var members = root.members.makeIterator()
    #expect(members.nextCursors()?.name.isString("名称") == true)
  }

  @Test func placesValues() throws {
    let root = try JSONDocument(parsing: Self.text).root
    #expect(root.position == DocumentPosition(line: 1, column: 1, offset: 0))
    #expect(root["amount"]?.position == DocumentPosition(line: 1, column: 26, offset: 39))
    #expect(root["rows"]?[2]?["a"]?.position == DocumentPosition(line: 2, column: 21, offset: 135))
    #expect(root["rows"]?[2]?["a"]?.normalizedPath == "$['rows'][2]['a']")
    #expect(root["empty"]?.normalizedPath == "$['empty']" && root.normalizedPath == "$")
    #expect(
      root["rows"]?[1]?.normalizedPath == "$['rows'][1]"
        && root["rows"]?[1]?[0]?.normalizedPath == "$['rows'][1][0]")
  }

  @Test(arguments: [
    ("[1,\n 2,\r\n  x]", 3, 3, 11), ("\u{FEFF}x", 1, 1, 3), ("[\"证照\",x]", 1, 7, 10),
    ("[\"证照\" 1]", 1, 7, 10), ("[1", 1, 3, 2),
    ("", 1, 1, 0), ("{\"a\":\"\u{1}\"}", 1, 7, 6), ("[\"abc", 1, 2, 1), ("\r\rx", 3, 1, 2), ("[01]", 1, 3, 2),
    ("{\"a\":1}\n]", 2, 1, 8),
    ("[\"\\u12G4\"]", 1, 7, 6), ("[\"\\x\"]", 1, 4, 3), ("[tru]", 1, 2, 1), ("[1.]", 1, 4, 3),
    ("[-]", 1, 3, 2), ("[1 2]", 1, 4, 3),
  ])
  func saysWhere(_ text: String, _ line: Int, _ column: Int, _ offset: Int) {
    let error = #expect(throws: DocumentError.self) { try JSONDocument(parsing: text) }
    #expect(error?.position == DocumentPosition(line: line, column: column, offset: offset))
  }

  @Test func saysWhatIsWrongWithoutQuotingData() {
    let error = #expect(throws: DocumentError.self) {
      try JSONDocument(parsing: "{\"idNumber\":\"330100199001011234\" x}")
    }
    #expect(error?.description == "1:34: expected ',' or '}', found 'x' [syntax]")
    let damaged = #expect(throws: DocumentError.self) { try JSONDocument(parsing: [0x22, 0xD6, 0xD0, 0x22]) }
    #expect(damaged?.code == .damagedCharacter && damaged?.position?.offset == 1)
    let wide = #expect(throws: DocumentError.self) { try JSONDocument(parsing: "{\"a\":1，\"b\":2}") }
    #expect(wide?.message.contains("U+FF0C, which is punctuation of Chinese text") == true)
    let letter = #expect(throws: DocumentError.self) { try JSONDocument(parsing: "[证]") }
    #expect(letter?.message == "expected a value, found the character U+8BC1")
    let page = #expect(throws: DocumentError.self) { try JSONDocument(parsing: "<html>") }
    #expect(page?.message.contains("HTML") == true)
  }

  @Test func keepsItsLimits() throws {
    func refuses(_ text: String, _ limits: JSONLimits, _ location: SourceLocation = #_sourceLocation) {
      let error = #expect(throws: DocumentError.self, sourceLocation: location) {
        try JSONDocument(parsing: text, limits: limits)
      }
      #expect(error?.code == .limit, sourceLocation: location)
    }
    refuses("[1,2,3]", JSONLimits(maxBytes: 6))
    refuses("[[[]]]", JSONLimits(maxDepth: 2))
    refuses("{\"a\":[{}]}", JSONLimits(maxDepth: 2))
    refuses("[1,2,3]", JSONLimits(maxNodes: 3))
    let exact = JSONLimits(maxBytes: 10, maxDepth: 3, maxNodes: 3)
    #expect(throws: Never.self) { try JSONDocument(parsing: "[[[    ]]]", limits: exact) }
    #expect(throws: Never.self) { try JSONDocument(parsing: "1", limits: JSONLimits(maxDepth: 0)) }
    let deep = String(repeating: "[", count: 100_000)
    refuses(deep, .standard)
    let closed = deep + String(repeating: "]", count: 100_000)
    let document = try JSONDocument(parsing: closed, limits: JSONLimits(maxDepth: 200_000))
    #expect(document.root.count == 1)
    let error = #expect(throws: DocumentError.self) {
      try JSONDocument(parsing: deep, limits: JSONLimits(maxDepth: 200_000))
    }
    #expect(error?.code == .syntax)
  }

  @Test func reportsDuplicateKeys() throws {
    let text = "{\"a\":1,\"b\":{\"x\":1,\"\\u0078\":2},\n\"a\":2,\"a\":3}"
    let document = try JSONDocument(parsing: text)
    #expect(document.duplicateKeys.map(\.name) == ["x", "a", "a"])
    #expect(document.duplicateKeys.map(\.path) == ["$['b']['x']", "$['a']", "$['a']"])
    #expect(document.duplicateKeys.map(\.position.line) == [1, 2, 2])
    #expect(document.duplicateKeys.map(\.position.column) == [19, 1, 7])
    #expect(document.root["a"]?.integer == 3 && document.root["b"]?["x"]?.integer == 2)
    let error = #expect(throws: DocumentError.self) {
      try JSONDocument(parsing: text, limits: JSONLimits(refusesDuplicateKeys: true))
    }
    #expect(error?.code == .forbidden && error?.position?.column == 19)
    #expect(try JSONDocument(parsing: "[{\"a\":1},{\"a\":1}]").duplicateKeys.isEmpty)
    let inner = try JSONDocument(parsing: "{\"a\":1,\"a\":{\"b\":1,\"b\":2},\"a\":3}")
    #expect(inner.hasDuplicateKeys && inner.duplicateKeys.map(\.name) == ["a", "b", "a"])
    #expect(inner.duplicateKeys.map(\.position.offset) == [7, 18, 25])
  }

  /// Sizes on both sides of the place where the check changes its method, names of every length, in every order.
  @Test(arguments: [2, 3, 10, 47, 48, 49, 100, 1000])
  func findsEveryDuplicateKey(_ size: Int) throws {
    var generator = SplitMix64(seed: UInt64(size))
    for round in 0..<20 {
      let names = (0..<size).map { String(repeating: "k", count: ($0 * 7) % 23) + String($0) }
      let twice = Int.random(in: 0..<size, using: &generator)
      let isRepeated = round % 2 == 0
      var all = names.shuffled(using: &generator)
      if isRepeated { all.insert(names[twice], at: Int.random(in: 0...size, using: &generator)) }
      let isEscaped = round % 4 > 1
      let text =
        "{"
        + all.enumerated().map { index, name in
          isEscaped && index % 5 == 0 ? "\"\\u006b\(name.dropFirst())\":\(index)" : "\"\(name)\":\(index)"
        }.joined(separator: ",") + "}"
      if isEscaped {
        // What the escapes spell is not always the name; count what is really repeated.
        let spelled = all.enumerated().map { $0 % 5 == 0 ? "k" + $1.dropFirst() : $1 }
        #expect(try JSONDocument(parsing: text).duplicateKeys.count == spelled.count - Set(spelled).count)
      } else {
        #expect(
          try JSONDocument(parsing: text).duplicateKeys.map(\.name) == (isRepeated ? [names[twice]] : []))
      }
    }
  }

  @Test func checksHugeObjectsFast() throws {
    let count = 100_000
    let text =
      "{" + (0..<count).map { "\"prefix-\($0)-suffix\":0" }.joined(separator: ",") + ",\"prefix-7-suffix\":1}"
    var document: JSONDocument?
    let duration = try ContinuousClock().measure { document = try JSONDocument(parsing: text) }
    #expect(document?.duplicateKeys.count == 1)
    #expect(document?.root["prefix-7-suffix"]?.integer == 1)
    // Comparing all pairs would take minutes.
    #expect(duration < .seconds(5))
  }

  @Test func reportsUnpairedSurrogates() throws {
    let text = "[\"\\uD800\",\n\"\\uDC00x\",\"\\uD83D\\uDE00\",{\"\\uD800\\uD800\":1}]"
    let document = try JSONDocument(parsing: text)
    #expect(document.unpairedSurrogates.map(\.line) == [1, 2, 2])
    let value = try #require(document.root[0])
    #expect(value.isString && value.string == nil && value.scalarText == nil && value.hasUnpairedSurrogate)
    #expect(value.withUTF8 { $0.count } == nil)
    let error = #expect(throws: DocumentError.self) { try value.text() }
    #expect(error?.code == .damagedCharacter && error?.path == "$[0]" && error?.position?.column == 2)
    #expect(document.root[2]?.string == "\u{1F600}")
    #expect(document.root[3]?.members.map(\.key) == ["\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"])
    #expect(throws: DocumentError.self) {
      try JSONDocument(parsing: text, limits: JSONLimits(refusesUnpairedSurrogates: true))
    }
    // Written again it is what it was, escapes and all.
    var writer = JSONWriter()
    writer.value(value)
    #expect(writer.text == "\"\\uD800\"")
    #expect(throws: DocumentError.self) { try #require(document.root[3]).text() }
  }

  @Test func reportsManyFaultsFast() throws {
    let text =
      "[" + Array(repeating: "\"\\uD800\",{\"a\":1,\"a\":2}", count: 20_000).joined(separator: ",\n") + "]"
    let document = try JSONDocument(parsing: text)
    let duration = ContinuousClock().measure {
      #expect(document.unpairedSurrogates.map(\.line) == Array(1...20_000))
      #expect(document.duplicateKeys.map(\.position.line) == Array(1...20_000))
    }
    // Counting the lines anew for each would take minutes.
    #expect(duration < .seconds(5))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("12", 12), ("-7", -7), ("1.0", 1), ("1.2e1", 12), ("120e-1", 12),
    ("9223372036854775807", Int.max),
    ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("1.5", nil), ("1e19", nil),
    ("1e-1", nil), ("0e99", 0),
    ("1e99999999999999999999", nil), ("1e-99999999999999999999", nil), ("0.000", 0),
    ("922337203685477580.7e1", Int.max),
  ])
  func readsExactIntegers(_ text: String, _ value: Int?) throws {
    #expect(try JSONDocument(parsing: text).root.integer == value)
  }
}
