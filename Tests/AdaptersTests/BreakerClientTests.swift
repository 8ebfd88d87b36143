import CivilTime
import Documents
import Exchanges
import HTTPService
import Synchronization
import Testing

@testable import Adapters

/// Breakers and the platform's own hints, met by a client that calls a real server.
@Suite struct BreakerClientTests {
  static let noon = Timestamp(iso8601: "2026-03-04T12:00:00+08:00")!

  /// Both clocks, moved by hand.
  final class Hands: Sendable {
    private let passed = Mutex(0)
    private let jumps = Mutex(0)
    func pass(_ seconds: Int) { passed.withLock { $0 += seconds } }
    /// Sets the clock of the day by so many seconds, in which no time passes.
    func set(_ seconds: Int) { jumps.withLock { $0 += seconds } }
    var now: Timestamp {
      let jumped = jumps.withLock { $0 }
      return passed.withLock { noon.advanced(bySeconds: $0 + jumped) }
    }
    var uptime: Double { passed.withLock { Double($0) * 1000 } }
  }

  /// What is told of breakers.
  final class Told: Sendable {
    private let changes = Mutex<[BreakerChange]>([])
    var all: [BreakerChange] { changes.withLock { $0 } }
    func add(_ change: BreakerChange) { changes.withLock { $0.append(change) } }
  }

  static func bench(_ hands: Hands, limits: String = "{}") -> PlatformBench {
    var bench = PlatformBench()
    bench.manifest += "\n    retry: {most: 1}\nlimits: \(limits)"
    bench.now = { hands.now }
    bench.uptime = { hands.uptime }
    return bench
  }

  static func call(_ client: PlatformClient, _ operation: PullOperation) async -> AdapterError? {
    do {
      _ = try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
      return nil
    } catch {
      return error as? AdapterError
    }
  }

  @Test func anOperationThatFailsIsLeftAloneForAWhile() async throws {
    let (hands, calls) = (Hands(), Counter())
    let bench = Self.bench(hands, limits: "{breaker: {failures: 3, open: 30s, longest: 60s}}")
    let handler = PlatformClientTests.honest(calls: calls) { call in
      call > 4 ? json(PlatformLimitTests.emptyPage) : json("{}", status: 503)
    }
    try await bench.run(handler) { client, operation in
      for _ in 0..<3 { #expect(await Self.call(client, operation)?.code == .status) }
      for _ in 0..<10 {
        let error = try #require(await Self.call(client, operation))
        #expect(error.code == .breakerOpen && error.errorClass == .transient)
        #expect((15...30).contains(error.retryAfter ?? 0))
      }
      #expect(calls.value == 3)
      #expect(client.breakers.filter { !$0.isClosed }.map(\.name) == ["deeds"])
      hands.pass(30)
      #expect(await Self.call(client, operation)?.code == .status, "one is tried")
      #expect(await Self.call(client, operation)?.code == .breakerOpen)
      hands.pass(60)
      #expect(await Self.call(client, operation) == nil)
      #expect(client.breakers.allSatisfy { $0.isClosed })
    }
    #expect(calls.value == 5)
  }

  /// An outage is told when it begins and when it is over, and no more in between, however often a call is tried.
  @Test func anOutageIsToldTwice() async throws {
    let (hands, calls) = (Hands(), Counter())
    let told = Told()
    var bench = Self.bench(hands, limits: "{breaker: {failures: 3, open: 30s, longest: 60s}}")
    bench.told = { told.add($0) }
    let handler = PlatformClientTests.honest(calls: calls) { call in
      call > 23 ? json(PlatformLimitTests.emptyPage) : json("{}", status: 503)
    }
    try await bench.run(handler) { client, operation in
      for _ in 0..<3 { _ = await Self.call(client, operation) }
      #expect(told.all.count == 1)
      while calls.value < 24 {
        for _ in 0..<5 { _ = await Self.call(client, operation) }
        hands.pass(61)
      }
      _ = await Self.call(client, operation)
    }
    let changes = told.all
    #expect(changes.map(\.isClosed) == [false, true])
    #expect(changes.map(\.operation) == ["deeds", "deeds"] && changes.allSatisfy { $0.platform == "p" })
    #expect((15...30).contains(changes.first?.seconds ?? 0) && changes.last?.seconds == 0)
  }

  /// What is open stays so for as long as it was to be, whatever the clock of the day is set to.
  @Test(arguments: [86_400, -86_400]) func aClockThatIsSetOpensAndClosesNothing(_ jump: Int) async throws {
    let (hands, calls) = (Hands(), Counter())
    let bench = Self.bench(hands, limits: "{breaker: {failures: 3, open: 30s, longest: 60s}}")
    let handler = PlatformClientTests.honest(calls: calls) { call in
      call > 3 ? json(PlatformLimitTests.emptyPage) : json("{}", status: 503)
    }
    try await bench.run(handler) { client, operation in
      for _ in 0..<3 { #expect(await Self.call(client, operation)?.code == .status) }
      hands.set(jump)
      let error = try #require(await Self.call(client, operation))
      #expect(error.code == .breakerOpen && (15...30).contains(error.retryAfter ?? 0))
      hands.pass(14)
      hands.set(-jump)
      #expect(await Self.call(client, operation)?.code == .breakerOpen)
      hands.pass(16)
      hands.set(jump)
      #expect(await Self.call(client, operation) == nil)
      #expect(client.breakers.allSatisfy { $0.isClosed })
    }
    #expect(calls.value == 4)
  }

  @Test func tokensHaveABreakerToo() async throws {
    let (hands, calls) = (Hands(), Counter())
    let bench = Self.bench(hands)
    try await bench.run({ _ in
      calls.increment()
      return json(#"{"code":"wrong key"}"#)
    }) { client, operation in
      for _ in 0..<20 { _ = await Self.call(client, operation) }
      #expect(client.breakers.filter { !$0.isClosed }.map(\.name) == ["token.access"])
    }
    #expect(calls.value == 5, "an account is not locked by asking again and again")
  }

  /// Counts pushes that were about to leave.
  struct Begun: PushRecorder {
    let count = Counter()
    func begin(_ exchange: Exchange) async throws -> ExchangeID {
      ExchangeID(Int64(1000 + count.increment()))
    }
    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {}
  }

  @Test func pushesAndProbesPassThemToo() async throws {
    let (hands, calls, begun) = (Hands(), Counter(), Begun())
    var bench = Self.bench(hands)
    bench.manifest =
      PlatformBench.manifest + "\n" + """
          apply:
            kind: push
            template: p/apply
            idempotency: {class: queryable, probe: ask}
            acknowledgement: {receipt: $.no}
            request: {method: POST, path: /apply, headers: {X-Key: "{push.key}"}, body: {message: json}}
            envelope: {format: json, success: {path: $.code, in: ["0"]}, code: $.code}
          ask:
            kind: probe
            request: {method: POST, path: /ask, body: {json: {key: "{push.key}"}}}
            envelope: {format: json, success: {path: $.code, in: ["0"]}, code: $.code}
            found: {path: $.no, present: true}
            absent: [{path: $.no, present: false}]
            receipt: $.no
        """
    try await bench.run(PlatformClientTests.honest(calls: calls) { _ in json("{}", status: 503) }) {
      client, _ in
      let call = PushCall(key: "k", item: "i", message: Array("{}".utf8), attachments: [], receipt: nil)
      let (apply, ask) = (
        try #require(client.adapter.operation("apply")), try #require(client.adapter.operation("ask"))
      )
      for _ in 0..<5 {
        _ = try await client.push(call, apply, recorder: begun, requestID: "r", attempt: 1, parent: nil)
      }
      // Refused before the recorder hears of it: certainly nothing has happened.
      let (id, answer) = try await client.push(
        call, apply, recorder: begun, requestID: "r", attempt: 1, parent: nil)
      guard case .notMade(let error) = answer else {
        Issue.record("\(answer)")
        return
      }
      #expect(id == nil && error.code == .breakerOpen && begun.count.value == 5)
      // The second question shows that it is the platform, not the push.
      for _ in 0..<3 {
        _ = try await client.probe(call, ask, requestID: "r", attempt: 1, parent: nil)
      }
      #expect(calls.value == 7)
      #expect(Set(client.breakers.filter { !$0.isClosed }.map(\.name)) == ["apply", nil])
    }
  }

  @Test func aPlatformThatRefusesInItsOwnWordsWorks() async throws {
    let calls = Counter()
    let bench = Self.bench(Hands())
    try await bench.run(PlatformClientTests.honest(calls: calls) { _ in json(#"{"code":"no such rows"}"#) }) {
      client, operation in
      for _ in 0..<10 { #expect(await Self.call(client, operation)?.code == .refused) }
    }
    #expect(calls.value == 10)
  }

  @Test(arguments: ["300", "Wed, 04 Mar 2026 04:05:00 GMT"])
  func aLongRetryAfterHoldsTheOperationBack(_ text: String) async throws {
    let (hands, calls) = (Hands(), Counter())
    let bench = Self.bench(hands)
    let handler = PlatformClientTests.honest(calls: calls) { call in
      var response = call > 1 ? json(PlatformLimitTests.emptyPage) : json("{}", status: 503)
      response.headers["Retry-After"] = text
      return response
    }
    try await bench.run(handler) { client, operation in
      #expect(await Self.call(client, operation)?.retryAfter == 300)
      hands.pass(100)
      let error = try #require(await Self.call(client, operation))
      #expect(error.code == .limit && error.errorClass == .rate && error.retryAfter == 200)
      #expect(calls.value == 1)
      hands.pass(200)
      #expect(await Self.call(client, operation) == nil)
      #expect(await Self.call(client, operation) == nil, "of an answer it means nothing")
    }
  }

  @Test(arguments: ["600", "1772597400", "1772597400000", "Wed, 04 Mar 2026 04:10:00 GMT"])
  func aPlatformThatCountsForUsIsBelieved(_ reset: String) async throws {
    let (hands, calls) = (Hands(), Counter())
    let bench = Self.bench(hands, limits: "{hints: {remaining: X-Left, reset: X-Reset}}")
    let handler = PlatformClientTests.honest(calls: calls) { call in
      var response = json(PlatformLimitTests.emptyPage)
      response.headers["X-Left"] = call == 2 ? "0" : "1"
      response.headers["X-Reset"] = reset
      return response
    }
    try await bench.run(handler) { client, operation in
      for _ in 0..<2 { #expect(await Self.call(client, operation) == nil) }
      let error = try #require(await Self.call(client, operation))
      #expect(error.code == .limit && error.retryAfter == 600)
      hands.pass(600)
      #expect(await Self.call(client, operation) == nil)
    }
    #expect(calls.value == 3)
  }

  @Test func manifestsSayHowPatientABreakerIs() throws {
    let given = PlatformBench.manifest.replacing(
      "limits: {maxResponse",
      with: "limits: {breaker: {failures: 2}, hints: {remaining: A, reset: B}, maxResponse")
    let (library, diagnostics) = ManifestTests.read([
      "here/p": given + "\nlimits: {breaker: {open: 1m, longest: 1h}}"
    ])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    #expect(adapter.limits.breaker?.failures == 5 && adapter.limits.breaker?.open == 60)
    #expect(adapter.limits.breaker?.longest == 3600)
    let own = try #require(adapter.operation("deeds")?.limits)
    #expect(own.breaker?.failures == 2 && own.hints == LimitHints(remaining: "A", reset: "B"))

    let (_, wrong) = ManifestTests.read([
      "here/p": PlatformBench.manifest + "\nlimits: {breaker: {open: 1h, longest: 1m}, hints: {remaining: A}}"
    ])
    #expect(wrong.all.map(\.description).contains { $0.contains("is shorter than 'open'") })
    #expect(wrong.all.map(\.description).contains { $0.contains("reset") })
  }
}
