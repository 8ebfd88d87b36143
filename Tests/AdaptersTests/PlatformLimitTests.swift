import CivilTime
import Documents
import Exchanges
import HTTPService
import Testing

@testable import Adapters

/// Limits of a whole platform, beside those of one operation.
@Suite struct PlatformLimitTests {
  static let emptyPage = #"{"code":"0","rows":[],"total":0}"#

  static func bench(_ limits: String, at time: String = "2026-03-04T12:00:00+08:00") throws -> PlatformBench {
    var bench = PlatformBench()
    bench.manifest += "\nlimits: \(limits)"
    let now = try #require(Timestamp(iso8601: time))
    bench.now = { now }
    return bench
  }

  /// Calls until one is refused; returns the refusal.
  static func exhaust(_ bench: PlatformBench, _ tokens: Counter = Counter()) async throws -> AdapterError? {
    await #expect(throws: AdapterError.self) {
      try await bench.run(PlatformClientTests.honest(tokens: tokens) { _ in json(Self.emptyPage) }) {
        client, operation in
        for _ in 0..<100 { _ = try await client.page(operation, PullProgress(), window: nil, requestID: "r") }
      }
    }
  }

  @Test func callsForTokensAreCountedToo() async throws {
    let bench = try Self.bench("{daily: 4}")
    let error = try #require(await Self.exhaust(bench))
    #expect(error.code == .limit && error.errorClass == .rate)
    // Until midnight, Beijing time.
    #expect(error.retryAfter == 12 * 3600)
    #expect(bench.ledger.all.map(\.exchange.operation) == ["token.access", "deeds", "deeds", "deeds"])
  }

  @Test func theNarrowerOfTwoQuotasCounts() async throws {
    // The operation allows itself 50.
    let bench = try Self.bench("{daily: 1000}")
    let error = try #require(await Self.exhaust(bench))
    #expect(error.message.contains("50"))
    #expect(bench.ledger.all.count == 51)
  }

  @Test func closedHoursCostNoCall() async throws {
    let tokens = Counter()
    let bench = try Self.bench("{daily: 1, hours: [\"22:00-06:00\"]}")
    let error = try #require(await Self.exhaust(bench, tokens))
    #expect(error.code == .limit && error.retryAfter == 10 * 3600)
    #expect(tokens.value == 0 && bench.ledger.all.isEmpty)
    let counted = try await bench.ledger.take(
      [BudgetClaim(platform: "p", operation: nil, limit: 1)], at: .seconds(0))
    #expect(counted == nil, "nothing was counted")
  }

  @Test func aPlatformIsNotCalledMoreOftenAtOnceThanItAllows() async throws {
    let bench = try Self.bench("{concurrency: 1}")
    let (running, most) = (Counter(), Counter())
    try await bench.run({ request in
      if running.increment() > 1 { most.increment() }
      await Task.yield()
      running.decrement()
      return request.path == "/token"
        ? json(#"{"code":"0","token":"t","seconds":600}"#) : json(Self.emptyPage)
    }) { client, operation in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask {
            _ = try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(most.value == 0)
  }

  @Test func hoursThatNeverMeetAreRefused() {
    let manifest = PlatformBench.manifest.replacing("limits: {", with: "limits: {hours: [\"08:00-18:00\"], ")
    let (_, diagnostics) = ManifestTests.read([
      "here/p": manifest + "\nlimits: {hours: [\"22:00-06:00\"]}"
    ])
    #expect(diagnostics.all.map(\.description).contains { $0.contains("are never open") })
  }

  @Test func anAnswerWithTooManyRowsIsRefused() async throws {
    let bench = try Self.bench("{maxRows: 3}")
    let error = await #expect(throws: AdapterError.self) {
      try await bench.run(
        PlatformClientTests.honest { call in
          json(#"{"code":"0","rows":[\#(call == 1 ? "1,2,3" : "1,2,3,4")],"total":9}"#)
        }
      ) { client, operation in
        for _ in 0..<2 { _ = try await client.page(operation, PullProgress(), window: nil, requestID: "r") }
      }
    }
    #expect(error?.message.contains("4 rows, and limits.maxRows allows 3") == true)
    #expect(bench.ledger.all.last?.outcome == .failed && error?.exchange == ExchangeID(3))
  }
}
