/// The rows of a table of comma-separated values (RFC 4180): fields in quotes may hold commas, line breaks and doubled
/// quotes. Lines end with CRLF or LF; the last one need not. A line without anything is no row.
public struct CSVRows: Sendable {
  public struct Row: Hashable, Sendable {
    /// Where it begins, from 1.
    public let line: Int
    public let fields: [String]
  }

  public let rows: [Row]

  /// - Parameter bytes: UTF-8.
  /// - Throws: `syntax` for a quote that is not closed, or text beside one; `limit` for more than `most` rows.
  public init(parsing bytes: [UInt8], most: Int) throws(DocumentError) {
    var rows: [Row] = []
    var (fields, field) = ([String](), [UInt8]())
    var (line, start, place) = (1, 1, 0)
    var isQuoted = false
    func fail(_ message: String) -> DocumentError {
      DocumentError(
        .syntax, message, position: DocumentPosition(offset: min(place, bytes.count), in: bytes.span))
    }
    while place <= bytes.count {
      let byte = place < bytes.count ? bytes[place] : UInt8(ascii: "\n")
      switch byte {
      case UInt8(ascii: "\"") where field.isEmpty && !isQuoted:
        isQuoted = true
        place += 1
        while true {
          guard place < bytes.count else { throw fail("a quote is not closed") }
          if bytes[place] == UInt8(ascii: "\"") {
            guard place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "\"") else { break }
            place += 1
          }
          if bytes[place] == UInt8(ascii: "\n") { line += 1 }
          field.append(bytes[place])
          place += 1
        }
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if byte == UInt8(ascii: "\n"), !isQuoted, field.last == UInt8(ascii: "\r") { field.removeLast() }
        fields.append(String(decoding: field, as: UTF8.self))
        (field, isQuoted) = ([], false)
        guard byte == UInt8(ascii: "\n") else { break }
        if fields != [""] {
          guard rows.count < most else {
            throw DocumentError(.limit, "there are more than \(most) rows: split the table")
          }
          rows.append(Row(line: start, fields: fields))
        }
        fields = []
        line += 1
        start = line
      case UInt8(ascii: "\r") where isQuoted: break
      default:
        guard !isQuoted, byte != UInt8(ascii: "\"") else {
          throw fail("a quote stands in the middle of a field")
        }
        field.append(byte)
      }
      place += 1
    }
    self.rows = rows
  }
}
