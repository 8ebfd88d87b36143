import Documents
import Glibc
import SQLDatabase
import Sandbox
import Testing

@testable import zhengdian

/// `permit …` beside a gateway that does the work, at the simulated window of Hangzhou.
@Suite struct PermitCommandTests {
  static func form(_ site: ServedSandbox, without file: String? = nil) throws -> String {
    var materials: [String] = []
    for code in ["route-drawing", "promise-letter"] where code != file {
      let path = "\(site.site.folder)/\(code).txt"
      try OutputFile.write("拟\(code)", to: path)
      materials.append(#"{"code": "\#(code)", "mediaType": "text/plain", "file": "\#(path)"}"#)
    }
    let text = """
      {"number": "GD-2026-1", "region": "330100", "day": "2026-08-03",
       "facts": {"voltage": 10, "digs-road": true, "occupies-road": true, "uses-green-land": true,
         "trees": "ordinary", "crossings": [], "supply": "single"},
       "application": {"kind": "permit-application", "applicationNumber": "SQ-1", "projectName": "拟东线",
         "itemCode": "route-planning",
         "applicant": {"name": "\(ServedSandbox.applicant)", "code": "91330199TX0000001W", "codeType": "001"},
         "location": "西湖区", "areaCode": "330199", "startDate": "2026-03-01", "endDate": "2026-04-01",
         "lineLength": "1250.5", "voltage": "10", "occupiedArea": "3", "diggingLength": "86.4", "greenArea": "30"},
       "materials": [\(materials.joined(separator: ", "))]}
      """
    let path = "\(site.site.folder)/case.json"
    try OutputFile.write(text, to: path)
    return path
  }

  static func item(_ shown: JSONValue, _ name: String) -> JSONValue? {
    shown["items"]?.elements.filter { $0["item"]?.string == name }.last
  }

  @Test func aCaseGoesFromItsFormToItsEnd() async throws {
    try await ServedSandbox.use { site in
      let incomplete = await site.run(
        "permit", "submit", try Self.form(site, without: "promise-letter"), "--operator", "拟经办")
      #expect(incomplete.code == .failure)
      for item in ["route-planning", "road-occupation", "road-digging", "greening"] {
        #expect(incomplete.errors.contains("\(item): the file 'promise-letter'"), "\(incomplete.errors)")
      }
      let form = try Self.form(site)
      let submitted = await site.run("permit", "submit", form, "--operator", "拟经办", "--json")
      #expect(submitted.code == .done, "\(submitted.errors)")
      #expect(try submitted.json()["id"]?.integer == 1 && submitted.json()["isNew"]?.boolean == true)
      let again = try await site.run("permit", "submit", form, "--operator", "拟经办", "--json").json()
      #expect(again["id"]?.integer == 1 && again["isNew"]?.boolean == false)
      try await site.serve { _ in
        let shown = try await site.wait("permit", "show", "1") { $0["closed"]?.string != nil }
        for item in ["route-planning", "road-occupation", "road-digging", "greening"] {
          #expect(Self.item(shown, item)?["state"]?.string == "filed", "promises lie at the window")
        }
      }
      #expect(site.sandbox.permitCases.count == 4)
      let list = await site.run("permit", "list", "--state", "closed", "--number", "GD-2026-1")
      #expect(list.output.contains("GD-2026-1") && !list.output.contains("拟电力"))
      let revoked = await site.run(
        "permit", "enter", "1", "greening", "revoked", "--reason", "查实不符", "--operator", "拟经办", "--note",
        "某某说", "--json")
      #expect(try revoked.json()["state"]?.string == "revoked", "\(revoked.errors)")
      let shown = await site.run("permit", "show", "1")
      #expect(
        shown.output.contains("revoked") && shown.output.contains("查实不符") && !shown.output.contains("某某说"))
      let whole = await site.run(
        "permit", "show", "1", "--notes", "--purpose", "supply-application", "--operator", "拟经办")
      #expect(whole.output.contains("某某说"), "\(whole.errors)")
      let audit = await site.run("audit", "list", "--json")
      for action in ["permit-submit", "permit-enter", "evidence"] { #expect(audit.output.contains(action)) }
    }
  }

  @Test func whatWasEnteredLateIsExplained() async throws {
    try await ServedSandbox.use { site in
      let form = try Self.form(site)
      // Above 20 kV it is no promise, and needs more.
      let missing = await site.run(
        "permit", "submit", try Self.highVoltage(form), "--operator", "拟经办")
      #expect(
        missing.errors.contains("traffic-plan") && missing.errors.contains("the fact 'trees'"),
        "\(missing.errors)")
      #expect(await site.run("permit", "submit", form, "--operator", "拟经办").code == .done)
      let entered = await site.run(
        "permit", "enter", "1", "greening", "accepted", "--happened", "2026-08-03T10:00:00", "--reason", "补录",
        "--operator", "拟经办")
      #expect(entered.code == .done, "\(entered.errors)")
      let explained = await site.run("permit", "explain", "1", "--language", "zh")
      #expect(
        explained.code == .done && explained.output.contains("HZ-SETTING 任务四"),
        "\(explained.errors)\(explained.output)")
      let wrong = await site.run("permit", "enter", "1", "greening", "acepted", "--reason", "x")
      #expect(wrong.code == .usage && wrong.errors.contains("accepted"))
      let nothing = await site.run("permit", "show", "7")
      #expect(nothing.code == .failure && nothing.errors.contains("permit list"))
      let retry = await site.run("permit", "retry", "1", "greening", "--reason", "x", "--operator", "拟经办")
      #expect(retry.code == .failure)
      let taken = await site.run(
        "permit", "withdraw", "1", "road-digging", "--reason", "改线", "--operator", "拟经办")
      #expect(taken.code == .done && taken.output.contains("never leaves"), "\(taken.errors)")
      let drawing = "\(site.site.folder)/new-drawing.txt"
      try OutputFile.write("拟改图", to: drawing)
      let brought = "\(site.site.folder)/brought.json"
      try OutputFile.write(
        #"{"materials": [{"code": "route-drawing", "mediaType": "text/plain", "file": "\#(drawing)"}]}"#,
        to: brought)
      let empty = "\(site.site.folder)/empty.json"
      try OutputFile.write("{}", to: empty)
      let nothingBrought = await site.run(
        "permit", "retry", "1", "road-digging", empty, "--reason", "x", "--operator", "拟经办")
      #expect(nothingBrought.code == .failure && nothingBrought.errors.contains("/materials"))
      let next = await site.run(
        "permit", "retry", "1", "road-digging", brought, "--remarks", "已改", "--reason", "x", "--operator",
        "拟经办",
        "--json")
      #expect(try next.json()["attempt"]?.integer == 2, "\(next.errors)")
      try await Self.step(site)
      try await Self.look(site)
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      _ = try await database.write {
        try $0.execute("UPDATE permit_item SET decision = '{' WHERE item = 'greening'")
      }
      await database.close()
      for command in ["show", "explain"] {
        let damaged = await site.run("permit", command, "1")
        #expect(
          damaged.code == .done && damaged.output.contains("greening, attempt 1, is damaged"),
          "\(damaged.errors)\(damaged.output)")
      }
    }
  }

  /// What the utility does for the customer runs its own clocks.
  private static func step(_ site: ServedSandbox) async throws {
    let requested = await site.run(
      "permit", "step", "1", "requested", "--happened", "2026-08-03T10:00:00", "--reason", "营销系统",
      "--operator",
      "拟经办", "--note", "某某说")
    #expect(requested.code == .done && requested.output.contains("entry 1"), "\(requested.errors)")
    let again = await site.run(
      "permit", "step", "1", "requested", "--happened", "2026-08-03T10:00:00", "--reason", "营销系统",
      "--operator",
      "拟经办", "--json")
    #expect(try again.json()["isNew"]?.boolean == false)
    let shown = await site.run("permit", "show", "1")
    #expect(shown.output.contains("our own-steps: 22 working days, running"), "\(shown.output)")
    #expect(shown.output.contains("step 1: requested 2026-08-03T10:00:00") && !shown.output.contains("某某说"))
    let explained = await site.run("permit", "explain", "1", "--language", "en")
    #expect(
      explained.output.contains("the limit of 22 working days ends with 2026-09-02")
        && explained.output.contains("HZ-340 二"), "\(explained.output)")
    let process = try await site.run("permit", "explain", "1", "--json").json()["process"]
    #expect(process?[0]?["step"]?.string == "own-steps" && process?[0]?["lastDay"]?.string == "2026-09-02")
    #expect(process?[0]?["account"]?.count ?? 0 > 20)
    let taken = await site.run(
      "permit", "step", "1", "--retracts", "1", "--reason", "是别的件", "--operator", "拟经办")
    #expect(taken.code == .done, "\(taken.errors)")
    #expect(await !site.run("permit", "show", "1").output.contains("our own-steps"))
    let wrong = await site.run("permit", "step", "1", "conected", "--reason", "x")
    #expect(wrong.code == .usage && wrong.errors.contains("connected"))
    #expect(await site.run("permit", "step", "1", "--reason", "x").code == .usage)
    let unknown = await site.run("permit", "step", "7", "connected", "--reason", "x", "--operator", "拟经办")
    #expect(unknown.code == .failure)
    let audit = await site.run("audit", "list", "--json")
    #expect(audit.output.contains("permit-enter"))
  }

  /// The board and the digest of what is there.
  private static func look(_ site: ServedSandbox) async throws {
    let table = await site.run("permit", "board")
    #expect(table.code == .done && table.output.contains("OUR DEADLINE"), "\(table.errors)")
    let csv = await site.run("permit", "board", "--csv", "--bom")
    #expect(csv.output.hasPrefix("\u{FEFF}case,number,region,item,way,state"), "\(csv.output)")
    #expect(
      csv.output.contains("1,GD-2026-1,330100,road-digging,promise,planned,2,")
        && csv.output.hasSuffix("\r\n"))
    let first = await site.run("permit", "board", "--json").output.split(separator: "\n").first
    let line = try JSONDocument(parsing: String(try #require(first))).root
    #expect(line["number"]?.string == "GD-2026-1" && line["own_step"]?.string == "permit-hand-in")
    #expect(await site.run("permit", "board", "--bom").code == .usage)
    #expect(
      await site.run("permit", "board", "--at", "2020-01-01", "--csv").output.split(separator: "\r\n").count
        == 1)
    let digest = try await site.run("permit", "digest", "--json").json()
    #expect(digest["open"]?.integer == 1 && digest["lines"]?.isArray == true)
    #expect(
      try await site.run("permit", "digest", "--on", "2020-01-01", "--json").json()["open"]?.integer == 0)
    #expect(await site.run("permit", "digest", "--on", "2999-01-01").code == .usage)
    let shown = try await site.run("permit", "explain", "1", "--json").json()
    let item = shown["items"]?.elements.first {
      $0["item"]?.string == "road-digging" && $0["attempt"]?.integer == 2
    }
    #expect(
      item?["ownClock"]?["clause"]?.string == "SETTING" && item?["ownClock"]?["assumed"]?.boolean == true)
    #expect(item?["ownAccount"]?.count ?? 0 > 0 && item?["ownBeliefs"]?.count ?? 0 > 0)
    let feed = await site.run("change", "list", "--kind", "permit.changed")
    #expect(feed.code == .done && feed.output.contains("permit-1"), "\(feed.errors)")
  }

  private static func highVoltage(_ form: String) throws -> String {
    let text = String(decoding: try InputFile.read(form, most: 100_000), as: UTF8.self)
    let path = form + ".high"
    try OutputFile.write(
      text.replacing("\"voltage\": 10", with: "\"voltage\": 35").replacing(
        "\"uses-green-land\": true", with: "\"uses-green-land\": false"
      ).replacing("\"trees\": \"ordinary\", ", with: ""),
      to: path)
    return path
  }

  /// Submitting needs the site; a copy hands nothing in that the site may have handed in since.
  @Test func aRestoredCopyWaitsForPeople() async throws {
    try await ServedSandbox.use { site in
      #expect(await site.run("permit", "submit", try Self.form(site), "--operator", "拟经办").code == .done)
      let why = ["--reason", "问过窗口", "--operator", "拟经办"]
      #expect(await site.run(["permit", "withdraw", "1", "road-digging"] + why).code == .done)
      let copy = "\(site.site.folder)/copy.sqlite"
      #expect(await site.run("database", "backup", copy).code == .done)
      for suffix in ["", "-wal", "-shm"] {
        let path = "\(site.site.folder)/zhengdian.sqlite\(suffix)"
        _ = unsafe path.withCString { unsafe unlink($0) }
      }
      let restored = await site.run("database", "restore", copy)
      #expect(restored.code == .done, "\(restored.errors)")
      try await site.serve { _ in
        let shown = try await site.wait("permit", "show", "1") {
          Self.item($0, "greening")?["problem"]?["code"]?.string == "permit-held"
        }
        #expect(Self.item(shown, "greening")?["held"]?.boolean == true)
        #expect(site.sandbox.permitCases.isEmpty)
        #expect(
          await site.run("permit", "retry", "1", "greening", "--reason", "问过窗口", "--operator", "拟经办").code
            == .done)
        _ = try await site.wait("permit", "show", "1") {
          Self.item($0, "greening")?["state"]?.string == "filed"
        }
        #expect(site.sandbox.permitCases.map(\.item) == ["greening"])
        // What was taken back in the copy may have been tried again behind it: that is said before it is.
        let held = try await site.run(["permit", "retry", "1", "road-digging", "--json"] + why).json()
        #expect(held["attempt"]?.integer == 2 && held["held"]?.boolean == true)
        #expect(await site.run(["permit", "retry", "1", "road-digging"] + why).code == .failure)
        let released = await site.run(["permit", "retry", "1", "road-digging", "--attempt", "2"] + why)
        #expect(released.output == "road-digging: attempt 2\n")
      }
    }
  }
}
