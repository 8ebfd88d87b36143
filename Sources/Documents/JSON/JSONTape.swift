/// A word of the tape: where a value stands in the text, and of what kind it is.
///
/// Scalars and member names take one word. An array or object takes two, then its children follow (an object's as
/// name, value, name, value …), so that a walk over the tape is a walk over the document in its own order.
struct JSONWord {
  enum Kind: UInt8 {
    case null, `false`, `true`, number, string, array, object
  }

  var bits: UInt64

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  /// Bits 0–27 `start`, 28–55 `extent`, 56–59 kind, 60–62 marks.
  @inline(__always)
  init(_ kind: Kind, start: Int, extent: Int, marks: UInt64 = 0) {
    bits =
      UInt64(truncatingIfNeeded: start) | UInt64(truncatingIfNeeded: extent) &<< 28
      | UInt64(truncatingIfNeeded: kind.rawValue) &<< 56 | marks
  }

  /// A string with at least one escape sequence: its bytes are not its text.
  static let escaped: UInt64 = 1 << 60
  /// A string with a surrogate escape that is not half of a pair: it has no text in Unicode's sense.
  static let unpaired: UInt64 = 1 << 61
  /// An object in which a name occurs more than once.
  static let duplicates: UInt64 = 1 << 62

  /// Bytes from the start of the text; for a string, of the first byte behind the quotation mark.
  @inline(__always)
  var start: Int { Int(truncatingIfNeeded: bits & 0xFFF_FFFF) }

  /// Scalars: the length in bytes (a string's without its quotation marks). Arrays and objects: the index on the
  /// tape of the word behind their last child.
  @inline(__always)
  var extent: Int { Int(truncatingIfNeeded: (bits &>> 28) & 0xFFF_FFFF) }

  @inline(__always)
  var kind: Kind { unsafe unsafeBitCast(UInt8(truncatingIfNeeded: (bits &>> 56) & 0xF), to: Kind.self) }

  @inline(__always)
  var isContainer: Bool { bits &>> 56 & 0xF >= 5 }

  @inline(__always)
  func has(_ mark: UInt64) -> Bool { bits & mark != 0 }
}

/// The second word of an array or object.
struct JSONContainerWord {
  var bits: UInt64

  @inline(__always)
  init(bits: UInt64) { self.bits = bits }

  @inline(__always)
  init(count: Int, end: Int) {
    bits = UInt64(truncatingIfNeeded: count) | UInt64(truncatingIfNeeded: end) &<< 28
  }

  /// Elements, or members.
  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: bits & 0xFFF_FFFF) }

  /// Bytes from the start of the text to behind the closing bracket.
  @inline(__always)
  var end: Int { Int(truncatingIfNeeded: bits &>> 28) }
}

/// The text and its tape, shared by all cursors into it and never changed.
final class JSONTape: Sendable {
  let bytes: [UInt8]
  let words: [UInt64]
  /// Words of the member names that had occurred before in their object, in the order the objects end.
  let duplicateNames: [UInt64]
  /// Words of strings and names that hold an unpaired surrogate, in document order.
  let unpairedStrings: [UInt64]

  init(bytes: [UInt8], words: [UInt64], duplicateNames: [UInt64], unpairedStrings: [UInt64]) {
    self.bytes = bytes
    self.words = words
    self.duplicateNames = duplicateNames
    self.unpairedStrings = unpairedStrings
  }

  /// Line and column of a byte, found by counting.
  func position(_ offset: Int) -> DocumentPosition {
    let bytes = bytes
    return DocumentPosition(offset: offset, in: bytes.span)
  }

  /// Lines and columns of bytes whose offsets ascend.
  func positions(_ offsets: [Int]) -> [DocumentPosition] {
    let bytes = bytes
    return DocumentPosition.positions(of: offsets, in: bytes.span)
  }

  @inline(__always)
  func word(_ index: Int) -> JSONWord { JSONWord(bits: words[index]) }

  @inline(__always)
  func container(_ index: Int) -> JSONContainerWord { JSONContainerWord(bits: words[index &+ 1]) }

  /// The index behind the value at `index`.
  @inline(__always)
  func next(_ index: Int) -> Int {
    let word = word(index)
    return word.isContainer ? word.extent : index &+ 1
  }
}
