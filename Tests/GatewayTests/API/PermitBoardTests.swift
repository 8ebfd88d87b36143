import Applications
import CivilTime
import Documents
import Gateway
import GatewayAPI
import HTTPService
import Permits
import SQLDatabase
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

  @Test func whatHasNoCalendarIsUnknownToo() async throws {
    let now = try #require(CivilDateTime(iso: "2026-12-30T09:00:00"))
    let bench = try await GatewayBench { $0.now = { now.timestamp(offsetSeconds: UTCOffset.china) } }
    _ = try await bench.send(
      bench.request("POST", "/v1/permit-cases", body: PermitRouteTests.form, purpose: nil))
    let permits = bench.gateway.permits
    let view = try await permits.view(PermitCaseID(rawValue: 1), at: now)
    let greening = try #require(view.items.first { $0.attempt.item == .greening }).attempt.id
    _ = try await bench.gateway.database.write { transaction in
      for (event, day) in [(PermitEvent.submitted, "2026-12-28"), (.accepted, "2026-12-29")] {
        guard let happened = CivilDateTime(iso: day + "T10:00:00") else { return }
        _ = try permits.enter(
          PermitEntry(event, happened: happened, source: .person, reference: "entry"), of: greening,
          in: transaction, now: happened.timestamp(offsetSeconds: UTCOffset.china))
      }
      _ = try permits.enter(
        ProcessEntry(.requested, happened: now), of: PermitCaseID(rawValue: 1), in: transaction,
        now: now.timestamp(offsetSeconds: UTCOffset.china))
    }
    let reply = try await bench.send(bench.request("GET", "/v1/permit-cases/1"))
    let item = try #require(
      reply.document?.root["items"]?.elements.first { $0["item"]?.string == "greening" })
    #expect(item["clock"]?["unknown"]?.boolean == true && item["clock"]?["due"]?.isNull == true)
    #expect(item["doubts"]?.elements.compactMap { $0["code"]?.string } == ["permit-calendar-missing"])
    #expect(reply.document?.root["totals"]?[0]?["unknown"]?.boolean == true)
    let board = try await bench.send(bench.request("GET", "/v1/permit-cases/board"))
    let lines = board.text.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let columns = PermitBoardText.columns
    #expect(lines.allSatisfy { $0.count == columns.count }, "\(board.text)")
    func field(_ name: String, _ line: [Substring]) -> Substring? {
      columns.firstIndex(of: name).map { line[$0] }
    }
    let row = try #require(lines.first { field("item", $0) == "greening" })
    for column in ["deadline", "late", "total_deadline", "total_late"] {
      #expect(field(column, row) == "unknown", "\(column)")
    }
    let step = try #require(lines.last)
    #expect(
      field("item", step) == "" && field("own_step", step) == "contact" && field("clause", step) == "D 6")
    #expect(field("own_deadline", step) == "2026-12-30T09:30:00" && field("own_late", step) == "no")
    await bench.close()
  }
}
