import Documents
import Testing

@testable import zhengdian

@Suite struct InspectTests {
  @Test func answersTheDeadlineOfTheDesign() async throws {
    let run = await CommandRun(
      "inspect", "deadline", input: #"{"start":"2019-01-02","days":71,"count":"working"}"#.utf8)
    #expect(run.code == .done)
    let answer = try JSONDocument(parsing: run.output).root
    #expect(answer["deadline"]?.string == "2019-04-17")
    #expect(answer["reasons"]?.count == 105)
    #expect(answer["reasons"]?[0]?.string == "2019-01-03 working day: day 1")
  }
}
