import Documents
import Testing

@testable import zhengdian

/// Templates go by the commands of mappings.
@Suite struct TemplateCommandTests {
  private static let template = """
    template: town/application
    version: 1
    record: permit-application
    message: xml
    charset: gb18030
    partial: true
    body:
      element: Application
      attributes: {No: applicationNumber}
      children:
        - {element: Place, text: location}
        - {element: File, each: attachments, attributes: {Name: name}, text: {content: base64}}

    """
  /// The digest is of the text abc.
  private static let record = """
    {"kind":"permit-application","applicationNumber":"SQ-1","projectName":"拟东线","itemCode":"greening",
     "applicant":{"name":"拟公司","code":"91330199TX0000001W","codeType":"001"},"location":"西湖区","areaCode":"330199",
     "promise":true,"attachments":[{"name":"a.txt","kind":"C","mediaType":"text/plain","size":3,
     "sm3":"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}]}

    """

  private func folder(_ body: (TemporaryFolder) async throws -> Void) async throws {
    try await TemporaryFolder.use { folder in
      try folder.write("town/application.yaml", Self.template)
      try folder.write("town/application/whole.record.json", Self.record)
      try folder.write("town/application/attachments/a.txt", "abc")
      try await body(folder)
    }
  }

  @Test func testRecordsTheMessageAndHoldsItAgainstTheNext() async throws {
    try await folder { folder in
      let missing = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(missing.code == .failure && missing.output.contains("nothing says what it must give"))
      let recording = await CommandRun(
        "mapping", "test", "--mappings", folder.path, environment: [MappingTests.recordVariable: "1"])
      #expect(recording.lines.last == "no samples passed, 0 failed, 1 recorded")
      let passed = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(passed.code == .done && passed.lines.last == "1 sample passed, 0 failed, 0 recorded")
      try folder.write("town/application.yaml", Self.template.replacing("Place", with: "Site"))
      let changed = await CommandRun("mapping", "test", "--mappings", folder.path)
      #expect(changed.code == .failure)
      #expect(
        changed.output.contains("line 3: expected <Place>西湖区</Place>, is <Site>西湖区</Site>"),
        "\(changed.output)")
    }
  }

  @Test func tryWritesTheMessage() async throws {
    try await folder { folder in
      let file = "\(folder.path)/town/application/whole.record.json"
      try folder.write("town/application.yaml", Self.template.replacing("charset: gb18030\n", with: ""))
      let run = await CommandRun("mapping", "try", "--mappings", folder.path, "town/application", file)
      #expect(run.code == .done)
      let root = try XMLDocument(parsing: run.output).root
      #expect(root.attribute("No") == "SQ-1" && root.firstChild(named: "Place")?.text == "西湖区")
      #expect(root.firstChild(named: "File")?.text == "YWJj")

      try folder.write(
        "town/application/whole.record.json", Self.record.replacing("\"location\":\"西湖区\",", with: ""))
      let wrong = await CommandRun("mapping", "try", "--mappings", folder.path, "town/application", file)
      #expect(wrong.code == .failure && wrong.errors.contains("location: 工程位置 is needed [missing]"))
    }
  }

  @Test func checkCountsTemplatesAndFindsTheirMistakes() async throws {
    try await folder { folder in
      let run = await CommandRun("mapping", "check", "--mappings", folder.path)
      #expect(run.code == .done)
      #expect(run.output.contains("whole.record.json:1:1: warning: the sample has no expected message"))
      #expect(run.lines.last?.hasPrefix("no mappings, 1 template, no code lists") == true, "\(run.output)")
      try folder.write(
        "town/application.yaml", Self.template.replacing("text: location", with: "text: lcation"))
      let wrong = await CommandRun("mapping", "check", "--mappings", folder.path)
      #expect(wrong.code == .failure)
      #expect(wrong.output.contains("town/application.yaml:11:30: error: "), "\(wrong.output)")
      #expect(wrong.output.contains("(did you mean 'location'?)"))
    }
  }
}
