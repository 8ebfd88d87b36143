import Documents
import Testing

@Suite struct ConfigurationReaderTests {
  private enum Kind: String, CaseIterable { case pull, query, push }

  /// The diagnostics of reading `text` by `body`, one a line, without the file's name.
  private func problems(
    _ text: String, _ body: (ConfigurationReader) -> Void
  ) throws -> [String] {
    let diagnostics = Diagnostics()
    let root = try YAMLDocument(parsing: text, file: "f").root
    let value: Bool? = ConfigurationReader.read(root, as: "adapter", diagnostics) { reader in
      body(reader)
      return true
    }
    #expect((value == nil) == diagnostics.hasErrors)
    return diagnostics.all.map { String($0.description.dropFirst(2)) }
  }

  @Test func readsEveryKind() throws {
    let text = """
      name: 杭州
      code: 007
      most: 12
      share: 0.50
      open: true
      every: 1h30m
      size: 16 MiB
      kind: push
      windows: ["a", "b"]
      nested: {inner: x}
      free: {one: 1, two: 2}
      """
    let found = try problems(text) { reader in
      #expect(reader.text("name") == "杭州")
      #expect(reader.text("code") == "007")
      #expect(reader.integer("most", in: 1...20) == 12)
      #expect(reader.decimal("share") == "0.50")
      #expect(reader.boolean("open"))
      #expect(reader.duration("every") == .seconds(5400))
      #expect(reader.byteCount("size") == 16 << 20)
      #expect(reader.choice("kind", among: Kind.self) == .push)
      #expect(reader.texts("windows") == ["a", "b"])
      #expect(reader.nested("nested").text("inner") == "x")
      #expect(reader.entries("free").map(\.name) == ["one", "two"])
      #expect(reader.dictionary("free") { $0.integer() } == ["one": 1, "two": 2])
      #expect(reader.text(ifPresent: "absent") == nil)
      #expect(reader.integer("absent2", default: 4) == 4)
    }
    #expect(found == [])
  }

  @Test(arguments: [
    ("naem: x", "1:1: error: adapter has no key 'naem' (did you mean 'name'?)"),
    (
      "zzz: x",
      "1:1: error: adapter has no key 'zzz'; its keys are name, most, kind, every, size, open, inner"
    ),
    ("name: ~", "1:1: error: adapter.name has no value; give one or remove the key"),
    ("name: [x]", "1:7: error: adapter.name must be a text, not a list"),
    ("name: ''", "1:7: error: adapter.name must not be empty"),
    ("most: many", "1:7: error: adapter.most must be an integer (1 to 20), not 'many'"),
    (
      "most: '5'",
      "1:7: error: adapter.most must be an integer (1 to 20), not '5' in quotes (did you mean '5'?)"
    ),
    ("most: 21", "1:7: error: adapter.most must be 1 to 20, not 21"),
    (
      "kind: pul",
      "1:7: error: adapter.kind must be one of pull, query, push, not 'pul' (did you mean 'pull'?)"
    ),
    ("kind: {}", "1:7: error: adapter.kind must be one of pull, query, push, not a mapping"),
    (
      "every: 30",
      "1:8: error: adapter.every must be a duration with its unit, such as 250ms, 30s, 10m, 48h or 31d, not '30'"
    ),
    ("every: 2h", "1:8: error: adapter.every must be 1s to 1h, not 2h"),
    (
      "size: 16m",
      "1:7: error: adapter.size must be a size with its unit, such as 512 B, 64 KiB, 16 MiB or 1 GiB, not '16m' (did you mean '16 MiB'?)"
    ),
    ("open: yes", "1:7: error: adapter.open must be true or false, not 'yes' (did you mean 'true'?)"),
    ("inner: 3", "1:8: error: adapter.inner must be a mapping, not '3'"),
    ("inner: {dpeth: 3}", "1:9: error: adapter.inner has no key 'dpeth' (did you mean 'depth'?)"),
  ])
  func says(text: String, expected: String) throws {
    let found = try problems(text) { reader in
      _ = reader.text(ifPresent: "name")
      _ = reader.integer(ifPresent: "most", in: 1...20)
      _ = reader.choice(ifPresent: "kind", among: Kind.self)
      _ = reader.duration(ifPresent: "every", in: .seconds(1) ... .seconds(3600))
      _ = reader.byteCount(ifPresent: "size")
      _ = reader.boolean(ifPresent: "open")
      _ = reader.nested(ifPresent: "inner")?.integer(ifPresent: "depth")
    }
    #expect(found == [expected])
  }

  @Test func missingMappingIsReportedOnce() throws {
    let found = try problems("a: 1") { reader in
      _ = reader.integer("a")
      let limits = reader.nested("limits")
      _ = limits.text("rate")
      _ = limits.nested("deeper").integer("x")
    }
    #expect(found == ["1:1: error: adapter needs the key 'limits'"])
  }

  @Test func nestedReadersNameTheirPath() throws {
    let text = "operations:\n  - {kind: pull}\n  - {knd: pull}\n"
    let found = try problems(text) { reader in
      _ = reader.list("operations") { value -> Kind? in value.reader()?.choice("kind") }
    }
    #expect(
      found == [
        "3:5: error: adapter.operations[1] needs the key 'kind'",
        "3:6: error: adapter.operations[1] has no key 'knd' (did you mean 'kind'?)",
      ])
  }

  @Test func alternatives() throws {
    let found = try problems("equals: 1\nin: [2]") { reader in
      #expect(reader.exactlyOne(of: "equals", "in", "matches") == nil)
    }
    #expect(
      found == ["2:1: error: adapter.in cannot stand beside 'equals': give only one of equals, in, matches"])
    let none = try problems("{}") { reader in _ = reader.exactlyOne(of: "equals", "in") }
    #expect(none == ["1:1: error: adapter needs one of the keys equals, in"])
    let refused = try problems("paging: {}") { $0.refuse("paging", "only a pull has pages") }
    #expect(refused == ["1:1: error: adapter.paging is not allowed here: only a pull has pages"])
  }

  @Test func parsedTextsPointInside() throws {
    func position(_ column: Int) -> DocumentPosition { DocumentPosition(line: 1, column: column, offset: 0) }
    let found = try problems("path: $.a..[\nquoted: \"$.b[\"") { reader in
      _ = reader.parse("path", "a JSONPath") { _ -> Int? in
        throw DocumentError(.expression, "a selector is missing", position: position(7))
      }
      _ = reader.parse("quoted", "a JSONPath") { _ -> Int? in
        throw DocumentError(.expression, "a selector is missing", position: position(5))
      }
    }
    #expect(
      found == [
        "1:13: error: adapter.path must be a JSONPath: a selector is missing",
        "2:14: error: adapter.quoted must be a JSONPath: a selector is missing",
      ])
  }

  @Test func secretsAreNotShown() throws {
    let found = try problems("key: hunter2") { reader in
      _ = reader.parse("key", "32 hexadecimal digits", isSecret: true) { _ -> Int? in nil }
    }
    #expect(found == ["1:6: error: adapter.key must be 32 hexadecimal digits"])
  }

  @Test func rootMustBeAMapping() throws {
    let found = try problems("- a") { _ in Issue.record("nothing to read") }
    #expect(found == ["1:1: error: adapter must be a mapping, not a list"])
  }

  @Test func listsHaveTheirSize() throws {
    let found = try problems("a: []\nb: [1, {}]") { reader in
      _ = reader.texts("a", count: 1...(.max))
      _ = reader.texts("b")
    }
    #expect(
      found == [
        "1:4: error: adapter.a must have 1 or more elements, not 0",
        "2:8: error: adapter.b[1] must be a text, not a mapping",
      ])
  }

  @Test(
    arguments: [
      ("0s", 0), ("250ms", 250), ("90s", 90_000), ("1d2h3m4s5ms", 93_784_005), ("10m", 600_000),
      ("2h1h", nil),
      ("5x", nil), ("s", nil), ("-5s", nil), ("1.5h", nil), ("99999999999999999999s", nil),
      ("9223372036854775807d", nil),
      ("5 s", nil),
    ] as [(String, Int?)])
  func durations(text: String, milliseconds: Int?) throws {
    let diagnostics = Diagnostics()
    let root = try YAMLDocument(parsing: text, file: "f").root
    let value = ConfigurationValue(root, named: "every", diagnostics: diagnostics)
    #expect(value.duration() == milliseconds.map { .milliseconds($0) })
    #expect(diagnostics.hasErrors == (milliseconds == nil))
  }

  @Test func errorsBecomeOneThrow() throws {
    let diagnostics = Diagnostics()
    diagnostics.warning("odd", at: YAMLMark(file: "f", line: 9, column: 9))
    try diagnostics.throwIfErrors()
    diagnostics.error("wrong", at: YAMLMark(file: "g", line: 2, column: 1))
    diagnostics.error("bad", at: YAMLMark(file: "f", line: 1, column: 2), suggestion: "good")
    let error = try #require(throws: ConfigurationError.self) { try diagnostics.throwIfErrors() }
    #expect(error.description == "f:1:2: error: bad (did you mean 'good'?)\ng:2:1: error: wrong")
  }
}
