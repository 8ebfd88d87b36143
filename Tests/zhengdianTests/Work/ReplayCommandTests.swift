import Crypto
import Documents
import HTTPTransport
import SQLDatabase
import Sandbox
import Testing

@testable import zhengdian

@Suite struct ReplayCommandTests {
  private static let licences = "hangzhou-data/business-licence"

  private static func pull(_ site: ServedSandbox) async {
    #expect(await site.run("sync", licences, "--once").code == .done)
  }

  private static func plan(_ site: ServedSandbox, _ words: String...) async throws -> (
    id: Int, plan: JSONValue
  ) {
    let run = await site.run(["replay", "plan"] + words + ["--reason", "looked", "--json"])
    #expect(run.code == .done, "\(run.errors)")
    let plan = try run.json()
    return (try #require(plan["id"]?.integer), plan)
  }

  @Test func aReplayIsPlannedRunAndReported() async throws {
    try await ServedSandbox.use { site in
      await Self.pull(site)
      let listing = [
        "exchange", "list", "--platform", "hangzhou-data", "--operation", "business-licence", "--json",
      ]
      let exchanges = await site.run(listing).lines
      let (id, plan) = try await Self.plan(site, Self.licences, "--depth", "re-map", "--outcome", "succeeded")
      let items = try #require(plan["items"]?.integer)
      #expect(items > 0 && plan["state"]?.string == "planned" && plan["preview"]?["calls"]?.integer == 0)
      #expect(plan["preview"]?["records"]?["changed"]?.integer == 0)
      #expect(plan["differences"]?.count == 0 && plan["preview"]?["fields"]?.count == 0)
      let text = await site.run(
        "replay", "plan", Self.licences, "--depth", "re-map", "--canary", "1", "--rate", "50",
        "--most-errors", "5",
        "--reason", "looked")
      #expect(
        text.output.contains("replay start \(id + 1)") && text.output.contains("trial of 1"), "\(text.errors)"
      )

      let started = await site.run("replay", "start", "\(id)", "--reason", "go", "--operator", "拟经办")
      #expect(started.code == .done && started.output.contains("replay \(id) is canary"))
      try await site.serve { _ in
        let done = try await site.wait(replay: id, until: ["completed"])
        #expect(done["succeeded"]?.integer == items && done["failed"]?.integer == 0)
        #expect((done["records"]?["unchanged"]?.integer ?? 0) > 0)
        let history = done["history"]?.elements.map { $0 } ?? []
        #expect(history.first?["event"]?.string == "planned" && history.last?["event"]?.string == "completed")
        #expect(history.contains { $0["by"]?.string == "拟经办" && $0["reason"]?.string == "go" })
      }
      #expect(await site.run("replay", "status", "\(id)").output.contains("\(items) succeeded"))
      // The schedules have pulled meanwhile; what was there is as it was.
      let now = await site.run(listing).lines
      #expect(!exchanges.isEmpty && Set(exchanges).isSubset(of: now))
      let list = await site.run("replay", "list", "--json")
      #expect(list.lines.count == 2)
      #expect(await site.run("replay", "list", "--limit", "1", "--json").lines.count == 1)
      #expect(await site.run("replay", "list").output.contains("completed"))

      let report = await site.run("replay", "report", "\(id)")
      let file = "\(site.site.folder)/report.json"
      try OutputFile.write(report.output, to: file)
      let good = await site.run("replay", "report", "--verify", file, "--json")
      #expect(try good.code == .done && good.json()["valid"]?.boolean == true, "\(good.errors)")
      let key = try #require(try good.json()["publicKey"]?.string)
      #expect(await site.run("replay", "report", "--verify", file, "--key", key.uppercased()).code == .done)
      let other = await site.run("replay", "report", "--verify", file, "--key", String(key.reversed()))
      #expect(other.code == .failure && other.output.contains("another key"))
      #expect(await site.run("replay", "report", "\(id)", "--key", key).code == .usage)
      for (from, to) in [
        ("\"succeeded\"", "\"failed\""), ("looked", "locked"), ("\"report\":{", "\"report\":{ "),
      ] {
        try #require(report.output.contains(from))
        try OutputFile.write(report.output.replacing(from, with: to), to: file)
        let altered = await site.run("replay", "report", "--verify", file)
        #expect(altered.code == .failure && altered.output.contains("altered"), "\(from)")
      }
      try OutputFile.write("{}", to: file)
      #expect(await site.run("replay", "report", "--verify", file).code == .failure)
    }
  }

  /// Which records would change: the first on the screen with masked values, all of them in a file, and page by page in the API without any.
  @Test func aPlanShowsWhichRecordsWouldChange() async throws {
    try await ServedSandbox.use { site in
      await Self.pull(site)
      // As if another mapping had been in use: nothing is known of what came.
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      try await database.write { transaction in
        for table in ["certificate_key", "observation", "certificate"] {
          try transaction.execute("DELETE FROM \(table)")
        }
      }
      await database.close()
      let file = "\(site.site.folder)/diff.jsonl"
      let words = [Self.licences, "--depth", "re-map", "--reason", "looked"]
      let text = await site.run(["replay", "plan"] + words + ["--show", "2", "--diff", file])
      #expect(text.code == .done, "\(text.errors)")
      let lines = String(decoding: try InputFile.read(file, most: 1 << 24), as: UTF8.self).split(
        separator: "\n")
      #expect(lines.count > 5)
      for line in lines {
        let one = try JSONDocument(parsing: String(line)).root
        #expect(one["kind"]?.string == "appeared" && one["operation"]?.string == Self.licences)
        #expect(one["locator"]?.string?.isEmpty == false && one["fields"]?.count == 0)
      }
      #expect(text.output.contains("… and \(lines.count - 2) more differences"))
      let (id, plan) = try await Self.plan(site, Self.licences, "--depth", "re-map", "--show", "3")
      #expect(plan["differences"]?.count == 3)
      #expect(plan["preview"]?["records"]?["new"]?.integer == lines.count)
      try await site.serve { port in
        // The schedules may have brought back meanwhile what was missing; each item is on a page all the same.
        var (pages, after) = (0, "")
        while true {
          let page = try await site.get(port, "/v1/replays/\(id)/differences?limit=1\(after)")
          #expect(page["differences"]?.elements.allSatisfy { $0["kind"]?.string == "appeared" } == true)
          pages += 1
          guard let next = page["next"]?.integer else { break }
          after = "&after=\(next)"
        }
        #expect(pages == plan["items"]?.integer)
      }
    }
  }

  @Test func whatWasRefusedIsHandedInAgain() async throws {
    try await ServedSandbox.use { site in
      site.fault(.refusal, "greening")
      let first = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in
        _ = try await site.wait(push: first, until: ["refused"])
        let (id, plan) = try await Self.plan(
          site, "hangzhou-permits/greening", "--depth", "re-push", "--id", "\(first)")
        #expect(
          plan["items"]?.integer == 1 && plan["preview"]?["idempotency"]?[0]?["class"]?.string == "neither")
        #expect(await site.run("replay", "start", "\(id)", "--reason", "go").code == .done)
        let done = try await site.wait(replay: id, until: ["completed", "stopped"])
        #expect(done["state"]?.string == "completed" && done["succeeded"]?.integer == 1)
      }
      let pushes = try await site.run("push", "list", "--json").lines.map {
        try JSONDocument(parsing: $0).root
      }
      #expect(pushes.map { $0["state"]?.string } == ["accepted", "refused"])
      #expect(pushes[0]["follows"]?.integer == first)
      #expect(site.sandbox.permitCases.count == 1)
    }
  }

  /// The files are not those that were looked at any more: whoever asks is told why it stands still.
  @Test func whatAReplayWasStoppedByIsShown() async throws {
    try await ServedSandbox.use { site in
      await Self.pull(site)
      let (id, _) = try await Self.plan(site, Self.licences, "--depth", "re-map")
      #expect(await site.run("replay", "start", "\(id)", "--reason", "go").code == .done)
      #expect(try await site.run("replay", "status", "\(id)", "--json").json()["problem"]?.isNull == true)
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      try await database.write { transaction in
        let changed = try transaction.execute(
          #"UPDATE replay SET basis = replace(basis, '"sm3":"', '"sm3":"0')"#)
        #expect(changed == 1)
      }
      await database.close()
      try await site.serve { port in
        let stopped = try await site.wait(replay: id, until: ["stopped", "completed"])
        #expect(stopped["state"]?.string == "stopped")
        for shown in [stopped, try await site.get(port, "/v1/replays/\(id)")] {
          #expect(shown["problem"]?["code"]?.string == "replay-changed")
          #expect(shown["problem"]?["class"]?.string == "configuration")
          #expect(shown["problem"]?["remedy"]?.string?.contains("plan it anew") == true)
        }
      }
      let text = await site.run("replay", "status", "\(id)")
      #expect(text.code == .failure && text.output.contains("problem       replay-changed"), "\(text.output)")
    }
  }

  @Test func aSecondPersonAgreesWhereTheSiteWantsIt() async throws {
    try await ServedSandbox.use("replay: {approval: true}\n") { site in
      await Self.pull(site)
      let run = await site.run(
        "replay", "plan", Self.licences, "--depth", "re-map", "--reason", "x", "--operator", "a")
      #expect(run.code == .done && run.output.contains("another operator looks at it"), "\(run.errors)")
      let early = await site.run("replay", "start", "1", "--reason", "x", "--operator", "a")
      #expect(early.code == .failure && early.errors.contains("replay-approval"))
      #expect(await site.run("replay", "approve", "1", "--reason", "x", "--operator", "a").code == .failure)
      // Another name from the same account is nobody else.
      let same = await site.run("replay", "approve", "1", "--reason", "x", "--operator", "b")
      #expect(same.code == .failure && same.errors.contains("an account of their own"), "\(same.errors)")
      try await site.serve { port in
        let approved = try await site.post(port, "/v1/replays/1:approve", #"{"reason": "x"}"#, as: "b")
        #expect(approved["state"]?.string == "approved")
      }
      let history = try await site.run("replay", "status", "1", "--json").json()["history"]
      #expect(history?[0]?["credential"]?.string?.hasPrefix("account ") == true)
      #expect(history?[1]?["credential"]?.string?.hasPrefix("consumer ") == true)
      #expect(await site.run("replay", "start", "1", "--reason", "x", "--operator", "a").code == .done)
      let stopped = await site.run("replay", "stop", "1", "--reason", "x", "--json")
      #expect(stopped.output.contains("stopped"))
      #expect(await site.run("replay", "status", "1").code == .failure, "one that stopped is a finding")
      #expect(await site.run("replay", "cancel", "1", "--reason", "x").output.contains("cancelled"))
      #expect(await site.run("replay", "start", "1", "--reason", "x").code == .failure)
      // Each is in the access audit before it is done, also what was refused then.
      let audit = try await site.run("audit", "list", "--json").lines.map {
        try JSONDocument(parsing: $0).root
      }
      #expect(
        audit.reversed().compactMap { $0["action"]?.string } == [
          "replay-plan", "replay-start", "replay-approve", "replay-approve", "replay-approve", "replay-start",
          "replay-stop", "replay-cancel", "replay-start",
        ])
      #expect(audit.last?["operator"]?.string == "a" && audit.last?["consumer"]?.string == "command-line")
    }
  }

  @Test func wrongPlansAreRefused() async throws {
    try await ServedSandbox.use { site in
      let reason = ["--reason", "x"]
      for words in [
        ["replay", "plan", Self.licences] + reason,
        ["replay", "plan", "hangzhou-data", "--depth", "re-map"] + reason,
        ["replay", "plan", Self.licences, "--depth", "deep"] + reason,
        ["replay", "plan", Self.licences, "--depth", "re-map"],
        ["replay", "plan", Self.licences, "--depth", "re-map", "--rate", "0"] + reason,
        ["replay", "plan", Self.licences, "--depth", "re-fetch", "--diff", "/tmp/none"] + reason,
        ["replay", "start", "x"] + reason, ["replay", "start", "1"], ["replay", "status"],
      ] {
        #expect(await site.run(words).code == .usage, "\(words)")
      }
      for words in [
        // Nothing has been pulled.
        ["replay", "plan", Self.licences, "--depth", "re-map"] + reason,
        ["replay", "plan", "hangzhou-data/none", "--depth", "re-map"] + reason,
        ["replay", "plan", Self.licences, "--depth", "re-fetch"] + reason,
        ["replay", "plan", Self.licences, "--depth", "re-push"] + reason, ["replay", "status", "7"],
        ["replay", "report", "7"], ["replay", "approve", "7"] + reason,
      ] {
        let run = await site.run(words)
        #expect(run.code == .failure && run.errors.contains("replay-"), "\(words) \(run.errors)")
      }
      #expect(await site.run("replay", "list", "--json").output.isEmpty)
    }
  }

  /// The same by the interface of a running gateway, from the plan to the last event.
  @Test func aReplayIsRunOverHTTP() async throws {
    try await ServedSandbox.use { site in
      await Self.pull(site)
      let key = String(decoding: try InputFile.read(site.site.consumerKeyFile, most: 1000), as: UTF8.self)
        .prefix { $0 != "\n" }
      try await site.serve { port in
        let http = try HTTPClient(
          configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
        func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPResponse {
          try await http.send(
            HTTPRequest(
              method: method, url: "http://127.0.0.1:\(port)\(path)",
              headers: [
                HTTPHeader("Authorization", "Bearer \(key)"), HTTPHeader("X-Operator", "window-07"),
                HTTPHeader("Content-Type", "application/json"),
              ], body: body.map { Array($0.utf8) }, timeouts: Timeouts()))
        }
        let planned = try await send(
          "POST", "/v1/replays",
          #"{"query": {"platform": "hangzhou-data", "operation": "business-licence"}, "depth": "re-map", "reason": "x"}"#
        )
        #expect(planned.status == 200, "\(String(decoding: planned.body, as: UTF8.self))")
        let plan = try JSONDocument(parsing: planned.body).root
        let id = try #require(plan["id"]?.integer)
        #expect((plan["items"]?.integer ?? 0) > 0 && plan["preview"]?["calls"]?.integer == 0)
        #expect(try await send("POST", "/v1/replays/\(id):start", #"{"reason": "go"}"#).status == 200)
        let events = String(decoding: try await send("GET", "/v1/replays/\(id)/events").body, as: UTF8.self)
        let last = try #require(events.split(separator: "\n").last { $0.hasPrefix("data: ") })
        #expect(try JSONDocument(parsing: String(last.dropFirst(6))).root["state"]?.string == "completed")
        let shown = try JSONDocument(parsing: try await send("GET", "/v1/replays/\(id)").body).root
        #expect(shown["history"]?[0]?["by"]?.string == "window-07")
        let metrics = String(decoding: try await send("GET", "/metrics").body, as: UTF8.self)
        #expect(metrics.contains("zhengdian_replays{state=\"completed\"} 1"))
        #expect(metrics.contains("zhengdian_work_items{kind=\"push\",state=\"ready\"} 0"))
        #expect(metrics.contains("zhengdian_pushes{state=\"unknown\"} 0"))
        await http.shutdown()
      }
    }
  }
}
