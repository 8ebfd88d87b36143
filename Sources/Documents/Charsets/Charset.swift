/// The charsets in which platforms write. Everything inside is UTF-8; conversion happens once, at the border.
public enum Charset: String, Hashable, Sendable, CaseIterable {
  case utf8 = "utf-8"
  /// GB 18030-2005 as glibc knows it: a superset of GBK, CP936 and GB 2312, so those names mean this one too.
  case gb18030

  /// The charset with that name as written in manifests, HTTP headers and XML declarations; the case does not
  /// matter. nil for a name nobody here knows.
  public init?(name: some StringProtocol) {
    switch name.lowercased() {
    case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
    case "gb18030", "gb-18030", "gbk", "gb2312", "gb-2312", "gb_2312-80", "euc-cn", "cp936", "ms936",
      "windows-936", "x-gbk":
      self = .gb18030
    default: return nil
    }
  }

  /// The names `init(name:)` understands, for messages that list what may be written.
  public static let knownNames = ["utf-8", "gb18030", "gbk", "gb2312", "cp936"]

  /// `bytes` as UTF-8 without a byte order mark.
  ///
  /// Strict: the first damaged or cut-off character is an error with its byte offset in `bytes`; nothing is ever
  /// replaced. UTF-8 input without a mark is returned as it came, without a copy.
  public func decode(_ bytes: [UInt8]) throws(DocumentError) -> [UInt8] {
    switch self {
    case .utf8:
      if let offset = UTF8Validation.firstDamage(in: bytes.span) {
        throw DocumentError(
          .damagedCharacter,
          "the bytes at offset \(offset) are not UTF-8; if the platform sends GBK or GB18030, set the charset",
          position: DocumentPosition(offset: offset, in: bytes.span))
      }
      return bytes.starts(with: Self.byteOrderMark) ? Array(bytes[3...]) : bytes
    case .gb18030:
      let text = try CharsetConversion.run(bytes, from: "GB18030", to: "UTF-8") { offset in
        DocumentError(
          .damagedCharacter,
          "the bytes at offset \(offset) are not GB18030 (GBK, GB2312); if the platform sends UTF-8, set the charset",
          position: DocumentPosition(gb18030Offset: offset, in: bytes.span))
      }
      return text.starts(with: Self.byteOrderMark) ? Array(text[3...]) : text
    }
  }

  /// UTF-8 text as bytes of this charset. Damaged UTF-8 is an error with its byte offset in `utf8`, and so is a character
  /// without a place in the charset: for GB 18030 those are 24 characters of the private use area, no others.
  public func encode(_ utf8: [UInt8]) throws(DocumentError) -> [UInt8] {
    if let offset = UTF8Validation.firstDamage(in: utf8.span) {
      throw DocumentError(
        .damagedCharacter, "the text to encode is not UTF-8 at offset \(offset)",
        position: DocumentPosition(offset: offset, in: utf8.span))
    }
    switch self {
    case .utf8: return utf8
    case .gb18030:
      return try CharsetConversion.run(utf8, from: "UTF-8", to: "GB18030") { offset in
        DocumentError(
          .unencodableCharacter, "the character at offset \(offset) cannot be written in GB18030",
          position: DocumentPosition(offset: offset, in: utf8.span))
      }
    }
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension DocumentPosition {
  /// Line and column counted in GB18030 characters up to `offset`, before which the bytes are well formed.
  init(gb18030Offset offset: Int, in bytes: borrowing Span<UInt8>) {
    var line = 1
    var column = 1
    var index = 0
    while index < offset {
      let byte = bytes[index]
      if byte >= 0x80 {
        // Two bytes, or four when the second is a digit.
        let isLong = index + 1 < bytes.count && 0x30...0x39 ~= bytes[index + 1]
        index += isLong ? 4 : 2
        column += 1
        continue
      }
      index += 1
      if byte == 0x0A || (byte == 0x0D && !(index < bytes.count && bytes[index] == 0x0A)) {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    self.init(line: line, column: column, offset: offset)
  }
}
