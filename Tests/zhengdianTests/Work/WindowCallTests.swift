import Applications
import Calendars
import Certificates
import CivilTime
import Crypto
import Documents
import Exchanges
import Gateway
import HTTPTransport
import Journal
import Permits
import Policies
import Registry
import SQLDatabase
import Sandbox
import Telemetry
import Testing
@testable import zhengdian

/// The simulated window calls a gateway that serves: from its decision to the case, by way of real sockets.
@Suite struct WindowCallTests {
  @Test func aWindowThatCallsMovesItsPermitsOnOnce() async throws {
    try await ServedSandbox.use { served in
      let id = try await served.openCase("GD-CB-1")
      try await served.serve { port in
        let planning = try await served.receipt("route-planning")
        let digging = try await served.receipt("road-digging")

        // Twice the same bytes: two answers alike, and one step.
        let twice = try await served.call(port, planning, #""state":"accepted","times":2"#)
        #expect(twice.map(\.status) == [200, 200] && twice[0].body == twice[1].body)
        #expect(try await served.events(id, .routePlanning).filter { $0 == "accepted" }.count == 1)
        // Who is not the window changes nothing.
        for fault in ["wrong-signature", "stale-time"] {
          let refused = try await served.call(port, planning, "\"state\":\"approved\",\"fault\":\"\(fault)\"")
          #expect(refused.map(\.status) == [401], "\(fault)")
        }
        let once = try await served.call(
          port, planning, #""state":"correction","nonce":"only-once-1","fault":"gb18030""#)
        #expect(once.map(\.status) == [200])
        let reused = try await served.call(port, planning, #""state":"approved","nonce":"only-once-1""#)
        #expect(reused.map(\.status) == [401])
        #expect(try await served.state(id, .routePlanning) == .supplement)

        // The decision comes before what led to it, in the seconds since it was handed in.
        let filed = try #require(try await served.filed(id, .roadDigging))
        while Timestamp.now() < filed.advanced(bySeconds: 4).timestamp(offsetSeconds: UTCOffset.china) {
          try await Task.sleep(for: .milliseconds(50))
        }
        for (state, seconds) in [("approved", 3), ("special", 2), ("accepted", 1)] {
          let time = filed.advanced(bySeconds: seconds)
          let answers = try await served.call(
            port, digging,
            "\"state\":\"\(state)\",\"decision\":\(state == "approved" ? "\"杭掘许〔2026〕7号\"" : "null"),\"time\":\"\(time.description.replacing("T", with: " "))\""
          )
          #expect(answers.map(\.status) == [200], "\(answers)")
        }
        #expect(try await served.state(id, .roadDigging) == .approved)
        #expect(
          try await served.events(id, .roadDigging) == [
            "submitted", "approved", "special-procedure-started", "accepted",
          ])

        // A clock that is ahead is not believed: it counts from now, and somebody is told.
        let future = Timestamp.now().advanced(bySeconds: 86_400).civil(offsetSeconds: UTCOffset.china)
        let early = try await served.call(
          port, planning,
          "\"state\":\"accepted\",\"time\":\"\(future.description.replacing("T", with: " "))\"")
        #expect(early.map(\.status) == [200])
        let shown = try await served.run("permit", "show", "\(id)", "--json").json()
        let item = shown["items"]?.elements.first { $0["item"]?.string == "route-planning" }
        #expect(item?["doubts"]?[0]?["code"]?.string == "permit-moment-doubted", "\(shown)")
        let last = try #require(item?["events"]?.elements.map { $0 }.last)
        #expect(last["said"]?.string == future.description)
        #expect(try #require(CivilDateTime(iso: last["happened"]?.string ?? "")) < future)
        let text = await served.run("permit", "show", "\(id)")
        #expect(text.output.contains("the window said \(future)") && text.output.contains("cannot be"))

        // What the window decided is a certificate, with the call that told it as evidence.
        let evidence = try await served.evidence(ofPermit: "杭掘许〔2026〕7号", kind: .roadPermit)
        #expect(evidence?.operation == "progress" && evidence?.direction == .inbound)

        // What cannot be acted upon is kept for somebody.
        for fault in ["unknown-receipt", "unknown-state", "damaged"] {
          let refused = try await served.call(port, planning, "\"fault\":\"\(fault)\"")
          #expect(refused.map(\.status) == [200], "\(fault)")
          let code = try JSONDocument(parsing: Array(try #require(refused.first).body.utf8)).root["code"]?
            .string
          #expect(code != "0", "\(fault)")
        }
        while true {
          let parked = await served.run("work", "list", "--kind", "inbound", "--state", "parked", "--json")
          if parked.output.split(separator: "\n").count == 3 { break }
          try await Task.sleep(for: .milliseconds(20))
        }
        let metrics = String(decoding: try await served.send(port, "GET", "/metrics").body, as: UTF8.self)
        #expect(
          metrics.contains(
            #"zhengdian_inbound_calls_total{platform="hangzhou-permits",operation="progress",result="duplicate"} 1"#
          ),
          "\(metrics.split(separator: "\n").filter { $0.contains("inbound") })")
        let left = WorkCalendar.china.daysLeft(
          on: Timestamp.now().civil(offsetSeconds: UTCOffset.china).date)
        #expect(metrics.contains("zhengdian_calendar_days_left \(left)\n"))
        // A window that does not wait for its answer says it again until it has one: that is one step.
        _ = try await served.call(port, planning, #""state":"special","times":3,"fault":"impatient""#)
        let patient = try await served.call(port, planning, #""state":"special""#)
        #expect(patient.map(\.status) == [200])
        #expect(
          try await served.events(id, .routePlanning).filter { $0 == "special-procedure-started" }.count == 1)
        #expect(try await served.send(port, "POST", "/inbound/hangzhou-permits/nothing", "{}").status == 404)
        #expect(try await served.send(port, "GET", "/inbound/hangzhou-permits/progress").status == 405)
      }
      let list = await served.run("exchange", "list", "--platform", "hangzhou-permits", "--json")
      #expect(list.output.contains("\"inbound\"") && !list.output.contains("only-once-1"))

      // What is shown of its items is counted by the window of their region, and of one without a window by itself.
      let metrics = try await served.withSite { site in
        let permits = site.gateway.permits
        _ = try await permits.database.write { transaction in
          for (item, colour) in [("min", "yellow"), ("max", "blue")] {
            try transaction.execute(
              """
              INSERT INTO permit_warning (item, clock, colour, audience, due, raised, is_skipped, stands)
              SELECT \(item)(id), 'platform', '\(colour)', 'manager', '2000-01-01', 0, 0, 1 FROM permit_item
              """)
          }
        }
        var (there, gone) = (MetricsText(), MetricsText())
        try await PermitMetrics(site.permitting).write(to: &there)
        _ = try await permits.database.write { try $0.execute("UPDATE permit_case SET region = '999999'") }
        try await PermitMetrics(site.permitting).write(to: &gone)
        return [there, gone].map { String(decoding: $0.bytes, as: UTF8.self) }
      }
      for (text, window) in zip(metrics, ["hangzhou-permits", "none"]) {
        for (colour, items) in [("yellow", 1), ("blue", 1), ("red", 0)] {
          let line =
            "zhengdian_permit_items{platform=\"\(window)\",clock=\"platform\",colour=\"\(colour)\"} \(items)\n"
          #expect(text.contains(line), "\(line)")
        }
      }
    }
  }
}

extension ServedSandbox {
  func withSite<Value: Sendable>(_ body: (Site) async throws -> Value) async throws -> Value {
    let diagnostics = Diagnostics()
    let configuration = SiteConfiguration.read(
      site.configurationFile, share: Checkout.path, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    return try await Site.with(
      try #require(configuration), environment: [ShareFolder.variable: Checkout.path], log: .silent, body)
  }

  fileprivate func openCase(_ number: String) async throws -> PermitCaseID {
    let files = try application("route-planning", number: number)
    let record = try ApplicationRecord(decoding: try InputFile.read(files.record, most: 1 << 20))
    let bytes = Array(Self.attachment.utf8)
    let facts = """
      {"voltage":110,"length":1250,"capacity":5000,"customer":"other","digs-road":true,"occupies-road":false,
       "uses-green-land":false,"trees":"none","crossings":[],"red-line":"outside","supply":"single","works":"cable-transformer"}
      """
    let request = PermitRequest(
      number: number, region: "330100", day: try #require(CivilDate(iso: "2026-03-02")),
      facts: try Facts(decoding: JSONDocument(parsing: Array(facts.utf8)).root), application: record,
      materials: ["route-drawing", "construction-plan", "traffic-plan"].map { code in
        PermitMaterial(
          code: code,
          attachment: Applications.Attachment(
            name: "\(code).txt", mediaType: "text/plain", bytes: bytes,
            sm3: Hex.encode(Digest.sm3.hash(bytes))))
      }, requestID: "test-0001")
    return try await withSite { try await $0.permitting.desk.open(request).id }
  }

  /// The window's number of an item, once it has it and the gateway knows it.
  fileprivate func receipt(_ item: String) async throws -> String {
    while true {
      if let found = sandbox.permitCases.first(where: { $0.item == item }) { return found.receipt }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func view(_ id: PermitCaseID, _ item: PermitItem) async throws -> PermitItemView {
    let moment = Timestamp.now().civil(offsetSeconds: UTCOffset.china)
    let view = try await withSite { try await $0.gateway.permits.view(id, at: moment) }
    return try #require(view.items.first { $0.attempt.item == item })
  }

  fileprivate func events(_ id: PermitCaseID, _ item: PermitItem) async throws -> [String] {
    try await view(id, item).events.map(\.name)
  }

  /// When the window had it.
  fileprivate func filed(_ id: PermitCaseID, _ item: PermitItem) async throws -> CivilDateTime? {
    try await view(id, item).events.first { $0.name == "submitted" }?.happened
  }

  fileprivate func state(_ id: PermitCaseID, _ item: PermitItem) async throws -> PermitState? {
    try await view(id, item).attempt.state
  }

  /// The exchange on which the certificate with this number rests.
  fileprivate func evidence(ofPermit number: String, kind: CertificateKind) async throws -> Exchange? {
    try await withSite { site in
      let found = try await site.gateway.registry.certificates(
        matching: [LookupKey(.number, number)], kinds: [kind])
      guard let certificate = found.first, found.count == 1, certificate.record.state == .valid,
        let evidence = try await site.gateway.registry.evidence(for: certificate.id)
      else { return nil }
      return try await site.gateway.journal.exchange(evidence.exchange)
    }
  }

  /// Has the window call the gateway; gives what it was answered.
  fileprivate func call(
    _ port: Int, _ receipt: String, _ more: String
  ) async throws -> [(status: Int, body: String)] {
    let control = try #require(sandbox.addresses["control"])
    let url = "http://127.0.0.1:\(port)/inbound/hangzhou-permits/progress"
    let http = try HTTPClient(
      configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
    let response = try await http.send(
      HTTPRequest(
        method: "POST", url: "\(control)/control/callback",
        body: Array("{\"receipt\":\"\(receipt)\",\"url\":\"\(url)\",\(more)}".utf8)))
    await http.shutdown()
    let answers = try JSONDocument(parsing: response.body).root["answers"]
    return try #require(answers, "\(String(decoding: response.body, as: UTF8.self))").elements.map {
      ($0["status"]?.integer ?? -1, $0["body"]?.string ?? "")
    }
  }
}
