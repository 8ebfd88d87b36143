import Documents
import Mapping
import Testing

/// A path with a slip in it finds nothing and is never at fault: samples show it.
@Suite struct CoverageTests {
  static let json = """
    mapping: test/it
    version: 1
    message: json
    entities:
      it:
        kind: property-deed
        rows: $.data.rows[*]
        when: {from: $.state, not: {equals: void}}
        fields:
          basic.number: {from: [$.number, $.oldNumber], check: deed-number}
          specific.location: {from: $.place.text, when: {from: $.kind, present: true}}
          specific.usage: {of: message, from: $.data.usage}
        holders:
          - each: $.owners[*]
            fields:
              name: $.name
              role: {constant: owner}
    """
  static let message = """
    {"data":{"usage":"x","rows":[
      {"number":"常房新字00050538","oldNumber":null,"state":"","kind":"a","place":{"text":"b"},"owners":[{"name":"c"}]},
      {"owners":[]}]}}
    """
  static let xml = """
    mapping: test/it
    version: 1
    message: xml
    entities:
      it:
        kind: property-deed
        rows: /M/D/HOUSE
        joins:
          owner: {rows: /M/D/OWNER, on: {"@UNIT": "@UNIT"}, expect: some, order: "@ORDER"}
        fields:
          basic.number: {of: owner, from: "@NUMBER", check: deed-number}
          specific.location: PLACE/TEXT
        holders:
          - of: owner
            fields: {name: "@NAME"}
    """
  static let document = """
    <M><D><HOUSE UNIT="1"><PLACE><TEXT/></PLACE></HOUSE>
    <OWNER UNIT="1" ORDER="1" NUMBER="常房新字00050538" NAME="a"/></D></M>
    """

  static func gaps(_ yaml: String, _ sample: String) throws -> [Diagnostic] {
    let mapping = try Fixture.compile(yaml)
    var coverage = SampleCoverage(mapping)
    try coverage.take(MessageDocument(parsing: Array(sample.utf8), as: mapping.format))
    return coverage.gaps
  }

  @Test func whatSamplesHaveIsNoGap() throws {
    #expect(try Self.gaps(Self.json, Self.message) == [])
    #expect(try Self.gaps(Self.xml, Self.document) == [])
  }

  /// One slip, and the path it must be told to mean, where it stands.
  @Test(arguments: [
    ("rows: $.data.rows[*]", "rows: $.data.rwos[*]", "$.data.rows[*]"),
    ("rows: $.data.rows[*]", "rows: $.dat.rows[*]", "$.data.rows[*]"),
    ("from: $.state", "from: $.stat", "$.state"),
    ("$.oldNumber", "$.oldNumbr", "$.oldNumber"),
    ("$.place.text", "$.place.txet", "$.place.text"),
    ("from: $.kind", "from: $.knid", "$.kind"),
    ("$.data.usage", "$.data.usgae", "$.data.usage"),
    ("each: $.owners[*]", "each: $.owner[*]", "$.owners[*]"),
    ("name: $.name", "name: $.nmae", "$.name"),
  ])
  func aSlipInAJSONPathIsTold(_ old: String, _ new: String, _ meant: String) throws {
    let yaml = Self.json.replacing(old, with: new)
    let gap = try #require(try Self.gaps(yaml, Self.message).first)
    #expect(gap.suggestion == meant && gap.severity == .warning, "\(gap)")
    let line = yaml.split(separator: "\n", omittingEmptySubsequences: false)[gap.line - 1]
    let path = new[try #require(new.firstIndex(of: "$"))...]
    #expect(line.unicodeScalars.dropFirst(gap.column - 1).starts(with: path.unicodeScalars), "\(gap)")
  }

  @Test(arguments: [
    ("rows: /M/D/HOUSE", "rows: /M/D/HUOSE", "/M/D/HOUSE"),
    ("rows: /M/D/OWNER", "rows: /M/D/OWNRE", "/M/D/OWNER"),
    (#"{"@UNIT": "@UNIT"}"#, #"{"@UNTI": "@UNIT"}"#, "@UNIT"),
    (#"{"@UNIT": "@UNIT"}"#, #"{"@UNIT": "@UNTI"}"#, "@UNIT"),
    (#"order: "@ORDER""#, #"order: "@ORDRE""#, "@ORDER"),
    (#"from: "@NUMBER""#, #"from: "@NUMBRE""#, "@NUMBER"),
    ("PLACE/TEXT", "PLACE/TXET", "PLACE/TEXT"),
    ("PLACE/TEXT", "PLCAE/TEXT", "PLACE/TEXT"),
  ])
  func aSlipInAnXPathIsTold(_ old: String, _ new: String, _ meant: String) throws {
    let gaps = try Self.gaps(Self.xml.replacing(old, with: new), Self.document)
    #expect(gaps.map(\.suggestion).contains(meant), "\(gaps)")
  }

  /// A slip in the text of a condition leaves out rows as well.
  @Test func aTextThatIsWaitedForInVainIsTold() throws {
    let yaml = Self.json.replacing(
      "when: {from: $.state, not: {equals: void}}", with: "when: {from: $.kind, in: [a, 建设工程划许可]}")
    let message = Self.message.replacing(#""owners":[]}"#, with: #""kind":"建设工程规划许可","owners":[]}"#)
    let gaps = try Self.gaps(yaml, message)
    #expect(
      gaps.map(\.description) == [
        "it.yaml:8:34: warning: no sample has '建设工程划许可' at $.kind (did you mean '建设工程规划许可'?)"
      ])
  }

  @Test func aPatternThatMatchesNothingIsTold() throws {
    let yaml = Self.json.replacing(
      "when: {from: $.state, not: {equals: void}}", with: "when: {from: $.kind, matches: ^b}")
    #expect(
      try Self.gaps(yaml, Self.message).map(\.description) == [
        "it.yaml:8:35: warning: no sample has '^b' at $.kind"
      ])
  }

  /// A number where a path is meant would be every row's value.
  @Test(arguments: ["-1", "5", ".5", "'a'"]) func anXPathLeadsSomewhere(_ path: String) {
    let problems = Fixture.problems(Self.xml.replacing("PLACE/TEXT", with: "\"\(path)\""))
    #expect(
      problems.contains { $0.hasPrefix("it.yaml:12:26: error:") && $0.contains("'constant'") }, "\(problems)")
  }

  @Test func severalSamplesAddUp() throws {
    let mapping = try Fixture.compile(Self.json)
    var coverage = SampleCoverage(mapping)
    try coverage.take(.json(JSONDocument(parsing: #"{"data":{"rows":[]}}"#)))
    #expect(coverage.gaps.count == 1)
    #expect(coverage.isUntaken("it"))
    try coverage.take(.json(JSONDocument(parsing: Self.message)))
    #expect(coverage.gaps == [])
    #expect(!coverage.isUntaken("it"))
  }
}
