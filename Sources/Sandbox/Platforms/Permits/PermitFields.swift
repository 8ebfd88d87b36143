import Crypto
import Documents

/// The texts and files of a message by their places, so that what a window asks for is said once for JSON and XML.
enum PermitFields {
  /// Where a message keeps its files, and what their members are called.
  struct FileNames {
    var list: String
    var kind: String
    var name: String
    var size: String
    var sm3: String
    /// Base64; nil where the content comes beside the message.
    var content: String?
  }

  static func read(_ value: JSONValue, _ files: FileNames, into call: inout PermitCall) {
    collect(value, "", into: &call.fields)
    for element in value[files.list]?.elements.map({ $0 }) ?? [] {
      func text(_ name: String) -> String { element[name]?.scalarText ?? "" }
      call.files.append(file(files, text))
    }
  }

  static func read(_ element: XMLElement, _ files: FileNames, into call: inout PermitCall) {
    for child in element.children {
      if child.name == files.list {
        func text(_ name: String) -> String { child.firstChild(named: name)?.text ?? "" }
        call.files.append(file(files, text))
        continue
      }
      var isLeaf = true
      for column in child.children {
        isLeaf = false
        call.fields["\(child.name).\(column.name)"] = column.text
      }
      if isLeaf { call.fields[child.name] = child.text }
    }
  }

  private static func file(_ names: FileNames, _ text: (String) -> String) -> PermitCall.File {
    PermitCall.File(
      kind: text(names.kind), name: text(names.name), size: text(names.size), sm3: text(names.sm3),
      bytes: names.content.flatMap { name -> [UInt8]? in
        let content = text(name)
        guard !content.isEmpty else { return nil }
        return try? Base64.decode(content)
      })
  }

  private static func collect(_ value: JSONValue, _ place: String, into fields: inout [String: String]) {
    for member in value.members {
      let here = place.isEmpty ? member.key : "\(place).\(member.key)"
      if member.value.isObject {
        collect(member.value, here, into: &fields)
      } else if let text = member.value.scalarText {
        fields[here] = text
      }
    }
  }
}

/// JSON as the windows read it.
enum PermitJSON {
  static func root(of body: [UInt8]) throws(Refusal) -> JSONValue {
    do throws(DocumentError) {
      return try JSONDocument(parsing: body).root
    } catch {
      throw Refusal(PermitWindow.Code.badParameter, "不是 JSON")
    }
  }
}

/// XML as the windows write it.
enum PermitXML {
  /// An element with a text.
  static func element(_ name: String, _ text: String?) -> String {
    guard let text else { return "" }
    var escaped = ""
    for character in text {
      switch character {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return "<\(name)>\(escaped)</\(name)>"
  }

  static func elements(_ members: [(name: String, text: String)]) -> String {
    members.map { element($0.name, $0.text) }.joined()
  }

  static func root(of body: [UInt8]) throws(Refusal) -> XMLElement {
    do throws(DocumentError) {
      return try XMLDocument(parsing: body).root
    } catch {
      throw Refusal(PermitWindow.Code.badParameter, "报文不是规定的 XML")
    }
  }
}
