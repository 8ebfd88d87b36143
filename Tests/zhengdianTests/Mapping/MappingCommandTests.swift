import Documents
import Testing

@testable import zhengdian

@Suite struct MappingCommandTests {
  static let mappings = Checkout.path + "/Mappings"
  static let mapping = """
    mapping: town/licence
    version: 1
    title: 营业执照
    message: json
    entities:
      licence:
        kind: business-licence
        rows: $.rows[*]
        fields:
          basic.number: {from: $.code, check: uscc}
          basic.name: {constant: 营业执照}
          basic.state: {from: $.state, codes: state}
          specific.legalRepresentative: $.person
          specific.companyType: $.type
        holders:
          - fields:
              name: $.name
              code: $.code
              codeType: {constant: "001"}

    """
  static let codes = """
    codes: state
    entries: {"1": "01"}

    """
  static let message = """
    {"rows": [
      {"code": "91320499TXQ4KGY52G", "name": "常州市拟夏木峰建材有限公司", "person": "任小明", "state": "1", "type": "有限"},
      {"code": "91320499TXQ4KGY52G", "name": "常州市拟夏木峰建材有限公司", "person": "任小明", "state": "7"}
    ]}

    """

  /// A folder of one mapping with one sample.
  private func folder(
    mapping: String = Self.mapping, _ body: (TemporaryFolder) async throws -> Void
  ) async throws {
    try await TemporaryFolder.use { folder in
      try folder.write("town/licence.yaml", mapping)
      try folder.write("codes/state.yaml", Self.codes)
      try folder.write("town/licence/page.json", Self.message)
      try await body(folder)
    }
  }

  @Test func theCheckoutIsInOrder() async {
    let run = await CommandRun("mapping", "check", "--mappings", Self.mappings)
    #expect(run.code == .done)
    #expect(run.output.hasSuffix("code lists: no errors, no warnings\n"), "\(run.output)")
    let machine = await CommandRun("mapping", "check", "--json", "--mappings", Self.mappings)
    #expect(machine.output.isEmpty)
    let tests = await CommandRun("mapping", "test", "--mappings", Self.mappings)
    #expect(tests.code == .done)
    #expect(tests.lines.count > 8)
    #expect(tests.lines.last?.hasSuffix("samples passed, 0 failed, 0 recorded") == true)
  }

  @Test func checkShowsMistakesAndDoubts() async throws {
    try await folder(
      mapping: Self.mapping.split(separator: "check: uscc", omittingEmptySubsequences: false)
        .joined(separator: "chek: uscc")
    ) { folder in
      try folder.write("codes/unused.yaml", "codes: unused\nentries: {a: b}\n")
      try folder.write("city/page.json", "{}")
      let run = await CommandRun("mapping", "check", "--mappings", folder.path)
      #expect(run.code == .failure)
      let file = "\(folder.path)/town/licence.yaml"
      #expect(
        run.lines.contains { $0.hasPrefix("\(file):10:") && $0.hasSuffix("(did you mean 'check'?)") },
        "\(run.output)")
      #expect(run.lines.contains { $0.hasPrefix("\(folder.path)/codes/unused.yaml:1:1: warning: ") })
      #expect(run.lines.contains { $0.hasPrefix("\(folder.path)/city/page.json:1:1: warning: ") })

      // Asked for the one file, nothing is said of the others.
      let one = await CommandRun("mapping", "check", "--json", "--mappings", folder.path, file)
      #expect(one.code == .failure)
      let found = try one.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
      #expect(found.allSatisfy { $0["file"]?.string == file })
      #expect(found.contains { $0["line"]?.integer == 10 && $0["suggestion"]?.string == "check" })
    }
  }

  @Test func checkNamesFilesThatCanBeOpened() async throws {
    try await folder { folder in
      for arguments in [[], ["\(folder.path)/town/licence.yaml"]] {
        let run = await CommandRun("mapping", "check", "--mappings", folder.path, more: arguments)
        #expect(run.code == .done)
        #expect(
          run.lines.first?.hasPrefix("\(folder.path)/town/licence/page.json:1:1: warning: the sample has no")
            == true,
          "\(run.output)")
        #expect(run.lines.count == 2)
      }
    }
  }

  @Test func testRecordsAndFailsThenPassesThenFindsWhatChanged() async throws {
    try await folder { folder in
      let expected = "\(folder.path)/town/licence/page.expected.json"
      let missing = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(missing.code == .failure)
      #expect(missing.output.contains("nothing says what it must give"))
      #expect(!OutputFile.exists(expected))

      let recording = await CommandRun(
        "mapping", "test", "--mappings", folder.path, environment: [MappingTests.recordVariable: "1"])
      #expect(recording.code == .failure)
      #expect(recording.lines.last == "no samples passed, 0 failed, 1 recorded")
      let passed = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(passed.code == .done)
      #expect(passed.lines.last == "1 sample passed, 0 failed, 0 recorded")
      // What is as expected is not written again, so a second recording changes nothing and passes.
      let again = await CommandRun(
        "mapping", "test", "--mappings", folder.path, environment: [MappingTests.recordVariable: "1"])
      #expect(again.code == .done)

      try folder.write(
        "town/licence/page.json",
        Self.message.split(separator: "有限\"", omittingEmptySubsequences: false).joined(separator: "股份\""))
      let changed = await CommandRun("mapping", "test", "--json", "--mappings", folder.path)
      #expect(changed.code == .failure)
      let outcome = try JSONDocument(parsing: Array(changed.output.utf8)).root
      #expect(outcome["mapping"]?.string == "town/licence")
      #expect(outcome["passed"]?.boolean == false)
      let differences = try #require(outcome["differences"]).elements.compactMap(\.string)
      #expect(differences.count == 1)
      #expect(differences.first?.contains("companyType") == true)

      try folder.write("town/licence/page.json", "{\"rows\": [")
      let broken = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(broken.code == .failure)
      #expect(broken.output.contains("failed    \(folder.path)/town/licence/page.json\n"))
    }
  }

  @Test func testFailsWithoutSamplesAndWithBrokenMappings() async throws {
    try await TemporaryFolder.use { folder in
      try folder.write("town/licence.yaml", Self.mapping)
      try folder.write("codes/state.yaml", Self.codes)
      let untested = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(untested.code == .failure)
      #expect(untested.output.contains("there are no samples"))
      try folder.write("town/licence.yaml", Self.mapping + "colour: red\n")
      let broken = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(broken.code == .failure)
      #expect(broken.errors.contains("\(folder.path)/town/licence.yaml:20:1: error: "), "\(broken.errors)")
    }
  }

  /// A slip in a path is at fault in no row: it must be seen all the same.
  @Test func aPathThatNoSampleHasIsTold() async throws {
    func misspelt(_ old: String, _ new: String) -> String {
      Self.mapping.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
    try await folder(mapping: misspelt("$.type", "$.tpye")) { folder in
      let file = "\(folder.path)/town/licence.yaml"
      let warning = "\(file):14:29: warning: no sample has anything at $.tpye (did you mean '$.type'?)"
      let check = await CommandRun("mapping", "check", "--mappings", folder.path)
      #expect(check.lines.contains(warning), "\(check.output)")
      let one = await CommandRun("mapping", "check", "--mappings", folder.path, file)
      #expect(one.lines.contains(warning), "\(one.output)")
      _ = await CommandRun(
        "mapping", "test", "--mappings", folder.path, environment: [MappingTests.recordVariable: "1"])
      let test = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(test.errors.contains(warning), "\(test.errors)")
    }
    // Where rows are sought in vain the test has shown nothing, whatever was recorded.
    for (old, new, meant) in [
      ("rows: $.rows[*]", "rows: $.rwos[*]", "(did you mean '$.rows[*]'?)"),
      (
        "rows: $.rows[*]", "rows: $.rows[*]\n    when: {from: $.staet, equals: \"1\"}",
        "(did you mean '$.state'?)"
      ),
    ] {
      try await folder(mapping: misspelt(old, new)) { folder in
        _ = await CommandRun(
          "mapping", "test", "--mappings", folder.path, environment: [MappingTests.recordVariable: "1"])
        let test = await CommandRun("mapping", "test", "--mappings", folder.path)
        #expect(test.code == .failure)
        #expect(test.output.contains("the entity 'licence' takes no row of any sample"), "\(test.output)")
        #expect(test.errors.contains(meant), "\(test.errors)")
      }
    }
  }

  @Test func tryMasksAndReveals() async throws {
    try await folder { folder in
      let sample = "\(folder.path)/town/licence/page.json"
      let masked = await CommandRun("mapping", "try", "--mappings", folder.path, "town/licence", sample)
      #expect(masked.code == .failure)
      #expect(!masked.output.contains("任小明"))
      #expect(masked.output.contains("任**"))
      #expect(masked.output.contains("$['rows'][0]  licence  business-licence"))
      #expect(masked.output.contains("$['rows'][1]  licence  quarantined"))
      #expect(masked.output.contains("unknown-code"))
      #expect(masked.lines.last == "2 rows: 1 record, 1 quarantined, 0 skipped")
      // By file, from standard input, for a machine.
      let revealed = await CommandRun(
        "mapping", "try", "--mappings", folder.path, "--reveal", "--json",
        "\(folder.path)/town/licence.yaml", "-", input: Self.message.utf8)
      #expect(revealed.code == .failure)
      let lines = try revealed.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
      #expect(lines.count == 3)
      #expect(lines[0]["record"]?["specific"]?["legalRepresentative"]?.string == "任小明")
      #expect(lines[0]["hidden"]?.count == 0)
      #expect(lines[1]["locator"]?.string == "$['rows'][1]")
      #expect(lines[1]["quarantined"]?.elements.first { _ in true }?["field"]?.string == "basic.state")
      #expect(lines[2]["records"]?.integer == 1)
    }
  }

  @Test func trySaysWhatIsMissingOrBroken() async throws {
    try await folder { folder in
      let sample = "\(folder.path)/town/licence/page.json"
      let unknown = await CommandRun("mapping", "try", "--mappings", folder.path, "town/licenze", sample)
      #expect(unknown.code == .configuration)
      #expect(unknown.errors.contains("did you mean 'town/licence'?"))
      let charset = await CommandRun(
        "mapping", "try", "--mappings", folder.path, "--charset", "klingon", "town/licence", sample)
      #expect(charset.code == .usage)
      let cut = await CommandRun(
        "mapping", "try", "--mappings", folder.path, "town/licence", "-", input: "{\n\"rows\": [".utf8)
      #expect(cut.code == .failure)
      #expect(cut.errors.contains("-:2:"), "\(cut.errors)")
      try folder.write("town/licence.yaml", "mapping: town/licence\n")
      let broken = await CommandRun("mapping", "try", "--mappings", folder.path, "town/licence", sample)
      #expect(broken.code == .configuration)
      #expect(broken.errors.contains("town/licence.yaml:1:"))
    }
  }

  @Test func tryReadsTheCharsetGiven() async throws {
    try await folder { folder in
      let bytes = try Charset.gb18030.encode(Array(Self.message.utf8))
      let run = await CommandRun(
        "mapping", "try", "--mappings", folder.path, "--charset", "gbk", "town/licence", "-", input: bytes)
      #expect(run.output.contains("任**"), "\(run.errors)")
    }
  }
}
