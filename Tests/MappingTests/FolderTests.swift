import Documents
import Mapping
import Testing

/// What is said about the folder as a whole, how samples are compared, and what bundles survive.
@Suite struct FolderTests {
  @Test func theLintFindsWhatNobodyUsesOrTests() {
    let (library, diagnostics) = Fixture.library(
      Fixture.fields("basic.name: {from: $.v, codes: used}"),
      codes: ["used": "codes: used\nentries: {a: b}", "spare": "codes: spare\nentries: {a: b}"])
    MappingLint.check(
      library,
      files: [
        "test/it/a.json", "test/it/a.expected.json", "test/it/b.json", "test/it/c.expected.json",
        "test/it/d.xml",
        "test/gone/a.json", "README.md", "stray.json", ".hidden/x.json",
      ], diagnostics: diagnostics)
    #expect(
      diagnostics.all.map(\.description) == [
        "codes/spare.yaml:1:1: warning: no mapping or template uses the code list 'spare'",
        "stray.json:1:1: warning: the file belongs to no mapping",
        "test/gone/a.json:1:1: warning: there is no mapping 'test/gone'; its samples are never tested",
        "test/it/b.json:1:1: warning: the sample has no expected records; record them with ZHENGDIAN_RECORD=1",
        "test/it/c.expected.json:1:1: warning: there is no sample for these expected records",
        "test/it/d.xml:1:1: warning: the mapping reads json, so this is no sample of it",
      ])
  }

  @Test func aMappingWithoutSamplesIsFound() {
    let (library, diagnostics) = Fixture.library(Fixture.fields("basic.name: $.v"))
    MappingLint.check(library, files: [], diagnostics: diagnostics)
    #expect(
      diagnostics.all.map(\.description) == [
        "it.yaml:1:1: warning: the mapping has no samples; put messages with invented people into test/it/"
      ])
  }

  static let sample = Array(#"{"rows":[{"no":"4-1-00033-2006","v":"甲"},{"no":"X"}]}"#.utf8)

  @Test func theOutcomeOfASampleIsStable() throws {
    let mapping = try Fixture.compile(Fixture.fields("basic.name: $.v"))
    let outcome = try MappingTest.outcome(of: mapping, sample: Self.sample)
    #expect(
      String(decoding: outcome, as: UTF8.self) == """
        {
          "rows": 2,
          "skipped": 0,
          "records": [
            {
              "entity": "it",
              "locator": "$['rows'][0]",
              "record": {
                "kind": "contractor-licence",
                "basic": {
                  "number": "4-1-00033-2006",
                  "name": "甲"
                }
              },
              "warnings": [
                "holders: nobody is named as holder [no-holder]"
              ]
            }
          ],
          "quarantined": [
            {
              "entity": "it",
              "locator": "$['rows'][1]",
              "reasons": [
                "basic.number: installer-licence: four groups of digits between hyphens are needed, there are 1 [wrong-form]"
              ],
              "warnings": [
                "holders: nobody is named as holder [no-holder]"
              ]
            }
          ]
        }

        """)
    #expect(try MappingTest.differences(of: mapping, sample: Self.sample, expected: outcome) == [])
  }

  @Test func differencesAreNamedByTheirPlace() throws {
    let before = try Fixture.compile(Fixture.fields("basic.name: $.v\nbasic.remark: {constant: a}"))
    let after = try Fixture.compile(
      Fixture.fields("basic.name: {from: $.v, match: '^乙'}\nbasic.stateText: {constant: b}"))
    let expected = try MappingTest.outcome(of: before, sample: Self.sample)
    let differences = try MappingTest.differences(of: after, sample: Self.sample, expected: expected)
    #expect(differences.contains { $0.hasPrefix("records[0]: expected {") && $0.hasSuffix("…, is missing") })
    let other = try Fixture.compile(
      Fixture.fields("basic.name: {constant: 丙}\nbasic.stateText: {constant: b}"))
    let named = try MappingTest.differences(of: other, sample: Self.sample, expected: expected)
    #expect(named.contains(#"records[0].record.basic.name: expected "甲", is "丙""#))
    #expect(named.contains(#"records[0].record.basic.stateText: not expected, is "b""#))
    #expect(named.contains(#"records[0].record.basic.remark: expected "a", is missing"#))
  }

  @Test func samplesHaveCharsets() throws {
    let mapping = try Fixture.compile(Fixture.fields("basic.name: $.v"))
    let outcome = try MappingTest.outcome(of: mapping, sample: Self.sample)
    let encoded = try Charset.gb18030.encode(Self.sample)
    #expect(try MappingTest.outcome(of: mapping, sample: encoded, charset: .gb18030) == outcome)
    #expect(throws: DocumentError.self) { try MappingTest.outcome(of: mapping, sample: encoded) }
  }

  @Test func aBundleHoldsExactlyWhatTheMappingUses() throws {
    let yaml = Fixture.fields("basic.name: {from: $.v, codes: b}\nbasic.remark: {from: $.v, codes: a}")
    let lists = [
      "a": "codes: a\nentries: {x: y}", "b": "codes: b\nentries: {x: z}", "c": "codes: c\nentries: {x: y}",
    ]
    let mapping = try Fixture.compile(yaml, codes: lists)
    #expect(mapping.codeLists == ["a", "b"])
    let files = try JSONDocument(parsing: mapping.bundle).root["files"]
    #expect(files?.elements.map { $0["name"]?.string } == ["test/it", "a", "b"])
    #expect(files?[0]?["text"]?.string == yaml)
    #expect(try CompiledMapping(bundle: mapping.bundle).bundle == mapping.bundle)
  }

  @Test(arguments: [
    "", "x", "{}", "[]", #"{"files":[]}"#, #"{"files":[{"role":"mapping"}]}"#,
    #"{"files":[{"role":"other","name":"a","file":"b","text":"c"}]}"#,
    #"{"files":[{"role":"codes","name":"a","file":"b","text":"codes: a\nentries: {a: b}"}]}"#,
  ])
  func aDamagedBundleIsRefused(_ text: String) {
    let error = #expect(throws: MappingError.self) { try CompiledMapping(bundle: Array(text.utf8)) }
    #expect(error?.code == .damagedBundle)
  }

  @Test func aBundleThatIsNotAcceptedAnyMoreSaysWhy() {
    let bundle = #"{"files":[{"role":"mapping","name":"a","file":"a.yaml","text":"mapping: b"}]}"#
    let error = #expect(throws: ConfigurationError.self) { try CompiledMapping(bundle: Array(bundle.utf8)) }
    #expect(error?.diagnostics.first?.file == "a.yaml")
  }

  @Test func aNameGivenTwiceIsReported() {
    let bytes = Array(Fixture.fields("basic.name: $.v").utf8)
    let diagnostics = Diagnostics()
    let library = MappingLibrary(
      mappings: [
        MappingSource(name: "test/it", file: "a.yaml", bytes: bytes),
        MappingSource(name: "test/it", file: "b.yaml", bytes: bytes),
      ], codeLists: [], diagnostics: diagnostics)
    #expect(library.names == ["test/it"])
    #expect(diagnostics.all.map(\.description) == ["b.yaml:1:1: error: a mapping 'test/it' was given before"])
  }
}
