import Access
import Certificates
import Changes
import CivilTime
import Documents
import Exchanges
import Gateway
@testable import GatewayAPI
import HTTPService
import Notifications
import Registry
import SQLDatabase
import Sync
import Testing
import Work

@Suite struct ChangeRouteTests {
  private static func append(_ bench: GatewayBench, _ kinds: ChangeKind...) async throws {
    let feed = bench.gateway.changes
    try await bench.gateway.database.write { transaction in
      try feed.append(
        kinds.map { NewChange($0, "push-1", ["state": .word("accepted")]) }, in: transaction, at: .now())
    }
  }

  private static func sequences(_ reply: Reply) -> [Int] {
    reply.document?.root["changes"]?.elements.compactMap { $0["sequence"]?.integer } ?? []
  }

  @Test func changesAreReadOnFromAPlace() async throws {
    let bench = try await GatewayBench()
    try await Self.append(bench, .pushSettled, .pushUnknown, .incidentOpened)
    let first = try await bench.send(bench.request("GET", "/v1/changes", query: "limit=2"))
    #expect(first.status == 200 && Self.sequences(first) == [1, 2], "\(first.text)")
    #expect(try first["$.next"]?.integer == 2)
    #expect(try first.text("$.changes[0].details.state") == "accepted")
    let rest = try await bench.send(bench.request("GET", "/v1/changes", query: "after=2"))
    #expect(Self.sequences(rest) == [3])
    let kinds = try await bench.send(
      bench.request("GET", "/v1/changes", query: "kinds=push.unknown,replay.ended"))
    #expect(Self.sequences(kinds) == [2])
    #expect(try kinds["$.next"]?.integer == 3)
    for wrong in ["after=-1", "after=x", "wait=61", "kinds=", "kinds=push.setled", "limit=0", "since=1"] {
      let reply = try await bench.send(bench.request("GET", "/v1/changes", query: wrong))
      #expect(reply.code == "query-invalid", "\(wrong)")
    }
    await bench.close()
  }

  @Test func placesThatAreNotThereAreSaid() async throws {
    let bench = try await GatewayBench()
    try await Self.append(bench, .pushSettled, .pushUnknown)
    let ahead = try await bench.send(bench.request("GET", "/v1/changes", query: "after=3"))
    #expect(ahead.status == 409 && ahead.code == "changes-ahead")
    try await bench.gateway.changes.prune(before: Timestamp.now().advanced(bySeconds: 10))
    let gone = try await bench.send(bench.request("GET", "/v1/changes", query: "after=1&wait=60"))
    #expect(gone.status == 410 && gone.code == "changes-gone" && gone.text.contains("go on after 2"))
    await bench.close()
  }

  @Test func aConsumerSeesWhatItsOtherScopesLetItLookAt() async throws {
    let bench = try await GatewayBench()
    try await Self.append(bench, .pushSettled, .workParked, .certificateChanged)
    let key = GatewayBench.operationsKey
    let seen = try await bench.send(bench.request("GET", "/v1/changes", key: key))
    #expect(Self.sequences(seen) == [2])
    #expect(try seen["$.next"]?.integer == 3)
    let hidden = try await bench.send(
      bench.request("GET", "/v1/changes", query: "kinds=work.parked,push.settled", key: key))
    #expect(hidden.status == 403 && hidden.code == "scope-missing")
    let none = try await bench.send(bench.request("GET", "/v1/changes", key: GatewayBench.searchKey))
    #expect(none.code == "scope-missing")
    await bench.close()
  }

  @Test func aLongPollIsWokenAndPlacesToWaitAreCounted() async throws {
    let bench = try await GatewayBench()
    let reply = try await withThrowingTaskGroup(of: Reply.self) { group in
      for _ in 1...WaitingRoom.mostOfOne {
        group.addTask { try await bench.send(bench.request("GET", "/v1/changes", query: "wait=60")) }
      }
      while bench.api.waiting.count("full") < WaitingRoom.mostOfOne { await Task.yield() }
      let refused = try await bench.send(bench.request("GET", "/v1/changes", query: "wait=60"))
      #expect(refused.status == 503 && refused.headers["Retry-After"] == "5")
      // Whoever does not wait is answered all the same.
      #expect(try await bench.send(bench.request("GET", "/v1/changes")).status == 200)
      try await Self.append(bench, .pushSettled)
      var last: Reply?
      for try await reply in group {
        #expect(Self.sequences(reply) == [1])
        last = reply
      }
      return last
    }
    #expect(reply != nil && bench.api.waiting.count("full") == 0)
    await bench.close()
  }

  @Test func stoppingAnswersWhoeverWaits() async throws {
    let bench = try await GatewayBench()
    async let reply = bench.send(bench.request("GET", "/v1/changes", query: "wait=60"))
    while bench.api.waiting.count("full") == 0 { await Task.yield() }
    bench.gateway.changes.endWaiting()
    #expect(try await reply.status == 200)
    await bench.close()
  }

  @Test func subscriptionsAreMadeListedAndDeletedByTheirOwner() async throws {
    let bench = try await GatewayBench()
    func send(_ method: String, _ path: String, _ body: String? = nil, key: String = GatewayBench.fullKey)
      async throws -> Reply
    {
      try await bench.send(bench.request(method, path, body: body, key: key, purpose: nil))
    }
    let made = try await send(
      "POST", "/v1/subscriptions", #"{"url":"https://receiver.example/told","kinds":["push.settled"]}"#)
    #expect(made.status == 200, "\(made.text)")
    let secret = try #require(try made.text("$.secret"))
    #expect(secret.hasPrefix("whsec_") && secret.utf8.count == 50)
    let list = try await send("GET", "/v1/subscriptions")
    #expect(list.document?.root["subscriptions"]?.count == 1 && !list.text.contains("whsec_"))
    #expect(try list.text("$.subscriptions[0].url") == "https://receiver.example/told")
    // What happens is work in the same transaction.
    try await Self.append(bench, .pushSettled, .pushUnknown)
    let work = try await bench.gateway.work.list(WorkFilter(kind: .notification))
    #expect(work.map(\.state) == [.ready])
    for (body, code) in [
      (#"{"url":"http://receiver.example/"}"#, "subscription-unfit"),
      (#"{"url":"https://elsewhere.example/"}"#, "subscription-unfit"),
      (#"{"kinds":["push.settled"]}"#, "body-invalid"),
      (#"{"url":"https://receiver.example/","kinds":["push.setled"]}"#, "body-invalid"),
      (#"{"url":"https://receiver.example/","kinds":[]}"#, "body-invalid"),
    ] {
      #expect(try await send("POST", "/v1/subscriptions", body).code == code, "\(body)")
    }
    #expect(try await send("POST", "/v1/subscriptions/1:resume", #"{"with":"new"}"#).code == "state-conflict")
    #expect(try await send("POST", "/v1/subscriptions/1:resume", "{}").code == "body-invalid")
    #expect(try await send("DELETE", "/v1/subscriptions/2").code == "subscription-not-found")
    #expect(
      try await send("DELETE", "/v1/subscriptions/1", key: GatewayBench.operationsKey).code == "scope-missing"
    )
    // An address that does not open keeps nobody from deleting it.
    try await bench.gateway.database.write { transaction in
      _ = try transaction.execute("UPDATE subscription SET sealed = x'00'")
    }
    let deleted = try await send("DELETE", "/v1/subscriptions/1")
    #expect(deleted.status == 200 && deleted.text.contains(#""url":null"#), "\(deleted.text)")
    #expect(try await send("GET", "/v1/subscriptions").document?.root["subscriptions"]?.count == 0)
    #expect(try await bench.gateway.work.openCounts().isEmpty)
    let entries = try await bench.accesses().map(\.entry)
    #expect(entries.first?.action == .createSubscription && entries.last?.action == .deleteSubscription)
    #expect(entries.last?.item == "subscription-1" && entries.last?.outcome == .answered)
    #expect(!bench.log.contains(secret) && !bench.log.contains("receiver.example"))
    await bench.close()
  }

  /// What comes into the registry is told, and names nobody.
  @Test func certificatesAreToldWithoutWhomTheyAreAbout() async throws {
    let bench = try await GatewayBench()
    try await bench.store([Person.identityCard, Person.propertyDeed(), Person.licence()])
    try await bench.store([Person.identityCard])
    let reply = try await bench.send(bench.request("GET", "/v1/changes"))
    #expect(Self.sequences(reply) == [1, 2, 3] && reply.leaks == [], "\(reply.text)")
    let id = try await bench.id(.number, Person.deed, .propertyDeed)
    #expect(try reply.text("$.changes[1].subject") == id.rawValue)
    #expect(try reply["$.changes[1].details.version"]?.integer == 1)
    // Another platform says something else, and they disagree.
    try await bench.store([Person.propertyDeed()], platform: "province")
    try await bench.gateway.registry.compareObservations(at: .now())
    let incidents = IncidentLedger(
      database: bench.gateway.database, keys: bench.gateway.registryKeys,
      changes: bench.gateway.changes)
    try await bench.gateway.database.write { transaction in
      _ = try transaction.execute(
        """
        INSERT INTO incident (id, platform, operation, entity, kind, subject, state, held, accepted, count, detail,
          first_seen, last_seen, opened)
        VALUES (1, 'city', 'pull', 'deed', 'new-field', '$.zl', 'open', 0, 0, 2, 'd', 1000, 3000, 1000)
        """)
    }
    _ = try await incidents.close(
      IncidentID(rawValue: 1), IncidentStep(time: .now(), by: Person.name, note: Person.code))
    let all = try await bench.send(bench.request("GET", "/v1/changes", query: "after=3"))
    #expect(all.leaks == [] && all.text.contains("incident.closed"), "\(all.text)")
    await bench.close()
  }
}
