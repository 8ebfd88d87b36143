import Adapters
import Applications
import CivilTime
import Crypto
import Documents
import Exchanges
import HTTPTransport
import Mapping
import Sandbox
import Synchronization
import Testing

/// The manifest, the templates and the client against the simulated permit window, with every fault it has.
@Suite struct PermitPushTests {
  final class Recorder: PushRecorder, ExchangeRecorder, CallBudget {
    private let exchanges = Mutex<[(exchange: Exchange, outcome: Outcome?)]>([])

    func record(_ exchange: Exchange) async throws -> ExchangeID {
      exchanges.withLock { exchanges in
        exchanges.append((exchange, nil))
        return ExchangeID(Int64(exchanges.count))
      }
    }

    func begin(_ exchange: Exchange) async throws -> ExchangeID { try await record(exchange) }

    func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
      exchanges.withLock { $0[Int(id.rawValue) - 1].exchange = exchange }
    }

    func settle(_ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?) async throws {
      exchanges.withLock { $0[Int(id.rawValue) - 1].outcome = outcome }
    }

    func take(_ claims: [BudgetClaim], at time: Timestamp) async throws -> BudgetClaim? { nil }
  }

  /// A client of the permit window.
  struct Window {
    let client: PlatformClient
    let recorder = Recorder()
    let sandbox: Sandbox

    init(
      _ bench: SyncBench, _ platform: String = "hangzhou-permits", adapter name: String = "hangzhou/permits"
    ) throws {
      let connection = try #require(bench.sandbox.connections.first { $0.platform == platform })
      sandbox = bench.sandbox
      let clock = bench.clock
      var adapter = try #require(Library.adapters.adapter(name))
      adapter = try Adapter(bundle: Self.hurried(adapter.bundle))
      client = try PlatformClient(
        adapter: adapter,
        connection: Connection(
          platform: platform, url: connection.address,
          settings: Dictionary(uniqueKeysWithValues: connection.settings.map { ($0.name, $0.value) })),
        http: bench.http, recorder: recorder, budget: recorder,
        environment: CallEnvironment(
          now: { clock.now }, random: { SecureRandom.bytes($0) }, sleep: { _ in await Task.yield() }))
    }

    /// A silent platform is given up sooner.
    private static func hurried(_ bundle: [UInt8]) -> [UInt8] {
      Array(String(decoding: bundle, as: UTF8.self).replacing("idle: 30s", with: "idle: 500ms").utf8)
    }

    func push(
      _ operation: String, key: String, receipt: String? = nil, template: String = "application",
      _ change: (inout ApplicationValues) -> Void = { _ in }
    ) async throws -> PushAnswer {
      let (record, attachments) = try PermitPushTests.record(operation, change)
      let compiled = try #require(Library.mappings.template("hangzhou-permits/\(template)"))
      let call = PushCall(
        key: key, item: operation, message: try compiled.render(record, attachments: attachments),
        attachments: attachments, receipt: receipt)
      return try await client.push(
        call, try #require(client.adapter.operation(operation)), recorder: recorder, requestID: "r",
        attempt: 1,
        parent: nil
      ).answer
    }

    func probe(key: String) async throws -> ProbeAnswer {
      let call = PushCall(key: key, item: "", message: [], attachments: [], receipt: nil)
      return try await client.probe(
        call, try #require(client.adapter.operation("status")), requestID: "r", attempt: 1, parent: nil
      ).answer
    }

    func effects(_ key: String) -> [PermitCase] { sandbox.permitCases.filter { $0.key == key } }
  }

  static func record(
    _ item: String, _ change: (inout ApplicationValues) -> Void = { _ in }
  ) throws -> (ApplicationRecord, [Applications.Attachment]) {
    let bytes = Array("拟路由图".utf8)
    let attachment = Applications.Attachment(
      name: "a.txt", mediaType: "text/plain", bytes: bytes, sm3: Hex.encode(Digest.sm3.hash(bytes)))
    let text = """
      {"kind":"permit-application","applicationNumber":"SQ-1","projectName":"拟东线",
       "itemCode":"\(PermitItem(rawValue: item) == nil ? "road-digging" : item)",
       "applicant":{"name":"拟电力公司","code":"91330199TX0000001W","codeType":"001"},
       "location":"西湖区 \\"北\\" <1> & \\n","areaCode":"330199","startDate":"2026-03-01","endDate":"2026-04-01",
       "lineLength":"1250.5","voltage":"110","occupiedArea":"3","diggingLength":"86.4","greenArea":"30","promise":true,
       "remarks":"说明",
       "attachments":[{"name":"a.txt","kind":"CL","mediaType":"text/plain","size":\(bytes.count),"sm3":"\(attachment.sm3)"}]}
      """
    var record = try ApplicationRecord(decoding: Array(text.utf8))
    change(&record.values)
    return (record, [attachment])
  }

  @Test(arguments: PermitItem.allCases)
  func eachItemIsTaken(_ item: PermitItem) async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench)
      let answer = try await window.push(item.rawValue, key: "k")
      guard case .accepted(let acknowledgement) = answer else {
        Issue.record("\(answer)")
        return
      }
      let effects = window.effects("k")
      #expect(effects.map(\.receipt) == [acknowledgement.receipt] && effects.map(\.item) == [item.rawValue])
      #expect(acknowledgement.state == "00" && !acknowledgement.isDuplicate)
    }
  }

  /// What each kind of idempotency makes of the same push twice, and of a question.
  @Test func theWindowKnowsKeysAsDeclared() async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench)
      let first = try await window.push("route-planning", key: "r")
      let second = try await window.push("route-planning", key: "r")
      #expect(
        first.acknowledgement?.receipt == second.acknowledgement?.receipt
          && second.acknowledgement?.isDuplicate == true)
      #expect(window.effects("r").map(\.submissions) == [2])
      let other = try await window.push("route-planning", key: "r") { $0["remarks"] = .text("其他") }
      #expect(other.refusal?.errorClass == .data && window.effects("r").count == 1)

      for _ in 1...2 {
        #expect(try await window.push("road-digging", key: "d").acknowledgement?.isDuplicate == false)
      }
      #expect(window.effects("d").count == 2)
      guard case .found(let found) = try await window.probe(key: "d") else {
        Issue.record("the window does not know its case")
        return
      }
      #expect(found.receipt == window.effects("d").first?.receipt && found.state == "00")
      guard case .absent = try await window.probe(key: "nothing") else {
        Issue.record("the window knows a case it never had")
        return
      }

      for _ in 1...2 {
        #expect(try await window.push("greening", key: "g").acknowledgement?.isDuplicate == false)
      }
      #expect(window.effects("g").count == 2)
      guard case .undecided(let error) = try await window.probe(key: "g") else {
        Issue.record("nobody can ask for it")
        return
      }
      #expect(error.errorClass == .configuration)
    }
  }

  /// Each fault: the answer, the effects at the platform, and what its probe says then.
  @Test(
    arguments: [
      (.reset, "unknown", 0, "absent"),
      (.resetAfter, "unknown", 1, "found"),
      (.stall(seconds: 30), "unknown", 0, "absent"),
      (.stallAfter(seconds: 30), "unknown", 1, "found"),
      (.badGateway, "unknown", 1, "found"),
      (.htmlPage, "unknown", 0, "absent"),
      (.htmlPageAfter, "unknown", 1, "found"),
      (.halfBody, "unknown", 1, "found"),
      (.truncatedDocument, "unknown", 1, "found"),
      (.unavailable(retryAfter: 7), "unknown", 0, "absent"),
      (.quota, "notMade", 0, "absent"),
      (.expiredToken, "notMade", 0, "absent"),
      (.refusal, "refused", 0, "absent"),
      (.duplicateAnswer, "duplicate", 1, "found"),
      (.slow(seconds: 0.05), "accepted", 1, "found"),
      (.slowDrip(bytesPerSecond: 2000), "accepted", 1, "found"),
    ] as [(FaultKind, String, Int, String)])
  func faults(_ fault: FaultKind, _ word: String, _ effects: Int, _ probed: String) async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench)
      bench.sandbox.faults.add(
        FaultRule(fault, platform: "hangzhou-permits", operation: "road-occupation", trigger: .call(1)))
      let answer = try await window.push("road-occupation", key: "k")
      #expect(answer.word == word, "\(answer)")
      #expect(window.effects("k").count == effects)
      if case .unavailable(let seconds) = fault { #expect(answer.problem?.retryAfter == seconds) }
      let probe = try await window.probe(key: "k")
      switch probe {
      case .found(let found):
        #expect(probed == "found" && found.receipt == window.effects("k").first?.receipt)
      case .absent: #expect(probed == "absent")
      case .undecided(let error): Issue.record("\(error)")
      }
    }
  }

  @Test func theWindowNamesTheFieldThatIsMissing() async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench)
      let none = try await window.push("greening", key: "k") { $0["greenArea"] = nil }
      #expect(none.refusal?.message.contains("2001") == true && window.effects("k").isEmpty)
    }
  }

  /// An objection goes to the public data platform, whose secrets are fetched on the way.
  @Test func anObjectionIsTakenOnce() async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench, "zhejiang-public-data", adapter: "hangzhou/public-data")
      let text = """
        {"kind":"data-objection","platform":"p","certificateNumber":"n","certificateKind":"property-deed",
         "field":"specific.buildingArea","observed":"89.5","expected":"98.5","grounds":"不一致"}
        """
      let template = try #require(Library.mappings.template("zhejiang-public-data/objection"))
      let call = PushCall(
        key: "o-1", item: "objection",
        message: try template.render(ApplicationRecord(decoding: Array(text.utf8))), attachments: [],
        receipt: nil)
      let operation = try #require(window.client.adapter.operation("objection"))
      // The first try finds its secret ended, and is made once more with a new one.
      bench.sandbox.faults.add(
        FaultRule(
          .expiredToken, platform: "zhejiang-public-data", operation: "dataObjection", trigger: .call(1)))
      var receipts: [String?] = []
      for attempt in 1...2 {
        let answer = try await window.client.push(
          call, operation, recorder: window.recorder, requestID: "r", attempt: attempt, parent: nil
        ).answer
        #expect(answer.word == (attempt == 1 ? "accepted" : "duplicate"), "\(answer)")
        receipts.append(answer.acknowledgement?.receipt)
      }
      #expect(receipts[0] != nil && receipts[0] == receipts[1])
      #expect(bench.sandbox.calls("zhejiang-public-data", "dataObjection").calls == 3)
      #expect(bench.sandbox.dataObjections.map(\.field) == ["specific.buildingArea"])
    }
  }

  /// What a template asks for, no platform needs to refuse.
  @Test func theTemplateAsksForWhatTheItemNeeds() throws {
    let template = try #require(Library.mappings.template("hangzhou-permits/application"))
    let (record, attachments) = try Self.record("road-digging") { $0["diggingLength"] = nil }
    let error = try #require(throws: TemplateError.self) {
      try template.render(record, attachments: attachments)
    }
    #expect(error.problems.map(\.description) == ["wjcd (diggingLength): a value is needed [no-value]"])
  }

  @Test func aCaseGoesOnAsPeopleDecide() async throws {
    try await SyncBench.run { bench in
      let window = try Window(bench)
      let receipt = try #require(try await window.push("road-digging", key: "k").acknowledgement?.receipt)
      let early = try await window.push("supplement", key: "s", receipt: receipt, template: "supplement")
      #expect(early.refusal?.errorClass == .data)
      try await bench.decide(receipt, "correction")
      let supplement = try await window.push("supplement", key: "s", receipt: receipt, template: "supplement")
      #expect(supplement.acknowledgement?.state == "10")
      #expect(window.effects("k").map(\.supplements) == [1])
      let withdrawn = try await window.push("withdraw", key: "w", receipt: receipt, template: "withdrawal")
      #expect(withdrawn.acknowledgement?.state == "99")
      let again = try await window.push("withdraw", key: "w", receipt: receipt, template: "withdrawal")
      #expect(again.acknowledgement == Acknowledgement(receipt: receipt, state: nil, isDuplicate: true))
    }
  }
}

extension PushAnswer {
  fileprivate var acknowledgement: Acknowledgement? {
    if case .accepted(let taken) = self { taken } else { nil }
  }
  fileprivate var refusal: AdapterError? { if case .refused(let error) = self { error } else { nil } }

  fileprivate var problem: AdapterError? {
    switch self {
    case .accepted: nil
    case .refused(let error), .notMade(let error), .unknown(let error): error
    }
  }

  fileprivate var word: String {
    switch self {
    case .accepted(let taken): taken.isDuplicate ? "duplicate" : "accepted"
    case .refused: "refused"
    case .notMade: "notMade"
    case .unknown: "unknown"
    }
  }
}

extension SyncBench {
  /// Lets somebody at the window decide.
  fileprivate func decide(_ receipt: String, _ state: String) async throws {
    let control = try #require(sandbox.addresses["control"])
    let response = try await http.send(
      HTTPRequest(
        method: "POST", url: control + "/control/progress",
        body: Array(#"{"receipt":"\#(receipt)","state":"\#(state)"}"#.utf8)))
    #expect(response.status == 200)
  }
}
