/// What a JSON value is.
public enum JSONKind: String, Hashable, Sendable {
  case object, array, string, number, boolean, null
}

/// A value inside a `JSONDocument`: a cursor, as cheap to copy as a reference and an integer.
public struct JSONValue: Sendable {
  let tape: JSONTape
  let index: Int

  @inline(__always)
  init(tape: JSONTape, index: Int) {
    self.tape = tape
    self.index = index
  }

  @inline(__always)
  var word: JSONWord { tape.word(index) }

  public var kind: JSONKind {
    switch word.kind {
    case .null: .null
    case .true, .false: .boolean
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  public var isNull: Bool { word.kind == .null }
  public var isObject: Bool { word.kind == .object }
  public var isArray: Bool { word.kind == .array }
  public var isString: Bool { word.kind == .string }
  public var isNumber: Bool { word.kind == .number }

  /// nil if this is neither true nor false.
  public var boolean: Bool? {
    switch word.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A number exactly as it is written in the text (`"1.10"`, `"1E3"`); nil for other kinds.
  public var numberText: String? {
    let word = word
    return word.kind == .number
      ? String(decoding: tape.bytes[word.start..<(word.start + word.extent)], as: UTF8.self) : nil
  }

  /// A number whose exact value is an integer that fits (`12`, `1.2e1`); nil for other numbers and kinds.
  public var integer: Int? {
    let word = word
    guard word.kind == .number else { return nil }
    return tape.withContent(word) { JSONNumber.integer($0) }
  }

  /// A number as the nearest binary fraction; nil for other kinds and for numbers beyond its range. Amounts and codes
  /// are better read by `numberText`.
  public var double: Double? {
    guard let text = numberText, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// Elements of an array or members of an object; 0 for scalars.
  public var count: Int { word.isContainer ? tape.container(index).count : 0 }

  /// The bytes of the value as written, blanks and all.
  public var writtenBytes: [UInt8] { Array(tape.bytes[writtenRange]) }

  /// Where the value stands in the text, in bytes.
  public var writtenRange: Range<Int> {
    let word = word
    switch word.kind {
    case .array, .object: return word.start..<tape.container(index).end
    case .string: return (word.start - 1)..<(word.start + word.extent + 1)
    default: return word.start..<(word.start + word.extent)
    }
  }

  /// Line, column and byte offset of the value's first byte. Found by counting lines: for reports, not for hot paths.
  public var position: DocumentPosition { tape.position(writtenRange.lowerBound) }

  /// The path of the value from the document's root, such as `$['data'][3]['name']` (RFC 9535, section 2.7). Found by
  /// walking down from the root; a loop over many rows should extend the path of their array instead
  /// (`NormalizedPath`).
  public var normalizedPath: String { tape.normalizedPath(containing: writtenRange.lowerBound) }
}
