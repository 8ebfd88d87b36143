import Adapters
import Documents

/// The shape of an answer without a value of it: which names stand where, and how many there are of what. It shows what a manifest's paths and
/// a mapping's have to meet, and nobody's papers.
enum AnswerOutline {
  /// More of it helps nobody.
  private static let longest = 4000
  private static let deepest = 12

  /// Nil for an answer that is not in the envelope's format; why it is not, the call's own error says.
  static func text(of body: [UInt8], _ envelope: Envelope) -> String? {
    guard let format = MessageFormat(rawValue: envelope.format.rawValue),
      let document = try? MessageDocument(parsing: body, as: format, charset: envelope.charset)
    else { return nil }
    let text =
      switch document {
      case .json(let document): outline(document.root, depth: 0)
      case .xml(let document): outline(document.root, depth: 0)
      }
    return text.count <= longest ? text : text.prefix(longest) + "…"
  }

  /// `{code: text, datas: [3 of {uniscid: text, regCap: number}]}`, arrays by their first element.
  private static func outline(_ value: JSONValue, depth: Int) -> String {
    guard depth < deepest else { return "…" }
    if value.isObject {
      let members = value.members.map { "\($0.key): \(outline($0.value, depth: depth + 1))" }
      return "{\(members.joined(separator: ", "))}"
    }
    if value.isArray {
      guard let first = value.elements.first(where: { _ in true }) else { return "[]" }
      return "[\(value.count) of \(outline(first, depth: depth + 1))]"
    }
    return value.isString ? "text" : value.kind.rawValue
  }

  /// `Message(Head(BizMsgID), Data(3 of KTT_FW_H[@BDCDYH @ZL]))`, namesakes by their first.
  private static func outline(_ element: XMLElement, depth: Int) -> String {
    var text = element.qualifiedName
    let attributes = element.attributes.map { "@\($0.name)" }
    if !attributes.isEmpty { text += "[\(attributes.joined(separator: " "))]" }
    guard depth < deepest else { return text + "(…)" }
    var names: [String] = []
    var first: [String: XMLElement] = [:]
    var counts: [String: Int] = [:]
    for child in element.children {
      let name = child.qualifiedName
      counts[name, default: 0] += 1
      guard first[name] == nil else { continue }
      first[name] = child
      names.append(name)
    }
    let children = names.compactMap { name in
      first[name].map { child in
        let count = counts[name] ?? 1
        return (count > 1 ? "\(count) of " : "") + outline(child, depth: depth + 1)
      }
    }
    return children.isEmpty ? text : text + "(\(children.joined(separator: ", ")))"
  }
}
