import Access
import CivilTime
import Documents
import Gateway
import HTTPService
import SQLDatabase
import Testing
import Work

@testable import GatewayAPI

/// What the interface shows of the work queue, and what people decide by it.
@Suite struct WorkRouteTests {
  /// 1 and 2 parked runs of schedules, 3 a notification to come, 4 the work of push 7.
  private static func run(_ body: (GatewayBench) async throws -> Void) async throws {
    let bench = try await GatewayBench()
    let (queue, now) = (bench.gateway.work, Timestamp(milliseconds: 1_000_000))
    try await bench.gateway.database.write { transaction in
      for (number, kind, lane) in [
        (1, WorkKind.pull, "city/deeds"), (2, .pull, "city/licences"), (3, .notification, "hooks/a"),
        (4, .push, "city/green"),
      ] {
        _ = try queue.enqueue(
          NewWork(
            kind: kind, lane: lane, businessKey: [UInt8(number), 200], contentDigest: [1],
            payload: Array(Person.code.utf8), notBefore: now), in: transaction, now: now)
      }
      try transaction.execute(
        "UPDATE work_item SET state = 'parked', problem_code = 'drift-held', problem_class = 'drift', problem_message = 'm', problem_remedy = 'r' WHERE id <> 3"
      )
      try transaction.execute(
        """
        INSERT INTO push (id, platform, operation, item, key, sequence, business, content, state, idempotency,
          attempts, probes, doubtful, was_known, request_id, created, changed, work)
        VALUES (7, 'city', 'green', 'i', 'k', 's', ?1, ?1, 'unknown', 'neither', 1, 0, 1, 0, 'r', 1, 1, 4)
        """, .blob([1]))
    }
    try await body(bench)
    await bench.close()
  }

  private static func decide(
    _ bench: GatewayBench, _ path: String, _ body: String = #"{"reason":"mended"}"#,
    key: String = GatewayBench.fullKey
  ) async throws -> Reply {
    try await bench.send(
      bench.request(
        "POST", "/v1/work/\(path)", body: body, key: key, purpose: nil, operator: GatewayBench.operatorName))
  }

  @Test func itemsAreListedAndShown() async throws {
    try await Self.run { bench in
      func ids(_ query: String) async throws -> [Int] {
        let reply = try await bench.send(bench.request("GET", "/v1/work", query: query))
        #expect(reply.status == 200 && reply.leaks == [], "\(query): \(reply.text)")
        return reply.document?.root["work"]?.elements.compactMap { $0["id"]?.integer } ?? []
      }
      #expect(try await ids("") == [1, 2, 3, 4])
      #expect(try await ids("limit=2&after=1") == [2, 3])
      #expect(try await ids("state=parked&kind=pull") == [1, 2])
      #expect(try await ids("platform=city") == [1, 2, 4])
      #expect(try await ids("lane=hooks/a") == [3])
      #expect(try await ids("state=done") == [])
      for wrong in ["state=lost", "kind=x", "limit=0", "more=1"] {
        let reply = try await bench.send(bench.request("GET", "/v1/work", query: wrong))
        #expect(reply.code == "query-invalid", "\(wrong)")
      }
      let one = try await bench.send(bench.request("GET", "/v1/work/1"))
      #expect(try one.text("$.state") == "parked" && one.text("$.problem.code") == "drift-held")
      #expect(try one.text("$.key") == "01c8" && one.leaks == [])
      for wrong in ["9", "0", "x", Person.code] {
        let reply = try await bench.send(bench.request("GET", "/v1/work/\(wrong)"))
        #expect(reply.status == 404 && reply.code == "work-not-found")
      }
    }
  }

  @Test func whoDecidesIsRecordedWithTheReason() async throws {
    try await Self.run { bench in
      let released = try await Self.decide(bench, "1:release")
      #expect(try released.status == 200 && released.text("$.state") == "ready", "\(released.text)")
      let cancelled = try await Self.decide(bench, "2:cancel")
      #expect(try cancelled.text("$.state") == "cancelled")
      let looks = try await bench.accesses().map(\.entry)
      #expect(looks.map(\.action) == [.releaseWork, .cancelWork])
      #expect(looks.allSatisfy { $0.reason == "mended" && $0.operator == GatewayBench.operatorName })
      #expect(looks.map(\.item) == ["work-1", "work-2"])
      for (path, code) in [
        ("1:release", "state-conflict"), ("2:cancel", "state-conflict"), ("4:cancel", "state-conflict"),
        ("4:release", "state-conflict"), ("9:cancel", "work-not-found"),
      ] {
        #expect(try await Self.decide(bench, path).code == code, "\(path)")
      }
      #expect(try await Self.decide(bench, "4:cancel").text.contains("push sign 7"))
      #expect(try await Self.decide(bench, "3:cancel", "{}").code == "body-invalid")
      #expect(try await bench.gateway.work.item(WorkID(rawValue: 4))?.state == .parked)
    }
  }
}
