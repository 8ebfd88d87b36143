import Documents

/// The body of a call, parsed.
enum InboundDocument {
  case message(Answer)
  case form([String: String])

  /// - Parameter contentType: may name the charset where the manifest does not.
  init(
    _ body: [UInt8], _ format: InboundMessage.Format, charset: Charset?, contentType: String?
  ) throws(DocumentError) {
    let charset = charset ?? contentType.flatMap(Self.charset)
    switch format {
    case .json:
      self = .message(Answer(document: .json(try JSONDocument(parsing: (charset ?? .utf8).decode(body)))))
    case .xml: self = .message(Answer(document: .xml(try XMLDocument(parsing: body, charset: charset))))
    case .form: self = .form(try Self.form(body, charset ?? .utf8))
    }
  }

  /// The text at a place; nil where nothing stands there.
  func text(at path: InboundPath) throws(DocumentError) -> String? {
    switch (path, self) {
    case (.answer(let path), .message(let answer)): try answer.text(at: path)
    case (.form(let name), .form(let fields)): fields[name]
    default: preconditionFailure("paths are read in the message's format")
    }
  }

  /// What stands behind `charset=`; nil for one that nobody here knows.
  private static func charset(_ contentType: String) -> Charset? {
    for part in contentType.split(separator: ";").dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "charset" else { continue }
      return Charset(name: pair[1].filter { $0 != " " && $0 != "\"" })
    }
    return nil
  }

  /// The first value of each name.
  private static func form(_ body: [UInt8], _ charset: Charset) throws(DocumentError) -> [String: String] {
    var fields: [String: String] = [:]
    for item in body.split(separator: UInt8(ascii: "&")) {
      let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(decoding: try charset.decode(try unescaped(parts[0])), as: UTF8.self)
      let value = parts.count == 2 ? try charset.decode(try unescaped(parts[1])) : []
      if fields[name] == nil { fields[name] = String(decoding: value, as: UTF8.self) }
    }
    return fields
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) throws(DocumentError) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard index + 2 < text.endIndex, let high = digit(text[index + 1]), let low = digit(text[index + 2])
        else { throw DocumentError(.syntax, "an escape of the form is no two hexadecimal digits") }
        bytes.append(high << 4 | low)
        index += 2
      default: bytes.append(text[index])
      }
      index += 1
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
