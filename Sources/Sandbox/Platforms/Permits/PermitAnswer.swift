import Documents
import HTTPService

/// What a window calls the members of a case.
struct PermitNames {
  var receipt: String
  /// nil where it is told beside the others, or not at all.
  var key: String?
  var state: String
  var time: String
  var note: String
  var decision: String
}

extension PermitCase {
  /// - Parameter isFull: with what became of it.
  func members(_ names: PermitNames, isFull: Bool) -> [(name: String, text: String)] {
    var members = [(name: names.receipt, text: receipt)]
    if let name = names.key { members.append((name, key)) }
    members += [(names.state, String(blzt)), (names.time, RequestText.dateTime(changed))]
    guard isFull else { return members }
    if let note { members.append((names.note, note)) }
    if let decision { members.append((names.decision, decision)) }
    return members
  }
}

extension Reply {
  /// A JSON object with the members that `body` writes.
  static func json(
    _ code: String, isSuccess: Bool, status: Int = 200, _ body: (inout JSONWriter) -> Void
  ) -> Reply {
    var writer = JSONWriter()
    writer.object(body)
    return Reply(
      status: status, contentType: "application/json", body: writer.takeBytes(), code: code,
      isSuccess: isSuccess, rows: isSuccess ? 1 : 0)
  }

  /// A document with this content behind its declaration.
  static func xml(_ code: String, isSuccess: Bool, status: Int = 200, _ content: String) -> Reply {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + content
    return Reply(
      status: status, contentType: "text/xml; charset=utf-8", body: Array(text.utf8), code: code,
      isSuccess: isSuccess, rows: isSuccess ? 1 : 0)
  }
}
