import Exchanges
import Access
import CivilTime
import Documents
import Gateway
import HTTPService
import HTTPTransport
import Pushing
import Registry
import Replay
import SQLDatabase
import Sync
import Testing

@testable import GatewayAPI

/// What the interface shows of replays, and what people decide by it. Plans of real operations are in the tests of the command line.
@Suite struct ReplayRouteTests {
  private static let planner = "拟计划员"

  /// - Parameter consumer: by whose key it was planned.
  private static func keep(
    _ bench: GatewayBench, items: Int = 3, consumer: String = "planning"
  ) async throws -> ReplayID {
    var query = ReplayQuery(platform: "city", operation: "pull")
    query.since = Timestamp(milliseconds: 1000)
    return try await bench.gateway.replays.keep(
      query, depth: .remap, terms: ReplayTerms(),
      outlook: ReplayOutlook(originals: (1...items).map { (Int64($0), nil) }),
      by: SignOff(
        name: planner, reason: "新映射", credential: Credential(holder: "consumer \(consumer)")))
  }

  private static func decide(
    _ bench: GatewayBench, _ path: String, _ body: String = #"{"reason": "看过"}"#,
    operator name: String? = GatewayBench.operatorName
  ) async throws -> Reply {
    try await bench.send(
      bench.request("POST", "/v1/replays\(path)", body: body, purpose: nil, operator: name))
  }

  @Test func replaysAreListedAndShown() async throws {
    let bench = try await GatewayBench()
    let (first, second) = (try await Self.keep(bench), try await Self.keep(bench, items: 5))
    let list = try await bench.send(bench.request("GET", "/v1/replays"))
    #expect(
      list.document?.root["replays"]?.elements.compactMap { $0["id"]?.integer } == [
        Int(second.rawValue), Int(first.rawValue),
      ])
    let short = try await bench.send(bench.request("GET", "/v1/replays", query: "limit=1"))
    #expect(try short["$.replays"]?.count == 1 && short["$.replays[0].items"]?.integer == 5)
    let one = try await bench.send(bench.request("GET", "/v1/replays/\(first)"))
    #expect(try one.text("$.state") == "planned" && one["$.pending"]?.integer == 3)
    #expect(try one.text("$.query.since") == "1970-01-01T00:00:01.000Z")
    #expect(try one.text("$.history[0].by") == Self.planner && one.text("$.history[0].reason") == "新映射")
    for wrong in ["9", "0", "x", Person.code] {
      let reply = try await bench.send(bench.request("GET", "/v1/replays/\(wrong)"))
      #expect(reply.status == 404 && reply.code == "replay-not-found")
      let events = try await bench.send(bench.request("GET", "/v1/replays/\(wrong)/events"))
      #expect(events.code == "replay-not-found")
    }
    #expect(try await bench.accesses().isEmpty)
    await bench.close()
  }

  @Test func whoDecidesIsTheOperatorOfTheRequest() async throws {
    let bench = try await GatewayBench(
      configuration: GatewayBench.configuration + "replay: {approval: true}\n")
    let id = try await Self.keep(bench)
    #expect(try await Self.decide(bench, "/\(id):start").code == "approval-needed")
    // Another key, and the planner's name.
    let own = try await Self.decide(bench, "/\(id):approve", operator: Self.planner)
    #expect(own.status == 409 && own.code == "approval-needed")
    let approved = try await Self.decide(bench, "/\(id):approve")
    #expect(try approved.text("$.state") == "approved")
    let started = try await Self.decide(bench, "/\(id):start", operator: Self.planner)
    #expect(try started.text("$.state") == "canary")
    #expect(try await Self.decide(bench, "/\(id):stop").text("$.state") == "stopped")
    #expect(try await Self.decide(bench, "/\(id):cancel").text("$.state") == "cancelled")
    #expect(try await Self.decide(bench, "/\(id):start").code == "state-conflict")
    let history = try await bench.gateway.replays.history(of: id)
    #expect(history.map(\.event) == ["planned", "approved", "started", "stopped", "cancelled"])
    let (planner, other) = (Self.planner, GatewayBench.operatorName)
    #expect(history.map { $0.signOff?.name } == [planner, other, planner, other, other])
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.allSatisfy { $0.item == "replay-\(id)" })
    #expect(
      entries.filter { $0.outcome == .answered }.map(\.action)
        == [
          .startReplay, .approveReplay, .approveReplay, .startReplay, .stopReplay, .cancelReplay,
          .startReplay,
        ])
    #expect(entries.compactMap(\.code).filter { $0 == "approval-needed" }.count == 2)
    let shown = try await bench.send(bench.request("GET", "/v1/replays/\(id)"))
    #expect(try shown.text("$.history[0].credential") == "consumer planning")
    #expect(try shown.text("$.history[1].credential") == "consumer full")
    await bench.close()
  }

  /// Another name with the same key is nobody else; with a certificate of their own they are.
  @Test func aSecondPersonHasAnotherKeyOrCertificate() async throws {
    let bench = try await GatewayBench(
      configuration: GatewayBench.configuration + "replay: {approval: true}\n")
    let id = try await Self.keep(bench, consumer: "full")
    let same = try await Self.decide(bench, "/\(id):approve")
    #expect(same.status == 409 && same.code == "approval-needed")
    #expect(try same.text("$.detail")?.contains("key of their own") == true, "\(same.text)")
    #expect(try await bench.gateway.replays.replay(id).state == .planned)
    // Planned before anybody was asked who they are.
    let before = try await bench.gateway.replays.keep(
      ReplayQuery(platform: "city", operation: "pull"), depth: .remap, terms: ReplayTerms(),
      outlook: ReplayOutlook(originals: [(1, nil)]), by: SignOff(name: Self.planner, reason: "x"))
    let nobody = try await Self.decide(bench, "/\(before):approve")
    #expect(nobody.code == "approval-needed")
    #expect(try nobody.text("$.detail")?.contains("plan it anew") == true)

    func send(_ path: String, _ name: String, _ subject: String?) async throws -> Reply {
      var request = bench.request(
        "POST", "/v1/replays/\(path)", body: #"{"reason": "x"}"#, purpose: nil, operator: name)
      request.clientCertificateSubject = subject
      return try await bench.send(request)
    }
    let certified = try await bench.gateway.replays.keep(
      ReplayQuery(platform: "city", operation: "pull"), depth: .remap, terms: ReplayTerms(),
      outlook: ReplayOutlook(originals: [(1, nil)]),
      by: SignOff(
        name: Self.planner, reason: "x",
        credential: Credential(holder: "consumer full", certificate: "CN=a")))
    #expect(try await send("\(certified):approve", "b", "CN=a").code == "approval-needed")
    #expect(try await send("\(certified):approve", "b", nil).code == "approval-needed")
    #expect(try await send("\(certified):approve", "b", "CN=b").text("$.state") == "approved")
    await bench.close()
  }

  @Test func differencesNeedPlatformsAndAReplay() async throws {
    let bench = try await GatewayBench()
    let id = try await Self.keep(bench)
    let reply = try await bench.send(bench.request("GET", "/v1/replays/\(id)/differences"))
    #expect(reply.status == 501 && reply.code == "plan-unavailable")
    #expect(
      try await bench.send(bench.request("GET", "/v1/replays/9/differences")).code == "replay-not-found")
    let wrong = try await bench.send(
      bench.request("GET", "/v1/replays/\(id)/differences", query: "limit=101"))
    #expect(wrong.code == "query-invalid")
    await bench.close()
  }

  @Test func aPlanSaysWhatIsWrongWithIt() async throws {
    let bench = try await GatewayBench()
    var parts = bench.api.parts
    parts.replayLibrary = ReplayLibrary(
      runners: [], journal: parts.journal, registry: parts.registry,
      ledger: SyncLedger(
        database: parts.database, journal: parts.journal, keys: bench.gateway.registryKeys),
      pushes: parts.pushes, routes: { _, _ in nil })
    let api = GatewayAPI(parts)
    func code(_ query: String, rest: String = #""depth": "re-map", "reason": "x""#) async throws -> String? {
      let body = #"{"query": \#(query), \#(rest)}"#
      return try Reply(await api.respond(to: bench.request("POST", "/v1/replays", body: body))).code
    }
    let good = #"{"platform": "city", "operation": "pull"}"#
    #expect(try await code(good) == "replay-unfit")
    #expect(try await code(good, rest: #""depth": "re-push", "reason": "x""#) == "replay-unfit")
    for query in [
      #"{"platform": "city"}"#, "[]", #"{"platform": "city", "operation": "pull", "outcome": "lost"}"#,
      #"{"platform": "city", "operation": "pull", "since": "yesterday"}"#,
      #"{"platform": "city", "operation": "pull", "ids": [0]}"#,
      #"{"platform": "city", "operation": "pull", "mappingVersion": 0}"#,
      #"{"platform": "city", "operation": "pull", "clas": "data"}"#,
    ] {
      #expect(try await code(query) == "body-invalid", "\(query)")
    }
    for rest in [
      #""depth": "re-map""#, #""reason": "x""#, #""depth": "deep", "reason": "x""#,
      #""depth": "re-map", "reason": "x", "terms": {"rate": 0}"#,
      #""depth": "re-map", "reason": "x", "terms": {"mostErrors": 101}"#,
    ] {
      #expect(try await code(good, rest: rest) == "body-invalid", "\(rest)")
    }
    #expect(try await bench.gateway.replays.list().isEmpty)
    await bench.close()
  }

  @Test func withoutPlatformsNothingIsPlanned() async throws {
    let bench = try await GatewayBench()
    let body = #"{"query": {"platform": "a", "operation": "b"}, "depth": "re-map", "reason": "x"}"#
    let reply = try await Self.decide(bench, "", body)
    #expect(reply.status == 501 && reply.code == "plan-unavailable")
    await bench.close()
  }

  /// Over a socket: each step of the replay comes as an event, and the stream ends with it.
  @Test func eventsFollowAReplayToItsEnd() async throws {
    let bench = try await GatewayBench { $0.replayPause = .milliseconds(1) }
    let id = try await Self.keep(bench)
    let response = await bench.api.respond(to: bench.request("GET", "/v1/replays/\(id)/events"))
    #expect(response.status == 200 && response.headers["Content-Type"] == "text/event-stream")
    #expect(response.endsWhenStopping)
    let server = try APIServer(bench.api, at: APIServer.Address(port: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let http = try HTTPClient(
        configuration: HTTPClient.Configuration(egress: try EgressPolicy(allowing: ["127.0.0.1:*"])))
      let url = "http://127.0.0.1:\(server.port)/v1/replays/\(id)/events"
      async let answer = http.send(
        HTTPRequest(
          method: "GET", url: url, headers: [HTTPHeader("Authorization", "Bearer \(GatewayBench.fullKey)")],
          timeouts: Timeouts()))
      _ = try await Self.decide(bench, "/\(id):start")
      _ = try await Self.decide(bench, "/\(id):cancel")
      let events = String(decoding: try await answer.body, as: UTF8.self)
      #expect(events.contains("event: replay\n"))
      let states = try events.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { line in
        try JSONDocument(parsing: String(line.dropFirst(6))).root["state"]?.string
      }
      // Whatever the client was too late for is left out; the end never is.
      #expect(states.last == "cancelled")
      #expect(states.allSatisfy { ["planned", "canary", "cancelled"].contains($0 ?? "") })
      await http.shutdown()
      server.stop()
      try await group.waitForAll()
    }
    await bench.close()
  }
}
