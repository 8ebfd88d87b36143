extension JSONParser {
  /// A number from its first byte on: `[-] int [frac] [exp]` of RFC 8259, section 6. Kept as written.
  @inline(__always)
  mutating func number(first: UInt8) throws(DocumentError) {
    let start = index
    var position = index
    if first == UInt8(ascii: "-") { position &+= 1 }
    if position < end, unsafe base[position] == UInt8(ascii: "0") {
      position &+= 1
      if isDigit(position) {
        index = position
        throw failure("a number has no leading zeros; write it without them, or as a string")
      }
    } else {
      position = try digits(from: position, after: "'-'")
    }
    if position < end {
      var byte = unsafe base[position]
      if byte == UInt8(ascii: ".") {
        position = try digits(from: position &+ 1, after: "the decimal point")
        byte = position < end ? unsafe base[position] : 0
      }
      if byte | 0x20 == UInt8(ascii: "e") {
        position &+= 1
        if position < end, unsafe base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
          position &+= 1
        }
        position = try digits(from: position, after: "the exponent's 'e'")
      }
    }
    words.append(JSONWord(.number, start: start, extent: position &- start).bits)
    index = position
  }

  /// One digit or more; returns the position behind the last.
  @inline(__always)
  private mutating func digits(from start: Int, after what: StaticString) throws(DocumentError) -> Int {
    var position = start
    while isDigit(position) { position &+= 1 }
    if position == start {
      index = position
      throw failure("expected a digit after \(what) of a number, found \(found())")
    }
    return position
  }

  @inline(__always)
  private func isDigit(_ position: Int) -> Bool {
    position < end && (unsafe base[position]) &- UInt8(ascii: "0") <= 9
  }
}
