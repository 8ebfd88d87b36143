import Access
import CivilTime
import Documents
import Gateway
import HTTPService
import Permits
import SQLDatabase
import Testing

@testable import GatewayAPI

/// What the interface tells of permit cases, and what people do to them by it.
@Suite struct PermitRouteTests {
  static let form = """
    {"number": "GD-1", "region": "110000", "day": "2026-11-18",
     "application": {"kind": "permit-application", "applicationNumber": "SQ-1", "projectName": "新建厂房",
       "itemCode": "route-planning", "applicant": {"name": "甲公司", "code": "91330106MA2CFRTX5K", "codeType": "001"},
       "location": "某路1号", "areaCode": "110000", "promise": false},
     "materials": [{"code": "drawing", "name": "a.pdf", "mediaType": "application/pdf", "content": "QUJD"}]}
    """

  private static func post(
    _ bench: GatewayBench, _ path: String, _ body: String, operator name: String? = GatewayBench.operatorName
  ) async throws -> Reply {
    let request = bench.request("POST", "/v1/permit-cases" + path, body: body, purpose: nil, operator: name)
    let reply = try await bench.send(request)
    try SchemaCheck.shared.check(reply, of: request)
    return reply
  }

  private static func get(_ bench: GatewayBench, _ path: String, query: String = "") async throws -> Reply {
    let request = bench.request("GET", "/v1/permit-cases" + path, query: query)
    let reply = try await bench.send(request)
    try SchemaCheck.shared.check(reply, of: request)
    return reply
  }

  private static func item(_ reply: Reply, _ name: String = "greening") -> JSONValue? {
    reply.document?.root["items"]?.elements.filter { $0["item"]?.string == name }.last
  }

  @Test func aCaseIsOpenedOnce() async throws {
    let bench = try await GatewayBench()
    let opened = try await Self.post(bench, "", Self.form)
    #expect(opened.status == 200, "\(opened.text)")
    #expect(try opened["$.id"]?.integer == 1 && opened.text("$.number") == "GD-1")
    #expect(
      Self.item(opened)?["state"]?.string == "planned" && Self.item(opened)?["way"]?.string == "approval")
    #expect(Self.item(opened, "road-digging")?["state"]?.isNull == true)
    #expect(Self.item(opened)?["decided"]?["limit"]?["clause"]?.string == "D 3")
    #expect(try await Self.post(bench, "", Self.form)["$.id"]?.integer == 1)
    let other = try await Self.post(bench, "", Self.form.replacing("某路1号", with: "某路2号"))
    #expect(other.status == 409 && other.code == "state-conflict")
    #expect(!opened.text.contains("甲公司") && !bench.log.contains("甲公司") && !opened.text.contains("QUJD"))
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.map(\.action) == Array(repeating: .openPermit, count: 4))
    // That the third came to nothing is written down too.
    #expect(entries.map(\.outcome) == [.answered, .answered, .answered, .failed])
    #expect(entries.allSatisfy { $0.operator == GatewayBench.operatorName })
    await bench.close()
  }

  @Test func everythingThatIsMissingIsSaidAtOnce() async throws {
    let bench = try await GatewayBench()
    let bare = try await Self.post(
      bench, "", Self.form.replacing("\"code\": \"drawing\"", with: "\"code\": \"other\""))
    #expect(bare.status == 400 && bare.code == "permit-unfit")
    for word in ["route-planning: the file 'drawing' (D 1)", "greening: the file 'drawing'"] {
      #expect(try bare.text("$.detail")?.contains(word) == true, "\(bare.text)")
    }
    let broken = try await Self.post(
      bench, "",
      #"{"number": 7, "region": "110000", "day": "x", "facts": {"volts": 1}, "materials": [{"code": "a"}], "more": 1}"#
    )
    #expect(broken.status == 400 && broken.code == "body-invalid")
    let pointers = broken.document?.root["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    for pointer in ["/number", "/day", "/facts", "/application", "/materials/0/content", "/materials/0/name"]
    {
      #expect(pointers.contains(pointer), "\(pointers)")
    }
    #expect(try await Self.get(bench, "")["$.cases"]?.count == 0)
    let nowhere = try await Self.post(
      bench, "", Self.form.replacing("\"region\": \"110000\"", with: "\"region\": \"999\""))
    #expect(nowhere.code == "permit-unfit")
    await bench.close()
  }

  @Test func whatHappenedIsEnteredAndTakenBack() async throws {
    let bench = try await GatewayBench()
    _ = try await Self.post(bench, "", Self.form)
    let accepted = try await Self.post(
      bench, "/1/events",
      #"{"item": "greening", "event": "accepted", "happened": "2026-11-18T10:00:00", "note": "张三说", "reason": "纸面受理"}"#
    )
    #expect(accepted.status == 200, "\(accepted.text)")
    #expect(Self.item(accepted)?["state"]?.string == "accepted")
    #expect(Self.item(accepted)?["clock"]?["lastDay"]?.string == "2026-11-25")
    #expect(Self.item(accepted)?["events"]?[0]?["reason"]?.string == "纸面受理")
    #expect(!accepted.text.contains("张三"))
    let taken = try await Self.post(
      bench, "/1/events", #"{"item": "greening", "retracts": 1, "reason": "是别的件"}"#)
    #expect(Self.item(taken)?["state"]?.string == "planned", "\(taken.text)")
    #expect(Self.item(taken)?["events"]?.count == 2)
    for (body, code) in [
      (#"{"item": "greening", "reason": "x"}"#, "body-invalid"),
      (#"{"item": "greening", "event": "acepted", "reason": "x"}"#, "body-invalid"),
      (#"{"item": "greening", "event": "accepted"}"#, "body-invalid"),
      (#"{"item": "trees", "event": "accepted", "reason": "x"}"#, "body-invalid"),
      (#"{"item": "greening", "event": "accepted", "happened": "soon", "reason": "x"}"#, "body-invalid"),
      (
        #"{"item": "greening", "event": "accepted", "happened": "2099-01-01T00:00:00", "reason": "x"}"#,
        "permit-unfit"
      ),
      (#"{"item": "road-digging", "event": "accepted", "reason": "x"}"#, "state-conflict"),
      (#"{"item": "greening", "attempt": 2, "event": "accepted", "reason": "x"}"#, "permit-not-found"),
      (
        #"{"item": "greening", "retracts": 1, "happened": "2026-08-03T11:00:00", "reason": "x"}"#,
        "state-conflict"
      ),
    ] { #expect(try await Self.post(bench, "/1/events", body).code == code, "\(body)") }
    let nobody = try await Self.post(
      bench, "/1/events", #"{"item": "greening", "event": "accepted", "reason": "x"}"#, operator: nil)
    #expect(nobody.code == "header-missing")
    let looks = try await bench.accesses().map(\.entry).filter { $0.action == .enterPermit }
    #expect(looks.contains { $0.item == "permit-1" && $0.reason == "纸面受理" && $0.outcome == .answered })
    await bench.close()
  }

  @Test func whatTheUtilityDidIsReported() async throws {
    let bench = try await GatewayBench()
    _ = try await Self.post(bench, "", Self.form)
    func process(_ reply: Reply) -> JSONValue? { reply.document?.root["process"]?[0] }
    let asked = try await Self.post(
      bench, "/1/events",
      #"{"step": "requested", "happened": "2026-11-18T10:00:00", "note": "张三说", "reason": "工单"}"#)
    #expect(asked.status == 200 && !asked.text.contains("张三"), "\(asked.text)")
    #expect(process(asked)?["step"]?.string == "contact" && process(asked)?["clause"]?.string == "D 6")
    #expect(process(asked)?["due"]?.string == "2026-11-18T10:30:00")
    #expect(try asked["$.steps"]?[0]?["reason"]?.string == "工单")
    let called = try await Self.post(
      bench, "/1/events", #"{"step": "contacted", "happened": "2026-11-18T10:20:00", "reason": "工单"}"#)
    #expect(process(called)?["state"]?.string == "ended" && process(called)?["late"]?.boolean == false)
    let taken = try await Self.post(
      bench, "/1/events", #"{"step": "retracted", "retracts": 2, "reason": "是别的件"}"#)
    #expect(process(taken)?["state"]?.string == "running", "\(taken.text)")
    let explained = try await Self.get(bench, "/1", query: "explain=true")
    #expect(process(explained)?["account"]?.count ?? 0 > 1)
    // Each was learned at a time of its own: what was believed before the entry was taken back stays to be seen.
    _ = try await bench.gateway.database.write { transaction in
      try transaction.execute("UPDATE permit_step SET learned = learned + 60000 * (id - 4)")
    }
    let later = try await Self.get(bench, "/1", query: "explain=true")
    let believed = process(later)?["beliefs"]?.elements.compactMap { $0["state"]?.string }
    #expect(believed == ["running", "ended", "running"], "\(later.text)")
    for (body, code) in [
      (#"{"step": "conected", "reason": "x"}"#, "body-invalid"),
      (#"{"step": "connected"}"#, "body-invalid"),
      (#"{"step": "connected", "item": "greening", "reason": "x"}"#, "body-invalid"),
      (#"{"step": "connected", "happened": "2099-01-01T00:00:00", "reason": "x"}"#, "permit-unfit"),
      (#"{"step": "retracted", "reason": "x"}"#, "permit-unfit"),
      (
        #"{"step": "retracted", "retracts": 2, "happened": "2026-11-18T11:00:00", "reason": "x"}"#,
        "state-conflict"
      ),
    ] { #expect(try await Self.post(bench, "/1/events", body).code == code, "\(body)") }
    let missing = try await Self.post(bench, "/9/events", #"{"step": "connected", "reason": "x"}"#)
    #expect(missing.code == "permit-not-found")
    let looks = try await bench.accesses().map(\.entry).filter { $0.action == .enterPermit }
    #expect(looks.contains { $0.item == "permit-1" && $0.reason == "工单" && $0.outcome == .answered })
    await bench.close()
  }

  @Test func casesAreListedShownAndExplained() async throws {
    let bench = try await GatewayBench()
    for number in 1...3 {
      let text = Self.form.replacing("GD-1", with: "GD-\(number)").replacing("SQ-1", with: "SQ-\(number)")
      _ = try await Self.post(bench, "", text)
    }
    let page = try await Self.get(bench, "", query: "limit=2")
    #expect(page.document?.root["cases"]?.elements.compactMap { $0["id"]?.integer } == [3, 2])
    #expect(try page["$.next"]?.integer == 2)
    let rest = try await Self.get(bench, "", query: "limit=2&after=2&state=open")
    #expect(rest.document?.root["cases"]?.elements.compactMap { $0["id"]?.integer } == [1])
    #expect(try await Self.get(bench, "", query: "state=closed")["$.cases"]?.count == 0)
    #expect(try await Self.get(bench, "", query: "state=lost").code == "query-invalid")
    _ = try await Self.post(
      bench, "/1/events",
      #"{"item": "greening", "event": "accepted", "happened": "2026-11-18T10:00:00", "reason": "x"}"#)
    let plain = try await Self.get(bench, "/1")
    #expect(Self.item(plain)?["account"] == nil)
    let explained = try await Self.get(bench, "/1", query: "explain=true")
    let account = Self.item(explained)?["account"]?.elements.compactMap { $0["titleEn"]?.string } ?? []
    #expect(
      account.contains { $0.contains("the limit of 5 working days ends with 2026-11-25") }, "\(account)")
    #expect(Self.item(explained)?["beliefs"]?.count == 1)
    let total = explained.document?.root["totals"]?[0]
    #expect(total?["name"]?.string == "total-t" && total?["items"]?.count == 2)
    #expect(total?["lastDay"]?.string == "2026-12-01" && total?["clause"]?.string == "D 5")
    #expect(total?["account"]?.count ?? 0 > 9 && total?["beliefs"]?.count == 1)
    let before = GatewayBench.today.advanced(bySeconds: -1).iso8601
    let earlier = try await Self.get(bench, "/1", query: "known-at=\(before)")
    #expect(earlier.document?.root["items"]?.count == 0, "it was not there yet")
    for path in ["/9", "/0", "/x"] {
      let missing = try await Self.get(bench, path)
      #expect(missing.status == 404 && missing.code == "permit-not-found")
    }
    await bench.close()
  }

  @Test func windowsAreToldOnlyWhatTheyWaitFor() async throws {
    let bench = try await GatewayBench()
    _ = try await Self.post(bench, "", Self.form)
    let supplement = try await Self.post(
      bench, "/1:supplement",
      #"{"item": "greening", "materials": [{"code": "a", "name": "a.pdf", "mediaType": "application/pdf", "content": "QQ=="}]}"#
    )
    #expect(supplement.status == 409 && supplement.code == "state-conflict")
    #expect(
      try await Self.post(bench, "/1:supplement", #"{"item": "greening", "materials": []}"#).code
        == "body-invalid")
    #expect(
      try await Self.post(bench, "/1:retry", #"{"item": "greening", "reason": "x"}"#).code == "state-conflict"
    )
    let withdrawn = try await Self.post(bench, "/1:withdraw", #"{"item": "greening", "reason": "改线"}"#)
    #expect(Self.item(withdrawn)?["state"]?.string == "withdrawn", "\(withdrawn.text)")
    // What is wrong with what is brought is said before anything is changed.
    let wrong = try await Self.post(
      bench, "/1:retry",
      #"{"item": "greening", "reason": "x", "materials": [{"code": "drawing"}], "more": 1}"#)
    #expect(wrong.code == "body-invalid")
    for pointer in ["/materials/0/name", "/materials/0/content", "/more"] {
      #expect(wrong.text.contains("\"\(pointer)\""), "\(wrong.text)")
    }
    let again = try await Self.post(
      bench, "/1:retry",
      #"{"item": "greening", "reason": "还是要", "remarks": "已改图", "materials": [{"code": "drawing", "name": "b.pdf", "mediaType": "application/pdf", "content": "REVG"}]}"#
    )
    #expect(again.status == 200 && !again.text.contains("已改图") && !bench.log.contains("已改图"), "\(again.text)")
    let files = try await bench.gateway.database.read {
      try $0.int("SELECT count(*) FROM permit_item_material WHERE item = (SELECT max(id) FROM permit_item)")
    }
    #expect(files == 1)
    #expect(Self.item(again)?["attempt"]?.integer == 2 && Self.item(again)?["state"]?.string == "planned")
    let looks = try await bench.accesses().map(\.entry)
    #expect(looks.last?.action == .retryPermit && looks.last?.reason == "还是要")
    await bench.close()
  }

  /// A row that was written over is told as damaged, and hides nothing else.
  @Test func aDamagedDecisionIsShownAsDamaged() async throws {
    let bench = try await GatewayBench()
    #expect(try await Self.post(bench, "", Self.form).status == 200)
    for damage in [#"{"item": "gree"#, #"{"item": "road-digging"}"#, "[]"] {
      try await bench.gateway.database.write { transaction in
        _ = try transaction.execute(
          "UPDATE permit_item SET decision = ?1 WHERE item = 'greening'", .text(damage))
      }
      let shown = try await Self.get(bench, "/1")
      let decided = Self.item(shown)?["decided"]
      #expect(
        decided?["damaged"]?.string?.contains("greening, attempt 1, is damaged") == true, "\(shown.text)")
      #expect(Self.item(shown, "route-planning")?["decided"]?["limit"]?["clause"]?.string == "D 3")
    }
    let board = try await Self.get(bench, "/board")
    #expect(board.status == 200 && board.text.contains("route-planning"), "\(board.text)")
    await bench.close()
  }
}
