import CivilTime
import Documents
import HTTPService

/// What pushes have done at the platforms that take them, and how people in the permit window decide.
///
///     GET    /control/effects[?item=…&key=…]   each case, and how many its key has at its item
///     DELETE /control/effects                  forgets them
///     POST   /control/progress                 {"receipt" or "key", "state", "note"?}: the window goes on with a case
struct EffectControl: Sendable {
  static let effects = "/control/effects"
  static let progress = "/control/progress"

  let window: PermitWindow
  let objections: DataObjections
  let now: @Sendable () -> Timestamp

  func respond(to request: HTTPServerRequest) -> HTTPServerResponse {
    switch (request.method, request.path) {
    case ("GET", Self.effects): return list(request)
    case ("DELETE", Self.effects):
      window.cases.removeAll()
      objections.removeAll()
      return list(request)
    case ("POST", Self.progress): return decide(request.body)
    default: return .problem("this method is not for \(request.path)", status: 405)
    }
  }

  private func list(_ request: HTTPServerRequest) -> HTTPServerResponse {
    guard let query = HTTPQuery(request.query) else {
      return .problem("the query is not percent-encoded UTF-8", status: 400)
    }
    let all = window.cases.all
    var counts: [String: Int] = [:]
    for permit in all { counts[permit.item + "/" + permit.key, default: 0] += 1 }
    func isWanted(_ item: String, _ key: String) -> Bool {
      (query["item"].map { $0 == item } ?? true) && (query["key"].map { $0 == key } ?? true)
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("effects") { writer in
        writer.array { writer in
          for permit in all where isWanted(permit.item, permit.key) {
            let count = counts[permit.item + "/" + permit.key] ?? 0
            writer.object { write(permit, count: count, to: &$0) }
          }
          for objection in objections.all where isWanted(Self.objection, objection.key) {
            writer.object { Self.write(objection, to: &$0) }
          }
        }
      }
    }
    return .json(writer.takeBytes())
  }

  private static let objection = "objection"

  private static func write(_ objection: DataObjection, to writer: inout JSONWriter) {
    writer.member("platform", "zhejiang-public-data")
    writer.member("key", objection.key)
    writer.member("item", Self.objection)
    writer.member("receipt", objection.receipt)
    writer.member("time", objection.received.iso8601)
    writer.member("count", 1)
  }

  private func write(_ permit: PermitCase, count: Int, to writer: inout JSONWriter) {
    writer.member("platform", window.name)
    writer.member("key", permit.key)
    writer.member("item", permit.item)
    writer.member("receipt", permit.receipt)
    writer.member("time", permit.received.iso8601)
    writer.member("state", permit.state.rawValue)
    writer.member("supplements", permit.supplements)
    writer.member("submissions", permit.submissions)
    writer.member("count", count)
  }

  private func decide(_ body: [UInt8]) -> HTTPServerResponse {
    let states = PermitCase.State.allCases.map(\.rawValue)
    let form =
      "a decision is {\"receipt\" or \"key\", \"state\": one of \(states.joined(separator: ", ")), \"note\"?}"
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: body)
    } catch {
      return .problem("the body is not JSON: \(error.message)", status: 400)
    }
    let known = ["receipt", "key", "state", "note"]
    guard document.root.isObject, document.root.members.allSatisfy({ known.contains($0.key) }),
      let state = document.root["state"]?.string.flatMap(PermitCase.State.init)
    else { return .problem(form, status: 400) }
    let receipt =
      document.root["receipt"]?.string
      ?? document.root["key"]?.string.flatMap { window.cases.find(key: $0)?.receipt }
    let note = document.root["note"]?.string
    let time = now()
    let changed = receipt.flatMap { receipt in
      window.cases.update(receipt) { permit in
        permit.state = state
        permit.changed = time
        permit.note = note
        permit.decision = state == .approved ? "杭许字\(permit.receipt)" : nil
        return permit
      }
    }
    guard let changed else { return .problem("there is no such case", status: 404) }
    var writer = JSONWriter()
    writer.object { write(changed, count: 1, to: &$0) }
    return .json(writer.takeBytes())
  }
}
