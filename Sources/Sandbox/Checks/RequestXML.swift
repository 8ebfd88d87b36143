import Documents

/// The little XML of a request: elements with attributes and text, no DTD, no CDATA, no mixed content. Anything else
/// is refused, so that a caller cannot lean on a forgiving reader.
struct RequestXML {
  /// Texts of the leaves by path, `Message/Head/BizMsgID`; attributes as `Message/Data/Query@PageNo`.
  private(set) var values: [String: String] = [:]

  /// Nil when the bytes are not such a document.
  init?(_ body: [UInt8]) {
    guard body.count <= 65_536, let text = RequestXML.decoded(body) else { return nil }
    var path: [Substring] = []
    var rest = text[...]
    if rest.hasPrefix("<?xml") {
      guard let end = rest.firstRange(of: "?>") else { return nil }
      rest = rest[end.upperBound...]
    }
    while let open = rest.firstIndex(of: "<") {
      let content = rest[..<open]
      guard let close = rest[open...].firstIndex(of: ">") else { return nil }
      var tag = rest[rest.index(after: open)..<close]
      rest = rest[rest.index(after: close)...]
      guard let first = tag.first, first != "!", first != "?" else { return nil }
      if first == "/" {
        guard let name = path.popLast(), tag.dropFirst() == name, let value = RequestXML.unescaped(content)
        else {
          return nil
        }
        let key = (path + [name]).joined(separator: "/")
        if values[key] == nil { values[key] = value }
        continue
      }
      guard content.allSatisfy(\.isWhitespace), path.count < 8 else { return nil }
      let isEmpty = tag.hasSuffix("/")
      if isEmpty { tag = tag.dropLast() }
      guard let name = tag.split(whereSeparator: \.isWhitespace).first else { return nil }
      path.append(name)
      guard readAttributes(tag.dropFirst(name.count), of: path.joined(separator: "/")) else { return nil }
      if isEmpty { path.removeLast() }
    }
    guard path.isEmpty, rest.allSatisfy(\.isWhitespace) else { return nil }
  }

  /// Nil also for an empty text.
  subscript(path: String) -> String? {
    let value = values[path]
    return value?.isEmpty == true ? nil : value
  }

  private mutating func readAttributes(_ text: Substring, of path: String) -> Bool {
    var rest = text.drop(while: \.isWhitespace)
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "="), let quote = rest[rest.index(after: equals)...].first,
        quote == "\"" || quote == "'"
      else { return false }
      let start = rest.index(equals, offsetBy: 2)
      guard let end = rest[start...].firstIndex(of: quote),
        let value = RequestXML.unescaped(rest[start..<end])
      else {
        return false
      }
      values[path + "@" + rest[..<equals]] = value
      rest = rest[rest.index(after: end)...].drop(while: \.isWhitespace)
    }
    return true
  }

  private static func decoded(_ body: [UInt8]) -> String? {
    let declaration = String(decoding: body.prefix(100), as: UTF8.self).lowercased()
    let charset: Charset = declaration.contains("encoding=\"gb") ? .gb18030 : .utf8
    do {
      return String(decoding: try charset.decode(body), as: UTF8.self)
    } catch {
      return nil
    }
  }

  private static func unescaped(_ text: Substring) -> String? {
    guard text.contains("&") else { return text.trimmingBlanks() }
    var plain = String(text)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      plain = plain.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
    }
    return plain
  }
}

extension Substring {
  fileprivate func trimmingBlanks() -> String {
    var trimmed = drop(while: \.isWhitespace)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return String(trimmed)
  }
}
