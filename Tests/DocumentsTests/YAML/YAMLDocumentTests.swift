import Documents
import Testing

@Suite struct YAMLDocumentTests {
  private func parse(_ text: String) throws -> YAMLNode {
    try YAMLDocument(parsing: text, file: "site.yaml").root
  }

  @Test func keepsOrderPositionsAndWrittenForms() throws {
    let root = try parse(
      """
      adapter: hangzhou/public-data
      version: 1.10
      limits: {rate: 20/s, "windows": ["00:00-24:00"]}
      note: |
        two
        lines
      """)
    let mapping = try #require(root.mapping)
    #expect(mapping.keys == ["adapter", "version", "limits", "note"])
    #expect(root["version"]?.asText == "1.10")
    #expect(root["note"]?.asText == "two\nlines")
    #expect(root["limits"]?["windows"]?.sequence?.first?.asText == "00:00-24:00")
    let rate = try #require(root["limits"]?["rate"])
    #expect(rate.mark == YAMLMark(file: "site.yaml", line: 3, column: 16))
    #expect(mapping.entry("limits")?.keyMark.description == "site.yaml:3:1")
  }

  @Test func columnsCountScalars() throws {
    let root = try parse("\u{FEFF}{证照: 营业执照, b: c}")
    #expect(root["b"]?.mark.column == 15)
    #expect(root["b"]?.mark.line == 1)
  }

  @Test(arguments: [
    ("a: 1\na: 2", 2, 1, "the key 'a' is already given at line 1, column 1"),
    ("a: 1\n\"a\": 2", 2, 1, "the key 'a' is already given at line 1, column 1"),
    ("x:\n  证: 1\n  证: 2", 3, 3, "the key '证' is already given at line 2, column 3"),
    ("a: &b 1", 1, 4, "the anchor &b is not allowed"),
    ("a: *b", 1, 4, "the alias *b is not allowed"),
    ("a: !!str 1", 1, 4, "the tag tag:yaml.org,2002:str is not allowed"),
    ("a: ! 1", 1, 4, "the tag ! is not allowed"),
    ("a:\n  <<: {b: c}", 2, 3, "merge keys"),
    ("? [a]\n: b", 1, 3, "a key must be a single word"),
    ("~: b", 1, 1, "a key must not be empty"),
    ("a: 1\n---\nb: 2", 2, 1, "a second document"),
    ("%TAG ! tag:example.com,2000:\n---\na: 1", 1, 1, "%TAG"),
  ])
  func refuses(text: String, line: Int, column: Int, message: String) throws {
    let error = try #require(throws: DocumentError.self) { try parse(text) }
    #expect(error.code == .forbidden)
    #expect(error.message.contains(message), "\(error)")
    #expect(error.position?.line == line)
    #expect(error.position?.column == column)
  }

  @Test func reportsEverythingRefused() {
    let diagnostics = Diagnostics()
    let text = "a: &x 1\na: *x\nb: !t 2"
    let document = YAMLDocument(parsing: Array(text.utf8), file: "f.yaml", diagnostics: diagnostics)
    #expect(document == nil)
    #expect(diagnostics.all.map(\.line) == [1, 2, 2, 3])
    #expect(diagnostics.all[0].description.hasPrefix("f.yaml:1:4: error: the anchor &x"))
  }

  @Test func stopsCollectingProblems() throws {
    let text = String(repeating: "a: 1\n", count: 5000)
    let diagnostics = Diagnostics()
    #expect(YAMLDocument(parsing: Array(text.utf8), file: "f", diagnostics: diagnostics) == nil)
    #expect(diagnostics.errorCount == 101)
  }

  @Test(arguments: [
    ("a: [1, 2", 2, 1), (": b", 1, 1), ("a: b: c", 1, 5), ("a:\n\t- b", 2, 1), ("\"a", 1, 3), ("a: @b", 1, 4),
    ("", 1, 1),
    ("# only\n", 2, 1),
  ])
  func syntaxErrorsHavePositions(text: String, line: Int, column: Int) throws {
    let error = try #require(throws: DocumentError.self) { try parse(text) }
    #expect(error.code == .syntax)
    #expect(error.position?.line == line)
    #expect(error.position?.column == column)
  }

  @Test func invalidUTF8HasAnOffset() throws {
    var bytes = Array("\u{FEFF}a: 中\nb: ".utf8)
    bytes += [0xD6, 0xD0]
    let error = try #require(throws: DocumentError.self) { try YAMLDocument(parsing: bytes, file: "f") }
    #expect(error.code == .damagedCharacter)
    #expect(error.position == DocumentPosition(line: 2, column: 4, offset: 13))
  }

  @Test func controlCharactersHaveAnOffset() throws {
    let error = try #require(throws: DocumentError.self) { try parse("\u{FEFF}a: 1\nb: \u{0}") }
    #expect(error.code == .syntax)
    #expect(error.position == DocumentPosition(line: 2, column: 4, offset: 11))
  }

  @Test func offsetsAreBytes() throws {
    let error = try #require(throws: DocumentError.self) { try parse("\u{FEFF}证照: 1\n证照: 2") }
    #expect(error.position == DocumentPosition(line: 2, column: 1, offset: 13))
  }

  @Test func limits() throws {
    let depth = String(repeating: "[", count: 5000)
    let deep = try #require(throws: DocumentError.self) { try parse(depth) }
    #expect(deep.code == .limit)
    let block = String(repeating: "- ", count: 3000)
    #expect(try #require(throws: DocumentError.self) { try parse(block) }.code == .limit)
    let nodes = YAMLLimits(maxNodes: 3)
    #expect(throws: DocumentError.self) { try YAMLDocument(parsing: "[1, 2, 3]", file: "f", limits: nodes) }
    #expect(throws: Never.self) { try YAMLDocument(parsing: "[1, 2]", file: "f", limits: nodes) }
    let bytes = YAMLLimits(maxBytes: 4)
    #expect(throws: DocumentError.self) { try YAMLDocument(parsing: "[1,2]", file: "f", limits: bytes) }
  }

  @Test func mergesKeyByKey() throws {
    let base = try YAMLDocument(parsing: "a: {x: 1, y: 2}\nlist: [1, 2]\nc: 3", file: "base").root
    let over = try YAMLDocument(parsing: "a: {y: 4, z: 5}\nlist: [9]\nc: ~\nd: 6", file: "over").root
    let merged = base.merged(with: over)
    #expect(merged.mapping?.keys == ["a", "list", "d"])
    #expect(merged["a"]?["x"]?.asText == "1")
    #expect(merged["a"]?["x"]?.mark.file == "base")
    #expect(merged["a"]?["y"]?.asText == "4")
    #expect(merged["a"]?["z"]?.mark.file == "over")
    #expect(merged["list"]?.sequence?.count == 1)
    #expect(merged["c"] == nil)
    // What removes nothing stays to be complained of.
    let nothing = try YAMLDocument(parsing: "{x: ~, a: {q: ~}}", file: "over").root
    #expect(base.merged(with: nothing)["x"]?.isNull == true)
    #expect(base.merged(with: nothing)["a"]?["q"]?.isNull == true)
  }

  @Test(arguments: [
    "[", "{", "- ", "? ", "a: ", "!", "&a ", "*a ", "%X\n", "'", "\"", "|\n", ">\n", "{a: ", "[a, ", "\n ",
    "#", "---\n",
    "a:\n", "\t", "- a\n", "? a\n", "\\", "...\n", "[]", "a: [", "\"\\",
  ])
  func repeatedFragmentsEndSoon(fragment: String) {
    let text = String(repeating: fragment, count: 200_000 / fragment.utf8.count)
    let time = ContinuousClock().measure {
      // Most are errors, some are documents; none may hang.
      _ = YAMLDocument(parsing: Array(text.utf8), file: "f", diagnostics: Diagnostics())
    }
    #expect(time < .seconds(5))
  }

  @Test func damagedDocumentsNeverCrash() {
    var random = SeededGenerator(seed: 3)
    let bytes = Array("a: [1, {b: 'c'}]\nd: |\n  text\ne:\n  - \"x\\u4E2D\"\n  - &y ~\n营: *y\n".utf8)
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[index] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged.remove(at: index)
        default: damaged.insert("[]{}:,-?&*!|>'\"%@ \n\t".utf8.randomElement(using: &random) ?? 0, at: index)
        }
      }
      let diagnostics = Diagnostics()
      let document = YAMLDocument(parsing: damaged, file: "f", diagnostics: diagnostics)
      #expect((document == nil) == diagnostics.hasErrors)
      #expect(diagnostics.all.allSatisfy { $0.line > 0 && $0.column > 0 })
    }
  }
}
