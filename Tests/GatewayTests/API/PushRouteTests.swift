import Access
import Adapters
import CivilTime
import Documents
import Gateway
import HTTPService
import Pushing
import SQLDatabase
import Testing
import Work

@testable import GatewayAPI

/// What the interface shows of pushes, and what people decide by it.
@Suite struct PushRouteTests {
  /// Pushes as their work leaves them: 1 unknown, 2 parked, 3 accepted, 4 waiting for its turn.
  private static func fill(_ bench: GatewayBench) async throws {
    try await bench.gateway.database.write { transaction in
      for (id, state) in [(1, "unknown"), (2, "parked"), (3, "accepted"), (4, "queued")] {
        try transaction.execute(
          """
          INSERT INTO push (id, platform, operation, item, key, sequence, business, content, state, idempotency,
            attempts, probes, doubtful, was_known, problem_code, problem_class, request_id, created, changed)
          VALUES (?1, 'city', ?2, 'greening', ?3, ?4, ?5, ?5, ?6, 'neither', 1, 0, ?7, 0, ?8, ?9, 'request-1', ?10, ?10)
          """, .int(id), .text(id == 4 ? "road" : "green"), .text("key-\(id)"), .text("case-\(id)"),
          .blob([UInt8(id)]), .text(state), .flag(id == 1), .textOrNull(id < 3 ? "read-timeout" : nil),
          .textOrNull(id < 3 ? "transient" : nil), .int(id * 1000))
      }
    }
  }

  private static func run(_ body: (GatewayBench) async throws -> Void) async throws {
    let bench = try await GatewayBench()
    try await fill(bench)
    try await body(bench)
    await bench.close()
  }

  private static func decide(
    _ bench: GatewayBench, _ path: String, _ body: String, key: String = GatewayBench.fullKey,
    operator name: String? = GatewayBench.operatorName
  ) async throws -> Reply {
    try await bench.send(
      bench.request("POST", "/v1/pushes/\(path)", body: body, key: key, purpose: nil, operator: name))
  }

  /// Written by a newer program: the others are listed and counted as ever, and it stands among them.
  @Test func aStateOfANewerProgramKeepsNothingFromWorking() async throws {
    try await Self.run { bench in
      _ = try await bench.gateway.database.write { transaction in
        try transaction.execute("UPDATE push SET state = 'deferred', due = 5000 WHERE id = 2")
      }
      func states(_ query: String) async throws -> [Int: String] {
        let reply = try await bench.send(bench.request("GET", "/v1/pushes", query: query))
        var found: [Int: String] = [:]
        for push in try #require(reply.document?.root["pushes"]).elements {
          if let id = push["id"]?.integer { found[id] = push["state"]?.string }
        }
        return found
      }
      let all = try await states("")
      #expect(all == [1: "unknown", 2: "unrecognized", 3: "accepted", 4: "queued"])
      #expect(try await states("state=unrecognized") == [2: "unrecognized"])
      #expect(try await states("state=parked").isEmpty)
      let one = try await bench.send(bench.request("GET", "/v1/pushes/2"))
      #expect(try one.status == 200 && one.text("$.state") == "unrecognized")
      #expect(try one.text("$.due") == "1970-01-01T00:00:05.000Z")
      let counts = try await bench.gateway.pushes.counts()
      #expect(counts.open == [.unknown: 1, .unrecognized: 1, .queued: 1])
      let decided = try await Self.decide(bench, "2:cancel", #"{"reason": "x"}"#)
      #expect(decided.status == 409, "it is left alone")
    }
  }

  /// Nothing is sent for it, so it stands as its first does, and stands for no state of its own.
  @Test func aDuplicateIsShownAsItsFirstStands() async throws {
    try await Self.run { bench in
      try await bench.gateway.database.write { transaction in
        for (id, first) in [(5, 3), (6, 2)] {
          try transaction.execute(
            """
            INSERT INTO push (id, platform, operation, item, key, sequence, business, content, state, idempotency,
              attempts, probes, doubtful, was_known, request_id, created, changed, duplicate_of)
            VALUES (?1, 'city', 'green', 'greening', ?2, 'case-5', ?3, ?3, 'queued', 'neither', 0, 0, 0, 0, 'r', 1, 1, ?4)
            """, .int(id), .text("key-\(id)"), .blob([UInt8(first)]), .int(first))
        }
      }
      func states(_ query: String) async throws -> [Int: String] {
        let reply = try await bench.send(bench.request("GET", "/v1/pushes", query: query))
        var found: [Int: String] = [:]
        for push in try #require(reply.document?.root["pushes"]).elements {
          if let id = push["id"]?.integer { found[id] = push["state"]?.string }
        }
        return found
      }
      #expect(
        try await states("") == [
          1: "unknown", 2: "parked", 3: "accepted", 4: "queued", 5: "accepted", 6: "parked",
        ])
      #expect(try await states("state=queued") == [4: "queued"])
      #expect(try await states("state=accepted") == [3: "accepted"])
      #expect(try await states("state=parked") == [2: "parked"])
      let one = try await bench.send(bench.request("GET", "/v1/pushes/5"))
      #expect(try one.text("$.state") == "accepted")
      let other = try await bench.send(bench.request("GET", "/v1/pushes/6"))
      #expect(try other.text("$.state") == "parked" && other.text("$.problem.code") == "read-timeout")
      #expect(try await Self.decide(bench, "6:retry", #"{"reason": "x"}"#).status == 409, "its first decides")
    }
  }

  @Test func pushesAreListedAndShown() async throws {
    try await Self.run { bench in
      func ids(_ query: String) async throws -> [Int] {
        let reply = try await bench.send(bench.request("GET", "/v1/pushes", query: query))
        #expect(reply.status == 200, "\(query): \(reply.text)")
        return reply.document?.root["pushes"]?.elements.compactMap { $0["id"]?.integer } ?? []
      }
      #expect(try await ids("") == [4, 3, 2, 1])
      #expect(try await ids("limit=2") == [4, 3])
      #expect(try await ids("limit=2&after=3") == [2, 1])
      #expect(try await ids("state=unknown") == [1])
      #expect(try await ids("platform=city&operation=road") == [4])
      #expect(try await ids("case=case-2") == [2])
      #expect(try await ids("since=1970-01-01T00:00:02Z&until=1970-01-01T00:00:04Z") == [3, 2])
      for wrong in ["state=lost", "operation=road", "limit=0", "more=1"] {
        let reply = try await bench.send(bench.request("GET", "/v1/pushes", query: wrong))
        #expect(reply.code == "query-invalid", "\(wrong)")
      }
      let named = try await bench.send(bench.request("GET", "/v1/pushes", query: "case=\(Person.code)"))
      #expect(named.code == "identifier-in-address" && named.leaks == [])
      let one = try await bench.send(bench.request("GET", "/v1/pushes/1"))
      #expect(try one.text("$.state") == "unknown" && one.text("$.problem.code") == "read-timeout")
      #expect(try one["$.history"]?.count == 0)
      for wrong in ["9", "0", "-1", "x", Person.code] {
        let reply = try await bench.send(bench.request("GET", "/v1/pushes/\(wrong)"))
        #expect(reply.status == 404 && reply.code == "push-not-found")
      }
      #expect(try await bench.accesses().isEmpty)
    }
  }

  /// Who decides is the operator of the request, and is recorded before anything is done.
  @Test func whoDecidesIsRecorded() async throws {
    try await Self.run { bench in
      let signed = try await Self.decide(
        bench, "1:sign", #"{"happened": true, "receipt": "R-7", "reason": "问过窗口"}"#)
      #expect(try signed.status == 200 && signed.text("$.state") == "accepted", "\(signed.text)")
      #expect(try await bench.gateway.pushes.acknowledgement(of: PushID(1))?.receipt == "R-7")
      let shown = try await bench.send(bench.request("GET", "/v1/pushes/1"))
      #expect(try shown.text("$.history[0].event") == "signed-happened")
      #expect(try shown.text("$.history[0].by") == GatewayBench.operatorName)
      #expect(try shown.text("$.history[0].reason") == "问过窗口")
      #expect(!shown.text.contains("R-7"), "the receipt is no part of what is shown")
      let retried = try await Self.decide(bench, "2:retry", #"{"reason": "mended"}"#)
      #expect(try retried.text("$.state") == "queued")
      let cancelled = try await Self.decide(bench, "4:cancel", #"{"reason": "not needed"}"#)
      #expect(try cancelled.text("$.state") == "cancelled")
      let entries = try await bench.accesses().map(\.entry)
      #expect(entries.map(\.action) == [.signPush, .retryPush, .cancelPush])
      #expect(entries.map(\.item) == ["push-1", "push-2", "push-4"])
      #expect(
        entries.allSatisfy {
          $0.operator == GatewayBench.operatorName && $0.consumer == "full" && $0.outcome == .answered
        })
      // Names and reasons lie sealed, and stand in no line of the log.
      let stored = try await bench.gateway.database.read { reader in
        try reader.query("SELECT signature FROM push_event") { String(decoding: $0.blob(0), as: UTF8.self) }
      }
      #expect(stored.count == 3 && stored.allSatisfy { !$0.contains("拟操作员") && !$0.contains("mended") })
      #expect(!bench.log.contains("拟操作员") && !bench.log.contains("mended"))
    }
  }

  @Test func whatIsSignedAbsentIsSentAgain() async throws {
    try await Self.run { bench in
      let reply = try await Self.decide(
        bench, "1:sign", #"{"happened": false, "reason": "they have nothing"}"#)
      #expect(try reply.text("$.state") == "queued")
    }
  }

  @Test func decisionsNeedAScopeAnOperatorAndARightBody() async throws {
    try await Self.run { bench in
      let good = #"{"happened": true, "reason": "x"}"#
      #expect(
        try await Self.decide(bench, "1:sign", good, key: GatewayBench.operationsKey).code == "scope-missing")
      #expect(try await Self.decide(bench, "1:sign", good, operator: nil).code == "header-missing")
      for wrong in [
        "{}", #"{"happened": true}"#, #"{"happened": "yes", "reason": "x"}"#, #"{"reason": "x"}"#,
        #"{"happened": false, "receipt": "R", "reason": "x"}"#,
        #"{"happened": true, "reason": "two\nlines"}"#,
        #"{"happened": true, "reason": "x", "more": 1}"#,
        #"{"happened": true, "reason": "\#(String(repeating: "长", count: 121))"}"#,
      ] {
        #expect(try await Self.decide(bench, "1:sign", wrong).code == "body-invalid", "\(wrong)")
      }
      #expect(try await Self.decide(bench, "9:sign", good).code == "push-not-found")
      #expect(try await Self.decide(bench, "3:sign", good).code == "state-conflict")
      #expect(try await Self.decide(bench, "1:retry", #"{"reason": "x"}"#).code == "state-conflict")
      #expect(try await Self.decide(bench, "1:cancel", #"{"reason": "x"}"#).status == 409)
      #expect(try await bench.gateway.pushes.push(PushID(1))?.state == .unknown)
      let entries = try await bench.accesses().map(\.entry)
      // What was let through is there twice: before it was tried, and with its code.
      #expect(entries.filter { $0.outcome == .answered }.count == 4)
      #expect(entries.filter { $0.outcome != .answered }.allSatisfy { $0.code != nil })
    }
  }

  @Test func howThePushesStandIsCounted() async throws {
    try await Self.run { bench in
      var parts = bench.api.parts
      parts.metrics = [WorkMetrics(bench.gateway)]
      let now = Timestamp.now()
      try await bench.gateway.database.write { transaction in
        for (number, late) in [(1, 90), (2, 30), (3, -3600)] {
          _ = try bench.gateway.work.enqueue(
            NewWork(
              kind: .push, lane: "city/green", businessKey: [UInt8(number)], contentDigest: [1],
              payload: [], notBefore: now.advanced(bySeconds: -late)), in: transaction, now: now)
        }
      }
      let page = String(
        decoding: try Reply(await GatewayAPI(parts).respond(to: bench.request("GET", "/metrics", key: nil)))
          .bytes,
        as: UTF8.self)
      for line in [
        #"zhengdian_pushes_total 4"#, #"zhengdian_pushes{state="unknown"} 1"#,
        #"zhengdian_pushes{state="parked"} 1"#,
        #"zhengdian_pushes{state="queued"} 1"#, #"zhengdian_pushes{state="refused"} 0"#,
        #"zhengdian_work_items{kind="push",state="ready"} 3"#,
        #"zhengdian_work_items{kind="replay",state="parked"} 0"#,
        #"zhengdian_work_oldest_due_seconds{kind="replay"} 0.0"#, #"zhengdian_replays{state="running"} 0"#,
      ] {
        #expect(page.contains(line + "\n"), "\(line)")
      }
      let late = page.split(separator: "\n").first {
        $0.hasPrefix(#"zhengdian_work_oldest_due_seconds{kind="push"} "#)
      }
      #expect((late?.split(separator: " ").last.flatMap { Double($0) } ?? 0) >= 90)
    }
  }

  @Test func withoutAnAuditNothingIsDecided() async throws {
    let bench = try await GatewayBench(recorder: BrokenRecorder())
    try await Self.fill(bench)
    let reply = try await Self.decide(bench, "1:sign", #"{"happened": true, "reason": "x"}"#)
    #expect(reply.status == 503 && reply.code == "audit-unavailable")
    #expect(try await bench.gateway.pushes.push(PushID(1))?.state == .unknown)
    await bench.close()
  }

  private struct BrokenRecorder: AccessRecorder {
    func record(_ entry: AccessEntry) async throws -> Int64 { throw DatabaseError(.full, "no room") }
  }
}
