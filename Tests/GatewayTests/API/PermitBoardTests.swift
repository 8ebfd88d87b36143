import Documents
import GatewayAPI
import HTTPService
import Testing

/// The board as comma-separated values.
@Suite struct PermitBoardTests {
  @Test(
    arguments: [
      (["a", "b"], "a,b\r\n"), (["", ""], ",\r\n"), (["a,b", "c\"d"], "\"a,b\",\"c\"\"d\"\r\n"),
      (["a\nb", "c\rd"], "\"a\nb\",\"c\rd\"\r\n"), (["=1+1", "+1", "-1", "@x"], "'=1+1,'+1,'-1,'@x\r\n"),
      (["\tx", "＝x", "a=1"], "'\tx,'＝x,a=1\r\n"), (["=\"a\",b"], "\"'=\"\"a\"\",b\"\r\n"),
      (["中文", "1-2"], "中文,1-2\r\n"),
    ])
  func fieldsAreQuotedAndNoFormula(_ fields: [String], _ expected: String) {
    var text = CSVText()
    text.row(fields)
    #expect(String(decoding: text.bytes, as: UTF8.self) == expected)
  }

  @Test func aMarkComesFirst() {
    var text = CSVText(hasMark: true)
    text.row(["a"])
    #expect(text.bytes == [0xEF, 0xBB, 0xBF, 0x61, 0x0D, 0x0A])
  }

  @Test func theRouteAnswersWithALineForEachItem() async throws {
    let bench = try await GatewayBench()
    let opened = try await bench.send(
      bench.request("POST", "/v1/permit-cases", body: PermitRouteTests.form, purpose: nil))
    #expect(opened.status == 200, "\(opened.text)")
    let reply = try await bench.send(bench.request("GET", "/v1/permit-cases/board"))
    #expect(reply.status == 200)
    let lines = reply.text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.first == "\(PermitBoardText.columns.joined(separator: ","))" && lines.last == "")
    #expect(lines.count > 2)
    #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("1,GD-1,110000,") })
    #expect(reply.headers["Content-Type"]?.hasPrefix("text/csv") == true && !reply.text.contains("甲公司"))
    let marked = try await bench.send(bench.request("GET", "/v1/permit-cases/board", query: "bom=true"))
    #expect(marked.bytes.prefix(4) == [0xEF, 0xBB, 0xBF, UInt8(ascii: "c")])
    let before = try await bench.send(
      bench.request("GET", "/v1/permit-cases/board", query: "at=2019-01-01T00:00:00Z"))
    #expect(before.text.split(separator: "\r\n").count == 1)
    let wrong = try await bench.send(bench.request("GET", "/v1/permit-cases/board", query: "at=x"))
    #expect(wrong.status == 400)
    await bench.close()
  }
}
