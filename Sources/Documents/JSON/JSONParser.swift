/// Reads one JSON text onto a tape: exactly the grammar of RFC 8259, in one pass, without recursion.
///
/// Freedoms the RFC leaves, and how they are taken: a byte order mark before the text is skipped (section 8.1);
/// numbers of any size are kept as written; `\u` escapes that are half of a surrogate pair are accepted, marked
/// and listed, because the grammar allows them although no text can hold them (section 8.2); repeated names are
/// kept, marked and listed (section 4).
///
/// The pointer is good only while `tape(parsing:)` runs, which is why nobody else can make a parser; every access is
/// behind a comparison with `end`.
@safe struct JSONParser: ~Copyable {
  /// An open array or object.
  private struct Frame {
    /// The index of its first word on the tape.
    var header: Int
    var count: Int
    /// How many names were on the stack of names when it was opened; -1 for an array.
    var firstName: Int

    var isObject: Bool { firstName >= 0 }
  }

  let base: UnsafePointer<UInt8>
  let end: Int
  let limits: JSONLimits
  var index = 0
  var words: [UInt64] = []
  var duplicateNames: [UInt64] = []
  var unpairedStrings: [UInt64] = []
  private var frames: [Frame] = []
  private var names: [UInt64] = []
  private var keyCheck = JSONDuplicateKeyCheck()

  /// Parses all of `bytes` or throws at the first byte that the grammar or a limit does not allow.
  static func tape(parsing bytes: [UInt8], limits: JSONLimits) throws(DocumentError) -> JSONTape {
    let allowed = min(limits.maxBytes, JSONLimits.largestText)
    guard bytes.count <= allowed else {
      throw DocumentError(
        .limit,
        "the JSON text has \(bytes.count) bytes, more than the \(allowed) allowed; ask for smaller pages")
    }
    return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(DocumentError) in
      guard let base = buffer.baseAddress else {
        throw DocumentError(
          .syntax, "the JSON text is empty", position: DocumentPosition(line: 1, column: 1, offset: 0))
      }
      var parser = unsafe JSONParser(base: base, end: buffer.count, limits: limits)
      try parser.parse()
      return JSONTape(
        bytes: bytes, words: parser.words, duplicateNames: parser.duplicateNames,
        unpairedStrings: parser.unpairedStrings)
    }
  }

  private init(base: UnsafePointer<UInt8>, end: Int, limits: JSONLimits) {
    unsafe self.base = unsafe base
    self.end = end
    self.limits = limits
    // Records of platforms take about ten bytes of text a word; nested small arrays take fewer.
    words.reserveCapacity(end / 8 + 16)
  }

  private mutating func parse() throws(DocumentError) {
    if end >= 3, unsafe base[0] == 0xEF, unsafe base[1] == 0xBB, unsafe base[2] == 0xBF { index = 3 }
    skipBlanks()
    var frame = Frame(header: -1, count: 0, firstName: -1)
    var nodes = 0

    values: while true {
      // Here a value must start.
      guard index < end else { throw unexpectedEnd(missing: "a value") }
      nodes &+= 1
      if nodes > limits.maxNodes {
        throw failure(
          "the JSON text has more than \(limits.maxNodes) values; ask for smaller pages", code: .limit)
      }
      let byte = unsafe base[index]
      switch byte {
      case UInt8(ascii: "\""):
        _ = try string()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        try number(first: byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard frames.count < limits.maxDepth else {
          throw failure(
            "arrays and objects lie more than \(limits.maxDepth) deep inside one another", code: .limit)
        }
        frames.append(frame)
        frame = Frame(header: words.count, count: 0, firstName: byte == UInt8(ascii: "{") ? names.count : -1)
        words.append(UInt64(truncatingIfNeeded: index))
        words.append(0)
        index &+= 1
        skipBlanks()
        guard index < end else { throw unexpectedEnd(missing: closing(frame.isObject)) }
        if unsafe base[index] == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { break }
        if frame.isObject { try name() }
        continue values
      case UInt8(ascii: "t"): try literal(0x6575_7274, "true", .true)
      case UInt8(ascii: "f"): try literal(0x736C_6166, "false", .false)
      case UInt8(ascii: "n"): try literal(0x6C6C_756E, "null", .null)
      default: throw unexpectedValue()
      }

      // Here a value has ended, or stands before the bracket that closes an empty array or object.
      ends: while true {
        if frame.header < 0 {
          skipBlanks()
          guard index == end else {
            throw failure("the JSON text ends here, but \(found()) follows; a text holds exactly one value")
          }
          return
        }
        skipBlanks()
        guard index < end else { throw unexpectedEnd(missing: "',' or \(closing(frame.isObject))") }
        let byte = unsafe base[index]
        let isEmpty = frame.count == 0 && words.count == frame.header &+ 2
        if byte == UInt8(ascii: ","), !isEmpty {
          frame.count &+= 1
          index &+= 1
          skipBlanks()
          if frame.isObject { try name() }
          continue values
        }
        guard byte == (frame.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw failure("expected ',' or \(closing(frame.isObject)), found \(found())")
        }
        if !isEmpty { frame.count &+= 1 }
        index &+= 1
        try close(frame)
        frame = frames.removeLast()
      }
    }
  }

  /// Writes the two words of a finished array or object, now that its size is known.
  private mutating func close(_ frame: Frame) throws(DocumentError) {
    let start = Int(truncatingIfNeeded: words[frame.header])
    var marks: UInt64 = 0
    if frame.isObject {
      if frame.count > 1 {
        let known = duplicateNames.count
        unsafe keyCheck.run(names[frame.firstName...], base: base, end: end, into: &duplicateNames)
        if duplicateNames.count > known {
          marks = JSONWord.duplicates
          if limits.refusesDuplicateKeys {
            index = JSONWord(bits: duplicateNames[known]).start - 1
            throw failure(
              "the name occurs twice in one object, and duplicate names are refused here", code: .forbidden)
          }
        }
      }
      names.removeLast(names.count - frame.firstName)
    }
    words[frame.header] =
      JSONWord(frame.isObject ? .object : .array, start: start, extent: words.count, marks: marks).bits
    words[frame.header &+ 1] = JSONContainerWord(count: frame.count, end: index).bits
  }

  /// A member's name, the colon, and the blanks before the value.
  @inline(__always)
  private mutating func name() throws(DocumentError) {
    guard index < end else { throw unexpectedEnd(missing: "a member name in quotation marks") }
    guard unsafe base[index] == UInt8(ascii: "\"") else {
      throw failure("expected a member name in quotation marks, found \(found())")
    }
    names.append(try string())
    skipBlanks()
    guard index < end else { throw unexpectedEnd(missing: "':'") }
    guard unsafe base[index] == UInt8(ascii: ":") else {
      throw failure("expected ':' after the member name, found \(found())")
    }
    index &+= 1
    skipBlanks()
  }

  @inline(__always)
  private mutating func literal(
    _ pattern: UInt32, _ text: StaticString, _ kind: JSONWord.Kind
  ) throws(DocumentError) {
    let length = text.utf8CodeUnitCount
    let raw = unsafe UnsafeRawPointer(base)
    guard index &+ length <= end,
      unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian == pattern,
      unsafe length == 4 || base[index &+ 4] == UInt8(ascii: "e")
    else { throw failure("expected a value; a word that is not true, false or null starts here") }
    words.append(JSONWord(kind, start: index, extent: length).bits)
    index &+= length
  }

  /// Blanks are exactly these four bytes (RFC 8259, section 2).
  @inline(__always)
  mutating func skipBlanks() {
    while index < end {
      switch unsafe base[index] {
      case 0x20, 0x0A, 0x0D, 0x09: index &+= 1
      default: return
      }
    }
  }
}
