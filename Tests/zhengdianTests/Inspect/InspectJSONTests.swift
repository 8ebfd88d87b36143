import Documents
import Testing

@testable import zhengdian

@Suite struct InspectJSONTests {
  @Test func tellsAcceptedFromRefused() async throws {
    try await TemporaryFolder.use { folder in
      let good = try folder.write("good.json", #"{"a": [1, 2.50]}"#)
      let bad = try folder.write("bad.json", "{\n  \"a\": [1,]\n}")
      let run = await CommandRun("inspect", "json", good, bad, folder.path + "/none")
      #expect(run.code == .failure)
      let answers = try run.lines.map { try JSONDocument(parsing: $0).root }
      try #require(answers.count == 3)
      #expect(answers[0]["file"]?.string == good)
      #expect(answers[0]["accepted"]?.boolean == true)
      #expect(answers[0].count == 2)
      #expect(answers[1]["accepted"]?.boolean == false)
      #expect(answers[1]["line"]?.integer == 2)
      #expect(answers[1]["column"]?.integer == 11)
      #expect(answers[1]["offset"]?.integer == 12)
      #expect(answers[1]["reason"]?.string?.contains("comma") == true)
      #expect(answers[2]["accepted"]?.boolean == false)
      #expect(answers[2]["reason"]?.string?.contains("No such file") == true)
    }
  }

  @Test func acceptsWithWarnings() async throws {
    let run = await CommandRun("inspect", "json", "-", input: #"{"a":{"b":1,"b":"\ud800"}}"#.utf8)
    #expect(run.code == .done)
    let warnings = try #require(try JSONDocument(parsing: run.output).root["warnings"])
    #expect(warnings.count == 2)
    #expect(warnings[0]?["path"]?.string == "$['a']['b']")
    #expect(warnings[0]?["column"]?.integer == 13)
    #expect(warnings[1]?["offset"]?.integer == 16)
  }

  @Test func needsAFile() async {
    let run = await CommandRun("inspect", "json")
    #expect(run.code == .usage)
  }
}
