import Documents
import Testing

@testable import Adapters

/// Operations by which platforms call the gateway: what belongs to them, and what they may not leave open.
@Suite struct InboundManifestTests {
  static let manifest = """
    adapter: here/w
    title: w
    basis: assumed
    settings: {name: {}, key: {secret: true}}
    request: {method: POST, headers: {Name: "{setting.name}"}}
    envelope: {format: json, success: status}
    operations:
      ask:
        kind: probe
        request: {path: /ask, body: {json: {no: "{push.receipt}", key: "{push.key}"}}}
        found: {path: $.no, present: true}
        absent: {path: $.no, present: false}
      progress:
        kind: inbound
        purpose: permit-progress
        within: 3s
        largest: 64 KiB
        authentication:
          fields: {sign: $.sign}
          values: {text: header.x-time + header.x-nonce + body}
          checks: [{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, text))"}]
          time: {value: header.x-time, form: epoch-s, window: 2m}
          nonce: header.x-nonce
          addresses: [10.0.0.0/8, "::1"]
        call: {format: json, receipt: $.no, key: $.key, state: $.state, states: {"3": accepted}}
        duplicate: call.receipt + call.key + call.state
        answers:
          done: {body: {json: {code: "0", no: "{call.receipt}"}}}
          refused: {status: 422, body: {xml: "<r>{answer.code}</r>"}}
    """

  private static func problems(_ old: String, _ new: String) -> [Diagnostic] {
    let text = manifest.replacing(old, with: new)
    precondition(text != manifest, "\(old) does not stand in the manifest")
    return ManifestTests.read(["here/w": text]).1.all
  }

  @Test func whatIsCalledIsApartFromWhatCalls() throws {
    let (library, diagnostics) = ManifestTests.read(["here/w": Self.manifest])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/w"))
    #expect(adapter.operations.map(\.name) == ["ask"] && adapter.inbound.map(\.name) == ["progress"])
    let operation = try #require(adapter.inbound.first)
    #expect(operation.within == .seconds(3) && operation.largest == 64 << 10)
    #expect(operation.purpose == .permitProgress && operation.secretHeaders == ["x-sign"])
    #expect(try Adapter(bundle: adapter.bundle).inbound.map(\.name) == ["progress"])
  }

  /// A signature needs no secret of ours, and its key is never taken from the call itself.
  @Test func signaturesRestOnAKeyOfTheConnection() {
    let check = #"{value: header.x-sign, equals: "hex(hmac-sm3(setting.key, text))"}"#
    func messages(_ new: String) -> [String] { Self.problems(check, new).map(\.message) }
    let own = Self.problems(check, "{value: unhex(header.x-sign), signed: text, sm2: setting.name}")
    #expect(own.filter { $0.severity == .error || $0.message.contains("no check that covers") }.isEmpty)
    #expect(
      messages("{value: unhex(header.x-sign), signed: text, sm2: header.x-key}").contains {
        $0.contains("whose key is not the connection's")
      })
    #expect(messages("{value: unhex(header.x-sign), signed: text}").contains { $0.contains("'sm2'") })
    #expect(
      messages("{value: unhex(header.x-sign), signed: text, sm2: setting.name, equals: body}").contains {
        $0.contains("no text that could be made again")
      })
    #expect(
      messages("{value: unhex(header.x-sign), signed: header.x-time + header.x-nonce, sm2: setting.name}")
        .contains {
          $0.contains("no check that covers the body")
        })
  }

  /// One change, and the problem it must give, with its line.
  @Test(arguments: [
    ("kind: inbound", "kind: inbuond", 14, "must be one of pull, query, push, probe, inbound"),
    ("    purpose: permit-progress\n", "", 14, "needs the key 'purpose'"),
    ("purpose: permit-progress", "purpose: permit-progres", 15, "must be one of permit-progress, records"),
    ("within: 3s", "within: 3h", 16, "within"),
    ("setting.key, text", "setting.name, text", 18, "rests on no secret setting, signature or certificate"),
    (
      "checks: [{value: header.x-sign, equals: \"hex(hmac-sm3(setting.key, text))\"}]",
      "checks: [{value: setting.name, equals: setting.key}]", 18, "looks at nothing of the call"
    ),
    ("value: header.x-sign", "value: header.X-Sign", 21, "nothing is called 'header.X-Sign' here"),
    ("hmac-sm3(setting.key", "hmac-sm4(setting.key", 21, "there is no function 'hmac-sm4'"),
    (
      "hex(hmac-sm3(setting.key, text))", "hmac-sm3(setting.kye, text)", 21,
      "nothing is called 'setting.kye' here"
    ),
    ("form: epoch-s", "form: epoch", 22, "must be one of epoch-ms, epoch-s"),
    ("      time: {value: header.x-time, form: epoch-s, window: 2m}\n", "", 22, "needs 'time'"),
    ("10.0.0.0/8", "10.0.0.0/33", 24, "an address, or a block"),
    ("receipt: $.no, key: $.key, ", "", 25, "needs 'receipt' or 'key'"),
    ("{\"3\": accepted}", "{\"3\": acepted}", 25, "did you mean 'accepted'"),
    (
      "duplicate: call.receipt + call.key + call.state", "duplicate: call.number", 26,
      "nothing is called 'call.number' here"
    ),
    ("    duplicate: call.receipt + call.key + call.state\n", "", 14, "needs the key 'duplicate'"),
    (
      "      refused: {status: 422, body: {xml: \"<r>{answer.code}</r>\"}}", "", 27, "needs the key 'refused'"
    ),
    ("\"{call.receipt}\"", "\"{setting.key}\"", 28, "nothing is called 'setting.key' here"),
    ("done: {", "doen: {}\n      done: {", 28, "has no key 'doen'"),
    ("    within: 3s", "    request: {path: /x}", 16, "has no key 'request'"),
  ])
  func mistakesAreToldAtTheirPlace(_ old: String, _ new: String, _ line: Int, _ message: String) {
    let problems = Self.problems(old, new)
    #expect(
      problems.contains { $0.severity == .error && "\($0)".contains(message) },
      "\(problems.map(\.description))")
    // Where a fault is one of the whole operation, its line is that of the part.
    #expect(problems.contains { abs($0.line - line) <= 4 }, "\(problems.map(\.description))")
  }

  /// Each is let in by somebody who has seen a call, or who keeps one.
  @Test(arguments: [
    ("header.x-time + header.x-nonce + body", "header.x-time + header.x-nonce", "covers the body"),
    ("header.x-time + header.x-nonce + body", "header.x-nonce + body", "a time that no check covers"),
    ("header.x-time + header.x-nonce + body", "header.x-time + body", "a nonce that no check covers"),
    (
      "      time: {value: header.x-time, form: epoch-s, window: 2m}\n      nonce: header.x-nonce\n", "",
      "let in for ever"
    ),
    ("call.receipt + call.key + call.state", "call.receipt + call.state", "does not name 'call.key'"),
  ])
  func whatIsLeftOpenIsAWarning(_ old: String, _ new: String, _ message: String) {
    let problems = Self.problems(old, new)
    #expect(problems.contains { $0.severity == .warning && $0.message.contains(message) }, "\(problems)")
    #expect(problems.allSatisfy { $0.severity == .warning }, "\(problems)")
  }

  /// Whatever secret the checks use and wherever it stands among them, without it the manifest is refused.
  @Test func withoutASecretNoManifestIsTaken() {
    let proofs = [
      "header.x-sign", "hex(sha256(body))", "hex(hmac-sha256(setting.name, body))", "hex(md5(text))",
      "upper(hex(sm3(text + setting.name)))", "base64(hmac-sm3(header.x-nonce, body))",
    ]
    for proof in proofs {
      let with = Self.problems("hex(hmac-sm3(setting.key, text))", proof)
      #expect(
        with.contains { $0.severity == .error && $0.message.contains("rests on no secret") }, "\(proof)")
    }
    let certificate = Self.problems(
      "checks: [{value: header.x-sign, equals: \"hex(hmac-sm3(setting.key, text))\"}]",
      "certificates: [setting.name]")
    #expect(certificate.allSatisfy { $0.severity == .warning }, "\(certificate)")
  }
}
