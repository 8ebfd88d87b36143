import CivilTime
import Documents
import HTTPService

/// What pushes have done at the platforms that take them, and how people in the permit window decide.
///
///     GET    /control/effects[?item=…&key=…]   each case, and how many its key has at its item
///     DELETE /control/effects                  forgets them
///     POST   /control/progress                 {"receipt" or "key", "state", "note"?, "decision"?, "time"?}: the window goes on with a case
struct EffectControl: Sendable {
  static let effects = "/control/effects"
  static let progress = "/control/progress"

  let windows: [any PermitHolder]
  let objections: DataObjections
  let now: @Sendable () -> Timestamp

  func respond(to request: HTTPServerRequest) -> HTTPServerResponse {
    switch (request.method, request.path) {
    case ("GET", Self.effects): return list(request)
    case ("DELETE", Self.effects):
      for window in windows { window.cases.removeAll() }
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
    let all = windows.flatMap { window in window.cases.all.map { (platform: window.name, permit: $0) } }
    var counts: [String: Int] = [:]
    for (platform, permit) in all { counts["\(platform)/\(permit.item)/\(permit.key)", default: 0] += 1 }
    func isWanted(_ item: String, _ key: String) -> Bool {
      (query["item"].map { $0 == item } ?? true) && (query["key"].map { $0 == key } ?? true)
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("effects") { writer in
        writer.array { writer in
          for (platform, permit) in all where isWanted(permit.item, permit.key) {
            let count = counts["\(platform)/\(permit.item)/\(permit.key)"] ?? 0
            writer.object { Self.write(permit, of: platform, count: count, to: &$0) }
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

  private static func write(
    _ permit: PermitCase, of platform: String, count: Int, to writer: inout JSONWriter
  ) {
    writer.member("platform", platform)
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
      "a decision is {\"receipt\" or \"key\", \"state\": one of \(states.joined(separator: ", ")), \"note\"?, \"decision\"?, "
      + "\"time\"?: when it happened, as yyyy-MM-dd HH:mm:ss}"
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: body)
    } catch {
      return .problem("the body is not JSON: \(error.message)", status: 400)
    }
    let (root, known) = (document.root, ["receipt", "key", "state", "note", "decision", "time"])
    guard root.isObject, root.members.allSatisfy({ known.contains($0.key) }),
      let state = root["state"]?.string.flatMap(PermitCase.State.init)
    else { return .problem(form, status: 400) }
    var time = now()
    if let text = root["time"] {
      guard let seconds = text.string.flatMap(RequestText.time) else { return .problem(form, status: 400) }
      time = Timestamp.seconds(Int64(seconds))
    }
    for window in windows {
      let receipt =
        root["receipt"]?.string ?? root["key"]?.string.flatMap { window.cases.find(key: $0)?.receipt }
      guard let receipt,
        let changed = window.cases.decide(
          receipt, state, note: root["note"]?.string, decision: root["decision"]?.string, at: time)
      else { continue }
      var writer = JSONWriter()
      writer.object { Self.write(changed, of: window.name, count: 1, to: &$0) }
      return .json(writer.takeBytes())
    }
    return .problem("there is no such case", status: 404)
  }
}
