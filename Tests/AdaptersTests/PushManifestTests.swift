import Documents
import Testing

@testable import Adapters

/// Manifests of pushes and probes: what belongs together, and what contradicts itself.
@Suite struct PushManifestTests {
  static let manifest = """
    adapter: here/p
    title: p
    basis: assumed
    envelope:
      format: json
      success: {path: $.code, in: ["0"]}
      code: $.code
      rows: $.data[*]
      total: $.total
      errors:
        - {in: ["9"], class: platform, effect: unknown}
        - {status: [503], class: transient, effect: none}
    paging: {style: page}
    acknowledgement: {receipt: $.no, state: $.state, duplicate: {path: $.code, in: ["2"]}}
    operations:
      rows:
        kind: pull
        mapping: p/rows
        request: {method: POST, path: /rows, query: {page: "{page.number}"}}
      submit:
        kind: push
        template: p/submit
        idempotency: {class: queryable, probe: ask}
        request: {method: POST, path: /submit, headers: {Key: "{push.key}"}, body: {message: json}}
      ask:
        kind: probe
        request: {method: POST, path: /ask, body: {json: {key: "{push.key}", no: "{push.receipt}"}}}
        found: {path: $.no, present: true}
        absent: [{path: $.code, in: ["4"]}]
        receipt: $.no
    """

  private static func problems(_ old: String, _ new: String) -> [Diagnostic] {
    let text = manifest.replacing(old, with: new)
    precondition(text != manifest, "\(old) does not stand in the manifest")
    return ManifestTests.read(["here/p": text]).1.all
  }

  @Test func eachKindHasWhatBelongsToIt() throws {
    let (library, diagnostics) = ManifestTests.read(["here/p": Self.manifest])
    #expect(diagnostics.all.map(\.description) == [])
    let adapter = try #require(library.adapter("here/p"))
    #expect(adapter.operations.map(\.kind) == [.pull, .push, .probe])
    #expect(adapter.pulls.map(\.name) == ["rows"])
    #expect(adapter.pull("submit") == nil && adapter.operation("submit")?.probe == nil)
    let submit = try #require(adapter.operation("submit"))
    let push = try #require(submit.push)
    #expect(push.template == "p/submit" && push.idempotency == Idempotency(class: .queryable, probe: "ask"))
    #expect(push.acknowledgement.duplicate?.texts == ["2"])
    // The pages are of pulls.
    #expect(submit.envelope.rows == nil && submit.envelope.total == nil)
    #expect(adapter.pull("rows")?.envelope.total != nil)
    #expect(adapter.operation("ask")?.probe?.absent.count == 1)
    #expect(try Adapter(bundle: adapter.bundle).operations.map(\.kind) == adapter.operations.map(\.kind))
  }

  /// One change, and the problem it must give, with its line.
  @Test(arguments: [
    ("kind: push", "kind: psuh", 21, "must be one of pull, query, push, probe"),
    ("    template: p/submit\n", "", 21, "needs the key 'template'"),
    ("template: p/submit", "mapping: p/submit", 22, "only a pull or a query has it"),
    ("template: p/submit", "template: p/submit\n    paging: {style: page}", 23, "only a pull has it"),
    ("mapping: p/rows", "mapping: p/rows\n    template: x", 19, "only a push has it"),
    ("mapping: p/rows", "mapping: p/rows\n    found: {path: $.x, present: true}", 19, "only a probe has it"),
    ("queryable, probe: ask", "queryable, prob: ask", 23, "needs the key 'probe'"),
    ("queryable, probe: ask", "neither, probe: ask", 23, "what can be asked about is 'queryable'"),
    ("queryable, probe: ask", "queriable, probe: ask", 23, "must be one of native-key, queryable, neither"),
    ("queryable, probe: ask", "queryable, probe: aks", 23, "there is no operation 'aks'"),
    ("queryable, probe: ask", "queryable, probe: rows", 23, "'rows' is a pull, not a probe"),
    ("headers: {Key: \"{push.key}\"}, ", "", 24, "cannot be asked for a push by a key it is not given"),
    ("body: {message: json}", "body: {json: {a: \"{push.item}\"}}", 24, "never uses push.message"),
    ("{message: json}", "{message: jsn}", 24, "must be one of json, xml"),
    ("{key: \"{push.key}\", no: \"{push.receipt}\"}", "{no: \"{push.receipt}\"}", 23, "asks only by receipt"),
    (
      "{key: \"{push.key}\", no: \"{push.receipt}\"}", "{a: \"1\"}", 27,
      "uses neither push.key nor push.receipt"
    ),
    ("{key: \"{push.key}\"", "{key: \"{push.message}\"", 27, "nothing is called 'push.message' here"),
    ("\"{page.number}\"", "\"{push.key}\"", 19, "nothing is called 'push.key' here"),
    ("found: {path: $.no, present: true}", "found: []", 28, "must have 1 or more elements"),
    ("    absent: [{path: $.code, in: [\"4\"]}]\n", "", 26, "needs the key 'absent'"),
    ("effect: unknown", "effect: maybe", 11, "must be one of none, unknown"),
    ("effect: unknown", "effect: unknown, action: refresh", 11, "contradicts 'action: refresh'"),
    ("{receipt: $.no, state", "{recepit: $.no, state", 14, "has no key 'recepit'"),
    (
      "duplicate: {path: $.code, in: [\"2\"]}", "duplicate: {path: $.code}", 14,
      "needs one of the keys in, present"
    ),
    ("absent: [", "rows: $.x\n    absent: [", 29, "has no key 'rows'"),
    ("kind: probe", "kind: probe\n    envelope: {rows: \"$.x[*]\"}", 27, "only a pull has pages"),
  ])
  func contradictionsAreToldAtTheirPlace(_ old: String, _ new: String, _ line: Int, _ message: String) {
    let problems = Self.problems(old, new)
    #expect(
      problems.contains { $0.severity == .error && $0.message.contains(message) },
      "\(problems.map(\.description))")
    #expect(
      problems.contains { $0.line == line && $0.message.contains(message) }, "\(problems.map(\.description))")
  }

  @Test func whatWithdrawsSaysWhat() throws {
    let text = Self.manifest.replacing(
      "{message: json}}\n",
      with: "{json: {no: \"{push.receipt}\", data: {$json: \"{push.message}\"}}}}\n    withdraws: true\n")
    let (library, diagnostics) = ManifestTests.read(["here/p": text])
    #expect(diagnostics.all.map(\.description) == [])
    let operation = try #require(library.adapter("here/p")?.operation("submit"))
    #expect(operation.push?.withdraws == true && operation.needsReceipt)
    let plain = ManifestTests.read(["here/p": Self.manifest]).0.adapter("here/p")?.operation("submit")
    #expect(plain?.push?.withdraws == false)
    let without = Self.problems("    template: p/submit\n", "    template: p/submit\n    withdraws: true\n")
    #expect(without.map(\.message).contains { $0.contains("never uses push.receipt") }, "\(without)")
    let probe = Self.problems("    kind: probe\n", "    kind: probe\n    withdraws: true\n")
    #expect(probe.contains { $0.message.contains("only a push has it") }, "\(probe)")
    let word = Self.problems("    template: p/submit\n", "    template: p/submit\n    withdraws: perhaps\n")
    #expect(word.contains { $0.severity == .error }, "\(word)")
  }

  @Test func aNativeKeyHasToBeSent() {
    let text = Self.manifest.replacing("queryable, probe: ask", with: "native-key")
    #expect(ManifestTests.read(["here/p": text]).1.all.map(\.description) == [])
    let without = text.replacing("headers: {Key: \"{push.key}\"}, ", with: "")
    let problems = ManifestTests.read(["here/p": without]).1.errors
    #expect(problems.map(\.line) == [24])
    #expect(problems.first?.message.contains("cannot tell a repetition by a key it is not given") == true)
  }

  @Test(
    arguments: [
      (
        "{multipart: [{name: k, text: \"{push.key}\"}, {name: m, message: xml}, {name: f, attachments: true}]}",
        nil
      ),
      (
        "{multipart: [{name: m, message: json}, {name: f, attachments: false}]}", "must be true, or not there"
      ),
      ("{multipart: [{name: m, message: json, text: x}]}", "cannot stand beside 'text'"),
      ("{multipart: []}", "must have 1 to 100 elements, not 0"),
      ("{message: json, charset: gb18030}", "JSON is always UTF-8"),
      ("{message: xml, charset: gb18030}", nil),
      ("{json: {data: {$json: \"{push.message}\"}}}", nil),
      ("{json: {data: \"{push.message}\"}}", "is bytes"),
    ] as [(String, String?)])
  func bodiesOfPushes(_ body: String, _ message: String?) {
    let problems = Self.problems("body: {message: json}", "body: " + body).map(\.description)
    if let message {
      #expect(problems.contains { $0.contains(message) }, "\(problems)")
    } else {
      #expect(problems == [])
    }
  }

  @Test func nothingButAPushHasAMessage() {
    let pull = Self.problems("query: {page: ", "body: {message: json}, query: {page: ")
    let probe = Self.problems("{json: {key: \"{push.key}\", no: \"{push.receipt}\"}}", "{message: json}")
    for problems in [pull, probe] {
      #expect(problems.contains { $0.message.contains("is for a push; nothing else has a message") })
    }
  }
}
