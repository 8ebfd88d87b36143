import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPService
import HTTPTransport
import Synchronization
import Testing

@testable import Adapters

/// Keeps exchanges for the test to look at.
final class Ledger: ExchangeRecorder, CallBudget {
  struct Entry { var exchange: Exchange; var outcome: Outcome?; var problem: ExchangeProblem? }
  private let entries = Mutex<[Entry]>([])
  /// By operation; nil is the platform.
  private let taken = Mutex<[String?: Int]>([:])

  var all: [Entry] { entries.withLock { $0 } }

  func record(_ exchange: Exchange) async throws -> ExchangeID {
    entries.withLock { entries in
      entries.append(Entry(exchange: exchange))
      return ExchangeID(Int64(entries.count))
    }
  }

  func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws {
    entries.withLock { entries in
      entries[Int(id.rawValue) - 1].outcome = outcome
      entries[Int(id.rawValue) - 1].problem = problem
    }
  }

  func take(_ claims: [BudgetClaim], at time: Timestamp) async throws -> BudgetClaim? {
    taken.withLock { taken in
      if let exhausted = claims.first(where: { taken[$0.operation, default: 0] >= $0.limit }) {
        return exhausted
      }
      for claim in claims { taken[claim.operation, default: 0] += 1 }
      return nil
    }
  }
}

/// A platform that answers as a closure says, and a client that calls it.
struct PlatformBench {
  let ledger = Ledger()
  var manifest = Self.manifest
  var now: @Sendable () -> Timestamp = Timestamp.now
  var uptime: @Sendable () -> Double = CallEnvironment.continuous
  var told: @Sendable (BreakerChange) -> Void = { _ in }

  static let secret = "very-secret-value"
  static let token = "tok-77-secret"
  static let manifest = """
    adapter: here/p
    title: p
    basis: convention
    settings: {appSecret: {secret: true}, who: {}}
    signature: {text: secret + page, value: hex(sha256(text))}
    tokens:
      access:
        request: {method: POST, path: /token, values: {secret: setting.appSecret, page: "'t'"}, query: {sign: "{signature}"}}
        envelope: {format: json, success: {path: $.code, in: ["0"]}, code: $.code}
        value: $.token
        expires: {lasting: $.seconds}
    operations:
      deeds:
        kind: pull
        mapping: p/deeds
        request:
          method: POST
          path: "/rows/{setting.who}"
          values: {secret: token.access, page: page.number}
          query: {page: "{page}", sign: "{signature}"}
          headers: {X-Token: "{token.access}"}
          body: {json: {token: "{secret}", page: {$number: "{page}"}}}
        envelope:
          format: json
          success: {path: $.code, in: ["0"]}
          code: $.code
          rows: $.rows[*]
          total: $.total
          errors: [{in: ["expired"], class: credentials, action: refresh}, {in: ["busy"], class: rate}]
        paging: {style: page, size: 2}
        limits: {maxResponse: 64 KiB, daily: 50}
        timeouts: {connect: 2s, idle: 2s, total: 5s}
    """

  func run<T: Sendable>(
    _ handler: @escaping HTTPServer.Handler, _ body: (PlatformClient, PullOperation) async throws -> T
  ) async throws -> T {
    let (library, diagnostics) = ManifestTests.read(["here/p": manifest])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    let server = try HTTPServer(configuration: HTTPServerConfiguration(), handler: handler)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let http = try HTTPClient(configuration: .init(egress: .unrestricted()))
      var environment = CallEnvironment(
        now: now, random: { SecureRandom.bytes($0) }, sleep: { _ in }, uptime: uptime)
      environment.told = told
      let client = try PlatformClient(
        adapter: adapter,
        connection: Connection(
          platform: "p", url: "http://127.0.0.1:\(server.port)",
          settings: ["appSecret": Self.secret, "who": "a/b"]),
        http: http, recorder: ledger, budget: ledger, environment: environment)
      do {
        let result = try await body(client, try #require(adapter.pull("deeds")))
        await http.shutdown(.abort)
        server.stop()
        return result
      } catch {
        await http.shutdown(.abort)
        server.stop()
        throw error
      }
    }
  }
}

func json(_ text: String, status: Int = 200) -> HTTPServerResponse {
  HTTPServerResponse(
    status: status, headers: ["Content-Type": "application/json"], body: .bytes(Array(text.utf8)))
}

@Suite struct PlatformClientTests {
  /// A platform that knows its tokens, with `rows` for pages.
  static func honest(
    tokens: Counter = Counter(), calls: Counter = Counter(),
    _ rows: @escaping @Sendable (Int) -> HTTPServerResponse
  ) -> HTTPServer.Handler {
    { request in
      if request.path == "/token" {
        tokens.increment()
        return json(#"{"code":"0","token":"\#(PlatformBench.token)","seconds":600}"#)
      }
      return rows(calls.increment())
    }
  }

  @Test func aPageComesWithItsFactsAndIsRecordedFirst() async throws {
    let bench = PlatformBench()
    let expected = Hex.encode(Digest.sha256.hash(PlatformBench.token + "1"))
    let page = try await bench.run({ request in
      if request.path == "/token" {
        return json(#"{"code":"0","token":"\#(PlatformBench.token)","seconds":600}"#)
      }
      let isRight =
        request.path == "/rows/a%2Fb" && request.query == "page=1&sign=\(expected)"
        && request.headers["X-Token"] == PlatformBench.token
        && String(decoding: request.body, as: UTF8.self) == #"{"token":"\#(PlatformBench.token)","page":1}"#
      return json(isRight ? #"{"code":"0","rows":[{"a":1},{"a":2}],"total":5}"# : #"{"code":"wrong"}"#)
    }) { client, operation in
      let page = try await client.page(operation, PullProgress(), window: nil, requestID: "r1")
      return (page.answer.facts, page.exchange)
    }
    #expect(page.0.rows == 2 && page.0.total == 5)
    let entries = bench.ledger.all
    #expect(entries.map(\.exchange.operation) == ["token.access", "deeds"])
    #expect(entries[0].outcome == .succeeded && entries[1].outcome == nil)
    #expect(entries[1].exchange.responseBody.count > 20)
  }

  @Test func noSecretReachesTheJournal() async throws {
    let bench = PlatformBench()
    _ = try await bench.run(Self.honest { _ in json(#"{"code":"0","rows":[],"total":0}"#) }) {
      client, operation in
      try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
    }
    let signature = Hex.encode(Digest.sha256.hash(PlatformBench.token + "1"))
    for entry in bench.ledger.all {
      let exchange = entry.exchange
      let all =
        exchange.address + exchange.requestHeaders.map { $0.name + $0.value }.joined()
        + String(decoding: exchange.requestBody + exchange.responseBody, as: UTF8.self)
      for secret in [PlatformBench.secret, PlatformBench.token, signature] { #expect(!all.contains(secret)) }
      #expect(all.contains(Redaction.mark))
    }
  }

  @Test func manyCallsFetchOneToken() async throws {
    let bench = PlatformBench()
    let tokens = Counter()
    _ = try await bench.run(Self.honest(tokens: tokens) { _ in json(#"{"code":"0","rows":[],"total":0}"#) }) {
      client, operation in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
          }
        }
        return try await group.reduce(0, +)
      }
    }
    #expect(tokens.value == 1)
  }

  @Test func aRefusedTokenIsFetchedAnewOnce() async throws {
    let bench = PlatformBench()
    let tokens = Counter()
    let rows = try await bench.run(
      Self.honest(tokens: tokens) { call in
        json(call == 1 ? #"{"code":"expired"}"# : #"{"code":"0","rows":[1],"total":1}"#)
      }
    ) { client, operation in
      try await client.page(operation, PullProgress(), window: nil, requestID: "r").answer.facts.rows
    }
    #expect(rows == 1 && tokens.value == 2)
    #expect(bench.ledger.all.map(\.outcome) == [.succeeded, .rejected, .succeeded, nil])
  }

  @Test func aTokenThatIsNeverAcceptedIsAnErrorOfCredentials() async throws {
    let bench = PlatformBench()
    let error = await #expect(throws: AdapterError.self) {
      try await bench.run(Self.honest { _ in json(#"{"code":"expired"}"#) }) { client, operation in
        try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
      }
    }
    #expect(error?.errorClass == .credentials)
  }

  @Test(arguments: [
    ("<html><body>login</body></html>", ErrorClass.platform, "HTML"),
    ("", .platform, "empty"),
    ("{\"code\":\"0\",\"rows\":[", .platform, "cannot be read"),
    ("{\"code\":\"0\",\"rows\":[]}", .drift, "envelope.total"),
    ("{\"code\":\"9\"}", .platform, "code 9"),
    ("{\"code\":\"330102199001011234\"}", .platform, "refused"),
    ("{}", .platform, "refused"),
  ])
  func answersThatAreNoSuccess(_ body: String, _ errorClass: ErrorClass, _ word: String) async throws {
    let bench = PlatformBench()
    let error = await #expect(throws: AdapterError.self) {
      try await bench.run(Self.honest { _ in json(body) }) { client, operation in
        try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
      }
    }
    #expect(error?.errorClass == errorClass)
    #expect(error?.message.contains(word) == true)
    #expect(error?.description.contains("330102199001011234") == false)
    let last = try #require(bench.ledger.all.last)
    #expect(last.exchange.responseBody == Array(body.utf8))
    #expect(
      last.outcome
        == (errorClass == .platform && word != "HTML" && word != "empty" && word != "cannot be read"
          ? .rejected : .failed))
  }

  @Test func busyAndBrokenPlatformsAreTriedAgain() async throws {
    let bench = PlatformBench()
    let rows = try await bench.run(
      Self.honest { call in
        switch call {
        case 1: json("", status: 503)
        // A kept connection that breaks is replaced by the transport, once.
        case 2: HTTPServerResponse(status: 200, headers: [:], body: .abort)
        case 3: json(#"{"code":"busy"}"#)
        default: json(#"{"code":"0","rows":[1,2],"total":2}"#)
        }
      }
    ) { client, operation in
      try await client.page(operation, PullProgress(), window: nil, requestID: "r").answer.facts.rows
    }
    #expect(rows == 2)
    let deeds = bench.ledger.all.filter { $0.exchange.operation == "deeds" }
    #expect(deeds.map(\.exchange.attempt) == [1, 2, 3])
    #expect(deeds.map(\.exchange.parent).dropFirst().allSatisfy { $0 == ExchangeID(2) })
    #expect(deeds.map(\.problem?.errorClass) == [.transient, .rate, nil])
  }

  @Test func anEndlessAnswerIsCutAndKept() async throws {
    let bench = PlatformBench()
    let big = String(repeating: "x", count: 100_000)
    let error = await #expect(throws: AdapterError.self) {
      try await bench.run(Self.honest { _ in json(#"{"code":"\#(big)"}"#) }) { client, operation in
        try await client.page(operation, PullProgress(), window: nil, requestID: "r").bytes
      }
    }
    #expect(error?.errorClass == .platform && error?.message.contains("body-too-large") == true)
    #expect(bench.ledger.all.last?.problem?.code == "transport")
  }

  @Test func aDaysQuotaEnds() async throws {
    let bench = PlatformBench()
    let error = await #expect(throws: AdapterError.self) {
      try await bench.run(Self.honest { _ in json(#"{"code":"0","rows":[],"total":0}"#) }) {
        client, operation in
        for _ in 0..<51 { _ = try await client.page(operation, PullProgress(), window: nil, requestID: "r") }
      }
    }
    #expect(error?.errorClass == .rate && error?.code == .limit)
  }

  @Test func aMissingSettingStopsTheStart() async throws {
    let (library, _) = ManifestTests.read(["here/p": PlatformBench.manifest])
    let adapter = try #require(library.adapter("here/p"))
    let connection = Connection(
      platform: "p", url: "http://127.0.0.1:1", settings: ["who": "a", "extra": "b"])
    let problems = connection.problems(with: adapter)
    #expect(problems.map(\.errorClass) == [.configuration, .configuration])
    #expect(problems[0].message.contains("appSecret") && problems[1].message.contains("extra"))
  }
}
