/// A place in a text document.
public struct DocumentPosition: Hashable, Sendable {
  /// Counted from 1; a line ends with LF, CR LF, or a lone CR.
  public var line: Int
  /// Counted from 1, in Unicode scalars (not bytes, not user-perceived characters).
  public var column: Int
  /// Counted from 0, in bytes from the start of the input, a byte order mark included.
  public var offset: Int

  public init(line: Int, column: Int, offset: Int) {
    self.line = line
    self.column = column
    self.offset = offset
  }

  /// The position of the byte at `offset`, found by counting from the start: for errors, not for hot paths.
  /// An offset past the end is the position just behind the last byte.
  public init(offset: Int, in bytes: borrowing Span<UInt8>) {
    self.init(line: 1, column: 1, offset: 0)
    advance(to: offset, in: bytes)
  }

  /// The positions of bytes whose offsets ascend, found in one count through the text.
  static func positions(of offsets: [Int], in bytes: borrowing Span<UInt8>) -> [DocumentPosition] {
    var position = DocumentPosition(line: 1, column: 1, offset: 0)
    var positions: [DocumentPosition] = []
    positions.reserveCapacity(offsets.count)
    for offset in offsets {
      position.advance(to: offset, in: bytes)
      positions.append(position)
    }
    return positions
  }

  private mutating func advance(to target: Int, in bytes: borrowing Span<UInt8>) {
    let end = min(max(target, offset), bytes.count)
    var index = offset
    // A byte order mark takes no column: editors do not show it.
    if index == 0, end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { index = 3 }
    while index < end {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A || (byte == 0x0D && !(index < bytes.count && bytes[index] == 0x0A)) {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    offset = end
  }
}
