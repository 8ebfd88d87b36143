/// Turns the bytes of an XML document into UTF-8 before libxml2 sees them: strictly, and by the charset the
/// manifest or else the document's own declaration names.
enum XMLInputDecoder {
  /// How far a declaration is looked for.
  static let declarationBytes = 1024

  static func charset(of bytes: [UInt8], override: Charset?) throws(DocumentError) -> Charset {
    let start = bytes.prefix(4)
    if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) || start.contains(0) {
      if start.first == 0xFF || start.first == 0xFE || start.contains(UInt8(ascii: "<")) {
        throw DocumentError(
          .unknownCharset, "the document is UTF-16 or UTF-32; only UTF-8 and GB18030 (GBK, GB2312) are read")
      }
      throw zeroByte(at: start.firstIndex(of: 0) ?? 0)
    }
    if let override { return override }
    if start.starts(with: Charset.byteOrderMark) { return .utf8 }
    guard let name = declaredName(bytes) else { return .utf8 }
    guard let charset = Charset(name: name) else {
      throw DocumentError(
        .unknownCharset,
        "the document declares the encoding '\(name)'; known are \(Charset.knownNames.joined(separator: ", ")). Set the charset if the declaration is wrong"
      )
    }
    return charset
  }

  static func zeroByte(at offset: Int) -> DocumentError {
    DocumentError(
      .syntax, "a zero byte, which XML does not allow; the text is not what it was said to be",
      position: DocumentPosition(line: 1, column: offset + 1, offset: offset))
  }

  /// The encoding that `<?xml … encoding="…"?>` names; nil without one.
  private static func declaredName(_ bytes: [UInt8]) -> String? {
    let head = bytes.prefix(declarationBytes)
    guard head.starts(with: "<?xml".utf8), let end = head.firstIndex(of: UInt8(ascii: ">")) else {
      return nil
    }
    var rest = head[..<end]
    let word = Array("encoding".utf8)
    while let start = rest.firstIndex(of: word[0]) {
      rest = rest[start...]
      if rest.starts(with: word) {
        rest = rest.dropFirst(word.count).drop(while: isBlank)
        if rest.first == UInt8(ascii: "=") { break }
      } else {
        rest = rest.dropFirst()
      }
    }
    rest = rest.dropFirst().drop(while: isBlank)
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      return nil
    }
    let name = rest.dropFirst().prefix { $0 != quote }
    let allowed = name.prefix(40).filter { ($0 >= 0x2B && $0 <= 0x7A) }
    return allowed.isEmpty ? nil : String(decoding: allowed, as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
