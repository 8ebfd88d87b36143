import CivilTime
import Crypto
import Documents
import Testing

@testable import Adapters

/// Calls that bring records: what their operations have, what belongs to the other purpose only, and what makes two of them one.
@Suite struct InboundRecordsTests {
  static let manifest = """
    adapter: here/w
    title: w
    basis: assumed
    settings: {name: {}, key: {secret: true}}
    request: {method: POST, headers: {Name: "{setting.name}"}}
    envelope: {format: json, success: status}
    operations:
      coded:
        kind: inbound
        purpose: records
        mapping: here/projects
        authentication:
          fields: {batch: $.batch, made: $.made}
          checks: [{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, setting.name + body))"}]
          time: {value: field.made, form: epoch-s, window: 2m}
          nonce: field.batch
        call: {format: json, number: $.batch}
        duplicate: call.number
        answers:
          done: {body: {json: {code: "0", taken: "{answer.records}", batch: "{call.number}"}}}
          refused: {status: 422, body: {json: {code: "{answer.code}"}}}
    """

  private static func read(_ old: String, _ new: String) -> (Adapter?, [Diagnostic]) {
    let text = manifest.replacing(old, with: new)
    precondition(old == new || text != manifest, "\(old) does not stand in the manifest")
    let (library, diagnostics) = ManifestTests.read(["here/w": text])
    return (library.adapter("here/w"), diagnostics.all)
  }

  @Test func aMappingSaysWhatCallsBring() throws {
    let (adapter, problems) = Self.read("", "")
    // What stands in the body is covered by a check over the body.
    #expect(problems.map(\.description) == [])
    let operation = try #require(adapter?.inbound.first)
    #expect(operation.purpose == .records && operation.mapping == "here/projects")
    #expect(operation.format == .json && operation.secretHeaders == ["x-sign"])
    #expect(try Adapter(bundle: #require(adapter).bundle).inbound.first?.mapping == "here/projects")
  }

  /// One change, and the problem it must give, with its line.
  @Test(arguments: [
    ("    mapping: here/projects\n", "", 8, "needs the key 'mapping'"),
    ("mapping: here/projects", "maping: here/projects", 11, "did you mean 'mapping'"),
    ("number: $.batch}", "receipt: $.batch}", 17, "of records the mapping says what they mean"),
    ("number: $.batch}", "number: $.batch, states: {\"3\": accepted}}", 17, "of records the mapping says"),
    ("number: $.batch}", "number: batch}", 17, "a JSONPath such as"),
    ("call: {format: json, number: $.batch}", "call: {format: form}", 17, "no mapping reads a form"),
    ("    call: {format: json, number: $.batch}\n", "", 8, "needs the key 'call'"),
    ("duplicate: call.number", "duplicate: call.receipt", 18, "nothing is called 'call.receipt' here"),
    ("done: {", "unclear: {status: 400}\n      done: {", 20, "records are about nothing that was handed in"),
    ("done: {", "unknown: {status: 400}\n      done: {", 20, "records are about nothing that was handed in"),
    ("purpose: records", "purpose: record", 10, "did you mean 'records'"),
    ("setting.key, setting", "setting.name, setting", 12, "rests on no secret setting"),
  ])
  func mistakesAreToldAtTheirPlace(_ old: String, _ new: String, _ line: Int, _ message: String) {
    let (_, problems) = Self.read(old, new)
    #expect(
      problems.contains { $0.severity == .error && "\($0)".contains(message) && abs($0.line - line) <= 1 },
      "\(problems.map(\.description))")
  }

  /// What only calls with records have is no part of calls about permits.
  @Test(arguments: [
    ("    within: 3s\n", "    mapping: here/projects\n", "are understood by one"),
    ("call: {format: json,", "call: {format: json, number: $.no,", "only calls of the purpose 'records'"),
    ("{code: \"0\",", "{code: \"0\", taken: \"{answer.records}\",", "is called 'answer.records' here"),
  ])
  func wordsOnPermitsHaveNoRecords(_ old: String, _ new: String, _ message: String) {
    let text = InboundManifestTests.manifest.replacing(old, with: new)
    precondition(text != InboundManifestTests.manifest)
    let problems = ManifestTests.read(["here/w": text]).1.all
    #expect(problems.contains { $0.severity == .error && "\($0)".contains(message) }, "\(problems)")
  }

  private static func receiver(_ old: String = "", _ new: String = "") throws -> InboundReceiver {
    InboundReceiver(
      platform: "w", operation: try #require(read(old, new).0?.inbound.first),
      settings: ["name": "n", "key": "k"], random: { [UInt8](repeating: 0, count: $0) })
  }

  private static func request(_ body: String, type: String = "application/json") -> InboundRequest {
    let sign = HMAC.authenticate(.sm3, key: Array("k".utf8), message: Array("n\(body)".utf8))
    return InboundRequest(
      method: "POST", target: "/inbound/w/coded",
      headers: [("Content-Type", type), ("X-Sign", Hex.encode(sign))], body: Array(body.utf8),
      remoteAddress: "10.1.2.3")
  }

  @Test func whatTellsCallsApartIsDeclaredOrTheWholeBody() throws {
    let (declared, bare) = (try Self.receiver(), try Self.receiver("    duplicate: call.number\n", ""))
    let first = Self.request(#"{"batch":7,"made":1,"rows":[1]}"#)
    let other = Self.request(#"{"batch":7,"made":1,"rows":[2]}"#)
    #expect(declared.identity(of: first) == declared.identity(of: other))
    #expect(bare.identity(of: first) != bare.identity(of: other))
    #expect(bare.identity(of: first) == bare.identity(of: Self.request(#"{"batch":7,"made":1,"rows":[1]}"#)))
    // Without its number nobody knows, and what cannot be read has none.
    for body in [#"{"made":1,"rows":[1]}"#, #"{"batch":7"#] {
      let (one, other) = (Self.request(body), Self.request(body + " "))
      #expect(declared.identity(of: one) != declared.identity(of: other), "\(body)")
    }
  }

  @Test func theBodyIsTheMessageOfTheMapping() throws {
    let receiver = try Self.receiver()
    let request = Self.request(#"{"batch":7,"made":1795000000,"rows":[1,2]}"#)
    _ = try receiver.admit(request, at: Timestamp(milliseconds: 1_795_000_000_000))
    guard case .json(let document) = try receiver.message(request) else {
      Issue.record("it is JSON")
      return
    }
    #expect(document.root["rows"]?.count == 2)
    #expect(throws: InboundRefusal.self) { try receiver.message(Self.request(#"{"rows":["#)) }
    #expect(throws: InboundRefusal.self) { try receiver.read(request) }
    let reply = receiver.answer(request, nil, exchange: nil, records: 2, at: Timestamp(milliseconds: 0))
    #expect(String(decoding: reply.body, as: UTF8.self) == #"{"code":"0","taken":"2","batch":"7"}"#)
  }
}
