/// Decodes a document that comes in pieces, cut anywhere, even inside a character.
struct XMLChunkDecoder {
  private let override: Charset?
  private var charset: Charset?
  /// Bytes received and not yet passed on: the beginning until its charset is known, then part of a character.
  private var pending: [UInt8] = []
  /// Bytes passed on, for the offsets of errors.
  private var passed = 0

  init(override: Charset?) {
    self.override = override
  }

  /// The text of what is complete so far, in UTF-8.
  mutating func decode(_ bytes: [UInt8], isLast: Bool = false) throws(DocumentError) -> [UInt8] {
    var bytes = pending.isEmpty ? bytes : pending + bytes
    pending = []
    let charset: Charset
    if let known = self.charset {
      charset = known
    } else {
      guard isLast || bytes.count >= XMLInputDecoder.declarationBytes || Self.hasDeclaration(bytes) else {
        pending = bytes
        return []
      }
      charset = try XMLInputDecoder.charset(of: bytes, override: override)
      self.charset = charset
      if charset == .utf8, bytes.starts(with: Charset.byteOrderMark) {
        bytes.removeFirst(Charset.byteOrderMark.count)
        passed += Charset.byteOrderMark.count
      }
    }
    if !isLast {
      let cut = charset == .utf8 ? Self.utf8Cut(bytes) : Self.gb18030Cut(bytes)
      if cut < bytes.count {
        guard bytes.count - cut <= 1 << 20 else {
          throw DocumentError(.limit, "1 MiB without any ASCII character", position: place(passed + cut))
        }
        pending = Array(bytes[cut...])
        bytes.removeLast(bytes.count - cut)
      }
    }
    defer { passed += bytes.count }
    return try text(bytes, charset)
  }

  private func text(_ bytes: [UInt8], _ charset: Charset) throws(DocumentError) -> [UInt8] {
    switch charset {
    case .utf8:
      if let offset = UTF8Validation.firstDamage(in: bytes.span) { throw damage(offset, "UTF-8") }
      if let zero = bytes.firstIndex(of: 0) { throw XMLInputDecoder.zeroByte(at: passed + zero) }
      return bytes
    case .gb18030:
      let text = try CharsetConversion.run(bytes, from: "GB18030", to: "UTF-8") { damage($0, "GB18030") }
      if text.contains(0), let zero = bytes.firstIndex(of: 0) {
        throw XMLInputDecoder.zeroByte(at: passed + zero)
      }
      return passed == 0 && text.starts(with: Charset.byteOrderMark) ? Array(text[3...]) : text
    }
  }

  private func damage(_ offset: Int, _ name: String) -> DocumentError {
    DocumentError(
      .damagedCharacter,
      "the bytes at offset \(passed + offset) are not \(name); if the platform sends another charset, set it",
      position: place(passed + offset))
  }

  /// A stream keeps no lines; the offset is what counts.
  private func place(_ offset: Int) -> DocumentPosition {
    DocumentPosition(line: 1, column: offset + 1, offset: offset)
  }

  private static func hasDeclaration(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 8 else { return false }
    return !bytes.starts(with: "<?xml".utf8) || bytes.contains(UInt8(ascii: ">"))
  }

  /// Behind the last complete character; what is damaged is left for the decoder to find.
  private static func utf8Cut(_ bytes: [UInt8]) -> Int {
    var start = bytes.count
    while start > 0, bytes.count - start < 4 {
      start -= 1
      let byte = bytes[start]
      if byte < 0x80 { return bytes.count }
      if byte >= 0xC0 {
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        return bytes.count - start >= length ? bytes.count : start
      }
    }
    return bytes.count
  }

  /// Behind the last byte that cannot be the second, third or fourth of a character.
  private static func gb18030Cut(_ bytes: [UInt8]) -> Int {
    for index in bytes.indices.reversed() where bytes[index] < 0x30 || (0x3A...0x3F).contains(bytes[index]) {
      return index + 1
    }
    return 0
  }
}
