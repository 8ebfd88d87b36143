/// Comma-separated values as RFC 4180 has them: lines end with CRLF, and what would break them is quoted.
///
/// Spreadsheets take fields that begin with certain signs for formulas and run them: such a field begins with an
/// apostrophe instead.
public struct CSVText: Sendable {
  public private(set) var bytes: [UInt8] = []

  /// - Parameter hasMark: begins with the byte order mark, by which spreadsheets know UTF-8.
  public init(hasMark: Bool = false) {
    if hasMark { bytes = [0xEF, 0xBB, 0xBF] }
  }

  public mutating func row(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(Self.isFormula(field) ? "'" + field : field)
    }
    bytes += [0x0D, 0x0A]
  }

  private mutating func append(_ field: String) {
    let mustBeQuoted = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0D || byte == 0x0A
    }
    guard mustBeQuoted else {
      bytes += field.utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in field.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Also the wide forms, which some take for the same.
  private static func isFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first else { return false }
    return ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].contains(first)
  }
}
