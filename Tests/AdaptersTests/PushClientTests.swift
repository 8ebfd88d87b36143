import Applications
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPService
import HTTPTransport
import Synchronization
import Testing

@testable import Adapters

/// Keeps pushes for the test to look at, in the order of what happened.
final class PushLedger: PushRecorder {
  enum Step: Hashable { case begun(ExchangeID), answered(ExchangeID, status: Int?) }
  struct Full: Error {}

  private let steps = Mutex<[Step]>([])
  private let exchanges = Mutex<[ExchangeID: Exchange]>([:])
  let refuses: Bool
  /// Where the client keeps its other exchanges, as the journal does.
  let journal: Ledger?

  init(refuses: Bool = false, in journal: Ledger? = nil) {
    self.refuses = refuses
    self.journal = journal
  }

  var all: [Step] { steps.withLock { $0 } }
  func exchange(_ id: ExchangeID?) -> Exchange? { id.flatMap { id in exchanges.withLock { $0[id] } } }

  func begin(_ exchange: Exchange) async throws -> ExchangeID {
    if refuses { throw Full() }
    let number = all.count + 1
    let id = try await journal?.record(exchange) ?? ExchangeID(Int64(number))
    steps.withLock { $0.append(.begun(id)) }
    exchanges.withLock { $0[id] = exchange }
    return id
  }

  func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
    steps.withLock { $0.append(.answered(id, status: exchange.status)) }
    exchanges.withLock { $0[id] = exchange }
  }
}

extension PushAnswer {
  /// The word of the case, for tables.
  var word: String {
    switch self {
    case .accepted(let acknowledgement): acknowledgement.isDuplicate ? "duplicate" : "accepted"
    case .refused: "refused"
    case .notMade: "notMade"
    case .unknown: "unknown"
    }
  }

  var error: AdapterError? {
    switch self {
    case .accepted: nil
    case .refused(let error), .notMade(let error), .unknown(let error): error
    }
  }
}

/// One call of a push or probe, against a platform that answers as a closure says.
@Suite struct PushClientTests {
  static let manifest = """
    adapter: here/p
    title: p
    basis: assumed
    settings: {appSecret: {secret: true}}
    signature: {text: secret + body, value: hex(sha256(text))}
    tokens:
      access:
        request: {method: POST, path: /token}
        envelope: {format: json, success: {path: $.code, in: ["0"]}, code: $.code}
        value: $.token
        expires: {after: 10m}
    request:
      method: POST
      values: {secret: setting.appSecret}
      headers: {X-Key: "{push.key}", X-Token: "{token.access}", X-Sign: "{signature}"}
    envelope:
      format: json
      success: {path: $.code, in: ["0"]}
      code: $.code
      errors:
        - {in: ["expired"], class: credentials, action: refresh}
        - {in: ["busy"], class: rate}
        - {in: ["bad"], class: data}
        - {in: ["crash"], class: platform, effect: unknown}
        - {status: [503], class: transient, effect: none}
        - {status: [504], class: transient}
    timeouts: {connect: 2s, idle: 500ms, total: 5s}
    acknowledgement: {receipt: $.no, state: $.state, duplicate: {path: $.code, in: ["again"]}}
    operations:
      submit:
        kind: push
        template: p/submit
        idempotency: {class: queryable, probe: ask}
        request: {path: /submit, body: {message: json}}
      parts:
        kind: push
        template: p/submit
        idempotency: {class: neither}
        request: {path: /parts, body: {multipart: [{name: key, text: "{push.key}"}, {name: data, message: json}, {name: file, attachments: true}]}}
      ask:
        kind: probe
        request: {path: /ask, body: {json: {key: "{push.key}", no: "{push.receipt}"}}}
        found: {path: $.no, present: true}
        absent: [{path: $.code, in: ["none"]}, {path: $.no, present: false}]
        receipt: $.no
        state: $.state
    """

  /// A request that needs a receipt that is not there cannot be built: that costs none of the day's calls.
  @Test func whatCannotBeBuiltCostsNoCall() async throws {
    let text = Self.manifest.replacing(
      "  parts:\n",
      with: """
          withdraw:
            kind: push
            template: p/submit
            idempotency: {class: neither}
            withdraws: true
            limits: {daily: 1}
            request: {path: /withdraw, body: {json: {no: "{push.receipt}", data: {$json: "{push.message}"}}}}
          parts:

        """)
    try await Self.run(manifest: text) { _ in
      json(#"{"code":"0","no":"N1"}"#)
    } _: { client in
      let ledger = PushLedger()
      for _ in 1...3 {
        let (exchange, answer) = try await Self.push(client, ledger, "withdraw")
        #expect(exchange == nil && answer.error?.errorClass == .configuration, "\(answer)")
        #expect(answer.error?.code != .limit)
      }
      let call = PushCall(key: "k-2", item: "i", message: Self.message, attachments: [], receipt: "N0")
      #expect(try await Self.push(client, ledger, "withdraw", call: call).answer.word == "accepted")
      #expect(try await Self.push(client, ledger, "withdraw", call: call).answer.error?.code == .limit)
    }
  }

  static let message = Array(#"{"a":"一"}"#.utf8)
  static let call = PushCall(key: "k-1", item: "i", message: message, attachments: [], receipt: nil)

  static func run<T: Sendable>(
    recorder ledger: Ledger = Ledger(), manifest: String = manifest,
    at time: Timestamp? = nil,
    _ handler: @escaping HTTPServer.Handler, _ body: @Sendable (PlatformClient) async throws -> T
  ) async throws -> T {
    let (library, diagnostics) = ManifestTests.read(["here/p": manifest])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    let server = try HTTPServer(configuration: HTTPServerConfiguration()) { request in
      request.path == "/token" ? json(#"{"code":"0","token":"tok"}"#) : await handler(request)
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      let http = try HTTPClient(configuration: .init(egress: .unrestricted()))
      let client = try PlatformClient(
        adapter: adapter,
        connection: Connection(
          platform: "p", url: "http://127.0.0.1:\(server.port)",
          settings: ["appSecret": PlatformBench.secret]),
        http: http, recorder: ledger, budget: ledger,
        environment: CallEnvironment(
          now: { time ?? .now() }, random: { SecureRandom.bytes($0) }, sleep: { _ in }))
      let result: Result<T, any Error>
      do { result = .success(try await body(client)) } catch { result = .failure(error) }
      await http.shutdown(.abort)
      server.stop()
      return try result.get()
    }
  }

  static func push(
    _ client: PlatformClient, _ ledger: PushLedger, _ name: String = "submit", call: PushCall = call
  ) async throws -> (exchange: ExchangeID?, answer: PushAnswer) {
    try await client.push(
      call, try #require(client.adapter.operation(name)), recorder: ledger, requestID: "r", attempt: 1,
      parent: nil)
  }

  static let html = "<html><body>log in</body></html>"

  /// An answer, and what it means for a push and, by the same answer, for a probe.
  @Test(
    arguments: [
      (200, #"{"code":"0","no":"N1","state":"10"}"#, "accepted", nil, "found"),
      (200, #"{"code":"again","no":"N1"}"#, "duplicate", nil, "undecided"),
      (409, #"{"code":"again","no":"N1"}"#, "duplicate", nil, "undecided"),
      (200, #"{"code":"bad"}"#, "refused", .data, "undecided"),
      (200, #"{"code":"77"}"#, "refused", .platform, "undecided"),
      (200, #"{"code":"busy"}"#, "notMade", .rate, "undecided"),
      (200, #"{"code":"crash"}"#, "unknown", .platform, "undecided"),
      (500, #"{"code":"bad"}"#, "refused", .data, "undecided"),
      (200, #"{"code":"none"}"#, "refused", .platform, "absent"),
      (404, #"{"code":"none"}"#, "refused", .platform, "absent"),
      (500, #"{"code":"none"}"#, "unknown", .transient, "undecided"),
      // A success that says nothing of what it did.
      (200, #"{"code":"0"}"#, "unknown", .drift, "undecided"),
      (200, #"{"code":"0","no":""}"#, "unknown", .drift, "found"),
      // JSON of somebody else: a proxy, a framework.
      (200, #"{"error":"x"}"#, "unknown", .platform, "undecided"),
      (200, html, "unknown", .platform, "undecided"),
      (200, "", "unknown", .platform, "undecided"),
      (200, #"{"code":"0","no":"N"#, "unknown", .platform, "undecided"),
      (201, #"{"code":"0","no":"N1"}"#, "unknown", .platform, "undecided"),
      (302, "", "unknown", .configuration, "undecided"),
      (400, html, "refused", .platform, "undecided"),
      (401, "", "notMade", .credentials, "undecided"),
      (429, "", "notMade", .rate, "undecided"),
      (500, "", "unknown", .transient, "undecided"),
      (502, html, "unknown", .transient, "undecided"),
      // Declared to have no effect.
      (503, html, "notMade", .transient, "undecided"),
      (504, html, "unknown", .transient, "undecided"),
    ] as [(Int, String, String, ErrorClass?, String)])
  func whatAnAnswerMeans(
    _ status: Int, _ body: String, _ word: String, _ errorClass: ErrorClass?, _ probed: String
  ) async throws {
    let ledger = PushLedger()
    let calls = Ledger()
    let calledBack = Counter()
    let (push, probe) = try await Self.run(recorder: calls) { _ in
      calledBack.increment()
      return json(body, status: status)
    } _: { client in
      let push = try await Self.push(client, ledger)
      let probe = try await client.probe(
        Self.call, try #require(client.adapter.operation("ask")), requestID: "r", attempt: 1, parent: nil)
      return (push, probe)
    }
    #expect(push.answer.word == word && push.answer.error?.errorClass == errorClass, "\(push.answer)")
    #expect(push.answer.error?.exchange == (push.answer.error == nil ? nil : push.exchange))
    let id = try #require(push.exchange)
    #expect(ledger.all == [.begun(id), .answered(id, status: status)])
    #expect(ledger.exchange(id)?.responseBody == Array(body.utf8) && ledger.exchange(id)?.sent != nil)
    let word =
      switch probe.answer {
      case .found(let acknowledgement):
        acknowledgement.receipt == "N1" || body.contains(#""no":"""#) ? "found" : "wrong receipt"
      case .absent: "absent"
      case .undecided: "undecided"
      }
    #expect(word == probed, "\(probe.answer)")
    let asked = try #require(calls.all.last)
    #expect(asked.exchange.operation == "ask" && (asked.outcome == .succeeded) == (probed != "undecided"))
    // One call each: nothing is repeated in silence.
    #expect(calledBack.value == 2)
    // The push itself is settled by whoever keeps it.
    #expect(!calls.all.contains { $0.exchange.operation == "submit" })
  }

  /// What happens on the wire instead of an answer.
  @Test(arguments: ["abort", "hang", "half"])
  func aBrokenAnswerIsUnknownAndNeverRepeated(_ fault: String) async throws {
    let ledger = PushLedger()
    let calls = Counter()
    let results = try await Self.run { request in
      // The first push leaves a kept connection behind, on which the second may find itself.
      guard calls.increment() > 1 else { return json(#"{"code":"0","no":"N1"}"#) }
      switch fault {
      case "abort": return HTTPServerResponse(status: 200, headers: [:], body: .abort)
      case "hang":
        do { try await Task.sleep(for: .seconds(20)) } catch { return .abort }
        return .abort
      default:
        return HTTPServerResponse(
          status: 200, headers: ["Content-Length": "100"],
          body: .stream { try await $0.write(Array(#"{"code":"0","no":"N"#.utf8)) })
      }
    } _: { client in
      [try await Self.push(client, ledger), try await Self.push(client, ledger)]
    }
    #expect(results.map(\.answer.word) == ["accepted", "unknown"])
    #expect(calls.value == 2)
    #expect(results[1].answer.error?.remedy.contains("it may have arrived") == true)
    #expect(ledger.exchange(results[1].exchange)?.status == (fault == "half" ? 200 : nil))
  }

  @Test func whatNeverLeftIsNotMade() async throws {
    let ledger = PushLedger()
    let answer = try await Self.run({ _ in json("{}") }) { client in
      let closed = try PlatformClient(
        adapter: client.adapter,
        connection: Connection(platform: "p", url: "http://127.0.0.1:1", settings: ["appSecret": "s"]),
        http: client.http, recorder: client.recorder, budget: Ledger(), environment: client.environment)
      // The token is asked for first, and nothing of the push begins.
      return try await Self.push(closed, ledger)
    }
    #expect(answer.answer.word == "notMade" && answer.exchange == nil && ledger.all == [])
    let receipt = try await Self.run({ _ in json("{}") }) { client in
      try await Self.push(client, ledger, "ask")
    }
    #expect(
      receipt.answer.word == "notMade"
        && receipt.answer.error?.message.contains("is a probe, not a push") == true)
  }

  @Test func whatCannotBeRecordedDoesNotLeave() async throws {
    let calls = Counter()
    await #expect(throws: PushLedger.Full.self) {
      try await Self.run({ _ in
        calls.increment()
        return json("{}")
      }) { client in try await Self.push(client, PushLedger(refuses: true)).exchange }
    }
    #expect(calls.value == 0)
  }

  @Test func aCancelledPushIsUnknownOnceBytesHaveLeft() async throws {
    let ledger = PushLedger()
    let answer = try await Self.run { _ in
      do { try await Task.sleep(for: .seconds(20)) } catch { return .abort }
      return .abort
    } _: { client in
      let task = Task { try await Self.push(client, ledger) }
      while ledger.all.isEmpty { await Task.yield() }
      // Let the request leave; before that it is not made, which is as right.
      try await Task.sleep(for: .milliseconds(150))
      task.cancel()
      return try await task.value
    }
    #expect(answer.answer.word == "unknown")
    #expect(ledger.all.count == 2)
  }

  @Test func aRefusedTokenIsFetchedAnewOnce() async throws {
    let calls = Ledger()
    let ledger = PushLedger(in: calls)
    let count = Counter()
    let answer = try await Self.run(recorder: calls) { _ in
      json(count.increment() == 1 ? #"{"code":"expired"}"# : #"{"code":"0","no":"N2"}"#)
    } _: { client in
      try await Self.push(client, ledger)
    }
    #expect(answer.answer.word == "accepted" && count.value == 2)
    #expect(ledger.all.count == 4)
    #expect(ledger.exchange(answer.exchange)?.parent == ExchangeID(2) && answer.exchange == ExchangeID(4))
    #expect(calls.all.map(\.exchange.operation) == ["token.access", "submit", "token.access", "submit"])
    // The last is settled by whoever keeps the push.
    #expect(calls.all.map(\.outcome) == [.succeeded, .rejected, .succeeded, nil])
    let never = try await Self.run(recorder: calls) { _ in
      json(#"{"code":"expired"}"#)
    } _: { client in
      try await Self.push(client, ledger)
    }
    #expect(never.answer.word == "notMade" && never.answer.error?.errorClass == .credentials)
  }

  @Test func theJournalShowsTheMessageAndNoSecret() async throws {
    let ledger = PushLedger()
    let answer = try await Self.run { request in
      let sign = Hex.encode(Digest.sha256.hash(Array(PlatformBench.secret.utf8) + request.body))
      let isRight =
        request.body == Self.message && request.headers["X-Sign"] == sign && request.headers["X-Key"] == "k-1"
        && request.headers["Content-Type"] == "application/json; charset=utf-8"
      return json(isRight ? #"{"code":"0","no":"N"}"# : #"{"code":"bad"}"#)
    } _: { client in
      try await Self.push(client, ledger)
    }
    #expect(answer.answer.word == "accepted")
    let exchange = try #require(ledger.exchange(answer.exchange))
    #expect(exchange.requestBody == Self.message)
    let headers = exchange.requestHeaders.map { "\($0.name)=\($0.value)" }
    #expect(headers.contains("X-Key=k-1") && headers.contains("X-Token=\(Redaction.mark)"))
    #expect(headers.contains("X-Sign=\(Redaction.mark)"))
  }

  @Test func attachmentsGoAsParts() async throws {
    let ledger = PushLedger()
    let bytes: [UInt8] = [0, 13, 10, 255]
    let call = PushCall(
      key: "k", item: "i", message: Self.message,
      attachments: [
        Applications.Attachment(name: "图\"\r\n.pdf", mediaType: "application/pdf", bytes: bytes, sm3: ""),
        Applications.Attachment(name: "b", mediaType: "text/plain", bytes: [], sm3: ""),
      ], receipt: nil)
    let answer = try await Self.run { request in
      let type = request.headers["Content-Type"] ?? ""
      guard let boundary = type.split(separator: "boundary=").last else { return json("{}") }
      let line = "\r\n"
      var expected = Array(
        "--\(boundary)\(line)Content-Disposition: form-data; name=\"key\"\(line)\(line)k\(line)".utf8)
      expected += Array("--\(boundary)\(line)Content-Disposition: form-data; name=\"data\"\(line)".utf8)
      expected += Array("Content-Type: application/json; charset=utf-8\(line)\(line)".utf8) + Self.message
      expected += Array("\(line)--\(boundary)\(line)Content-Disposition: form-data; name=\"file\"; ".utf8)
      expected += Array("filename=\"图%22%0D%0A.pdf\"\(line)Content-Type: application/pdf\(line)\(line)".utf8)
      expected +=
        bytes + Array("\(line)--\(boundary)\(line)Content-Disposition: form-data; name=\"file\"; ".utf8)
      expected += Array(
        "filename=\"b\"\(line)Content-Type: text/plain\(line)\(line)\(line)--\(boundary)--\(line)".utf8)
      return json(request.body == expected ? #"{"code":"0","no":"N"}"# : #"{"code":"bad"}"#)
    } _: { client in
      try await Self.push(client, ledger, "parts", call: call)
    }
    #expect(answer.answer.word == "accepted")
  }
}
