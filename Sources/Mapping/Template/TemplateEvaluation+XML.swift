/// Elements in the order of the template. Those with children have a line for each, which means nothing to the reader; a text stands alone.
extension TemplateEvaluation {
  mutating func write(
    _ template: ElementTemplate, _ absence: TemplateAbsence, _ place: String, to message: inout [UInt8]
  ) {
    let path = place.isEmpty ? template.name : "\(place)/\(template.name)"
    guard let list = template.each else { return writeOne(template, absence, path, to: &message) }
    each(list) { evaluation, index in
      evaluation.writeOne(template, absence, "\(path)[\(index + 1)]", to: &message)
    }
  }

  private mutating func writeOne(
    _ template: ElementTemplate, _ absence: TemplateAbsence, _ path: String, to message: inout [UInt8]
  ) {
    if let condition = template.condition, !holds(condition, at: path) { return }
    var content: String?
    if case .text(let value) = template.content {
      content = text(of: value, at: path)?.text
      if content == nil, absence == .omit { return }
    }
    message += Array("<\(template.name)".utf8)
    for (name, value) in template.attributes {
      let found = text(of: value, at: "\(path)/@\(name)")?.text
      guard let text = found ?? (absence == .empty ? "" : nil) else { continue }
      message += Array(" \(name)=\"".utf8)
      append(text, "\(path)/@\(name)", isAttribute: true, to: &message)
      message.append(UInt8(ascii: "\""))
    }
    switch template.content {
    case .nothing: message += Array("/>\n".utf8)
    case .text:
      message.append(UInt8(ascii: ">"))
      append(content ?? "", path, isAttribute: false, to: &message)
      message += Array("</\(template.name)>\n".utf8)
    case .children(let children):
      message += Array(">\n".utf8)
      for child in children { write(child, absence, path, to: &message) }
      message += Array("</\(template.name)>\n".utf8)
    }
  }

  /// A text so that it is read back as it is. What XML cannot carry at all is noted.
  private mutating func append(
    _ text: String, _ place: String, isAttribute: Bool, to message: inout [UInt8]
  ) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": message += "&lt;".utf8
      case ">": message += "&gt;".utf8
      case "&": message += "&amp;".utf8
      case "\"" where isAttribute: message += "&quot;".utf8
      // A reader makes a line feed of it, or in an attribute a blank.
      case "\r": message += "&#13;".utf8
      case "\n" where isAttribute, "\t" where isAttribute: message += "&#\(scalar.value);".utf8
      case "\n", "\t": message += String(scalar).utf8
      case "\0"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
        note("unwritable", place, "", "the text holds a character that XML cannot carry")
        return
      default: message += String(scalar).utf8
      }
    }
  }
}
