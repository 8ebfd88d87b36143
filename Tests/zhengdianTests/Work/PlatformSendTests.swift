import Certificates
import Documents
import Exchanges
import Gateway
import HTTPTransport
import Journal
import Registry
import Sandbox
import Testing
@testable import zhengdian

/// Simulated platforms send records to a gateway that serves and did not ask: from the platform's own call to the reserve, by way of real sockets.
@Suite struct PlatformSendTests {
  private static let projects = #""platform":"investment-3","operation":"projects""#
  private static let houses = #""platform":"real-estate-xml","operation":"houses""#

  @Test func projectCodesThatAreSentFillTheReserve() async throws {
    try await ServedSandbox.use { served in
      // Nobody asks the platform: what is known it has sent.
      let adapter = "    adapter: hangzhou/investment\n"
      #expect(served.site.text.contains(adapter))
      let silent = "    operations: {projects: {enabled: false}, approvals: {enabled: false}}\n"
      try OutputFile.write(
        served.site.text.replacing(adapter, with: adapter + silent), to: served.site.configurationFile,
        mode: 0o644)
      let population = served.sandbox.population
      let code = population.project(5).projectCode
      try await served.serve { port in
        func send(_ more: String) async throws -> [(status: Int, body: String)] {
          try await served.sent(port, "hangzhou-investment/coded", "\(Self.projects),\(more)")
        }
        // Who is not the platform leaves nothing.
        for fault in ["wrong-signature", "stale-time"] {
          #expect(try await send("\"rows\":[5],\"fault\":\"\(fault)\"").map(\.status) == [401], "\(fault)")
        }
        #expect(
          await served.run("exchange", "list", "--platform", "hangzhou-investment", "--json").output == "")

        // Twice the same bytes: two answers alike.
        let twice = try await send(#""rows":[5],"times":2,"number":"PC1""#)
        #expect(twice.map(\.status) == [200, 200] && twice[0].body == twice[1].body)
        let answer = try JSONDocument(parsing: Array(twice[0].body.utf8)).root
        #expect(
          answer["code"]?.string == "0" && answer["received"]?.string == "1"
            && answer["batchNo"]?.string == "PC1", "\(twice[0].body)")
        let told = try #require(try await served.evidence(LookupKey(.number, code), .projectRegistration))
        #expect(told.exchange.operation == "coded" && told.exchange.direction == .inbound)
        #expect(told.version == 1 && told.proof.holds, "\(told.proof.fields)")

        // Its state from before its change comes behind the one from after it: a call of its own, and no news.
        #expect(try await send(#""rows":[5],"version":1"#).map(\.status) == [200])
        let still = try #require(try await served.evidence(LookupKey(.number, code), .projectRegistration))
        #expect(still.version == 1 && still.exchange.requestBody == told.exchange.requestBody)

        // One of two is damaged: the other is taken. Alone it waits for somebody, and so does what is no message.
        let mixed = try await send(#""rows":[8,9],"fault":"poisoned""#)
        #expect(mixed.map(\.status) == [200] && mixed[0].body.contains(#""received":"1""#), "\(mixed)")
        for fault in ["poisoned", "damaged"] {
          let refused = try await send("\"rows\":[10],\"fault\":\"\(fault)\"")
          #expect(refused[0].body.contains(#""code":"malformed""#), "\(fault): \(refused)")
        }
        while true {
          let parked = await served.run("work", "list", "--kind", "inbound", "--state", "parked", "--json")
          if parked.output.split(separator: "\n").count == 2 { break }
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try await send(#""rows":[20,21,22],"apart":true"#).map(\.status) == [200, 200, 200])
        for index in [9, 20, 21, 22] {
          let key = LookupKey(.number, population.project(index).projectCode)
          #expect(try await served.evidence(key, .projectRegistration)?.exchange.direction == .inbound)
        }
        let metrics = String(decoding: try await served.send(port, "GET", "/metrics").body, as: UTF8.self)
        #expect(
          metrics.contains(
            #"zhengdian_inbound_calls_total{platform="hangzhou-investment",operation="coded",result="duplicate"} 1"#
          ))
      }
      // Whoever serves next looks at once what the feed has told meanwhile.
      try await served.serve { _ in
        while !(await served.run("project", "list").output.contains(code)) {
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      let changes = await served.run("change", "list", "--kind", "project.reserved")
      #expect(changes.output.contains("project-1"), "\(changes.output) \(changes.errors)")
    }
  }

  /// A partner department's certificates: the message of the registry, in GB18030.
  @Test func deedsThatAreSentAreKnown() async throws {
    try await ServedSandbox.use { served in
      let house = served.sandbox.population.house(7, version: 2)
      try await served.serve { port in
        func send(_ more: String) async throws -> [(status: Int, body: String)] {
          try await served.sent(port, "changzhou-estate/registered", "\(Self.houses),\(more)")
        }
        #expect(
          try await send(#""rows":[7],"fault":"wrong-signature""#)[0].body.contains(
            "<ResponseCode>unauthenticated</ResponseCode>"))
        let taken = try await send(#""rows":[7,13]"#)
        #expect(
          taken.map(\.status) == [200]
            && taken[0].body.contains("<SuccessFlag>1</SuccessFlag>")
            && taken[0].body.contains("<ResponseInfo>2</ResponseInfo>"), "\(taken)")
        let told = try #require(
          try await served.evidence(LookupKey(.unitNumber, house.unitNumber), .propertyDeed))
        #expect(told.exchange.operation == "registered" && told.exchange.direction == .inbound)
        #expect(told.proof.holds, "\(told.proof.fields)")
      }
    }
  }
}

extension ServedSandbox {
  /// What a certificate rests on, and whether it follows from that.
  fileprivate func evidence(_ key: LookupKey, _ kind: CertificateKind) async throws -> (
    version: Int, exchange: Exchange, proof: CertificateProof
  )? {
    try await withSite { site in
      let found = try await site.gateway.registry.certificates(matching: [key], kinds: [kind])
      guard let certificate = found.first, found.count == 1,
        let evidence = try await site.gateway.registry.evidence(for: certificate.id)
      else { return nil }
      return (
        certificate.version, try await site.gateway.journal.exchange(evidence.exchange),
        try await JournalProver(site.gateway).prove(evidence)
      )
    }
  }

  /// Has a platform call the gateway; gives what it was answered.
  fileprivate func sent(
    _ port: Int, _ operation: String, _ more: String
  ) async throws -> [(status: Int, body: String)] {
    let control = try #require(sandbox.addresses["control"])
    let url = "http://127.0.0.1:\(port)/inbound/\(operation)"
    let http = try HTTPClient(
      configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
    let response = try await http.send(
      HTTPRequest(
        method: "POST", url: "\(control)/control/send", body: Array("{\"url\":\"\(url)\",\(more)}".utf8)))
    await http.shutdown()
    let answers = try JSONDocument(parsing: response.body).root["answers"]
    return try #require(answers, "\(String(decoding: response.body, as: UTF8.self))").elements.map {
      ($0["status"]?.integer ?? -1, $0["body"]?.string ?? "")
    }
  }
}
