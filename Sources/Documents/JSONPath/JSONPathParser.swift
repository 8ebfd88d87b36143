/// Parses a query by the grammar of RFC 9535 (collected in its appendix A) and checks that it is well typed.
struct JSONPathParser {
  let text: String
  let bytes: [UInt8]
  var index = 0
  private var depth = 0

  /// Parentheses, filters and function arguments inside one another.
  private static let maxDepth = 100
  /// Integers stay within ±(2⁵³ − 1), the range I-JSON guarantees (section 2.1).
  private static let largestInteger = 1 << 53 - 1

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// jsonpath-query = root-identifier segments
  mutating func query() throws(DocumentError) -> JSONPathQuery {
    guard current == UInt8(ascii: "$") else { throw failure("a JSONPath starts with '$'") }
    index += 1
    let query = JSONPathQuery(origin: .root, segments: try segments())
    guard index == bytes.count else {
      throw failure(
        isBlank(current) ? "no blanks may follow the path" : "expected '.', '..' or '[', found \(found)")
    }
    return query
  }

  // segments = *(S segment)
  mutating func segments() throws(DocumentError) -> [JSONPathSegment] {
    var segments: [JSONPathSegment] = []
    while true {
      let start = index
      skipBlanks()
      guard let segment = try segment() else {
        index = start
        return segments
      }
      segments.append(segment)
    }
  }

  private mutating func segment() throws(DocumentError) -> JSONPathSegment? {
    switch current {
    case UInt8(ascii: "["):
      return JSONPathSegment(isDescendant: false, selectors: try bracketedSelection())
    case UInt8(ascii: "."):
      index += 1
      guard current == UInt8(ascii: ".") else {
        return JSONPathSegment(isDescendant: false, selectors: [try shorthand(after: "'.'")])
      }
      index += 1
      let selectors =
        current == UInt8(ascii: "[") ? try bracketedSelection() : [try shorthand(after: "'..'")]
      return JSONPathSegment(isDescendant: true, selectors: selectors)
    default: return nil
    }
  }

  // wildcard-selector / member-name-shorthand
  private mutating func shorthand(after what: String) throws(DocumentError) -> JSONPathSelector {
    if current == UInt8(ascii: "*") {
      index += 1
      return .wildcard
    }
    let start = index
    while let byte = current, Self.isNameByte(byte), index > start || !Self.isDigit(byte) { index += 1 }
    guard index > start else {
      throw failure(
        "expected a member name or '*' right after \(what), found \(found); other names go in brackets and quotation marks: ['…']"
      )
    }
    return .name(Array(bytes[start..<index]))
  }

  // bracketed-selection = "[" S selector *(S "," S selector) S "]"
  private mutating func bracketedSelection() throws(DocumentError) -> [JSONPathSelector] {
    index += 1
    var selectors: [JSONPathSelector] = []
    while true {
      skipBlanks()
      selectors.append(try selector())
      skipBlanks()
      switch current {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        index += 1
        return selectors
      default: throw failure("expected ',' or ']', found \(found)")
      }
    }
  }

  private mutating func selector() throws(DocumentError) -> JSONPathSelector {
    switch current ?? 0 {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .name(try stringLiteral())
    case UInt8(ascii: "*"):
      index += 1
      return .wildcard
    case UInt8(ascii: "?"):
      index += 1
      skipBlanks()
      return .filter(try nested { (parser) throws(DocumentError) in try parser.condition() })
    case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try indexOrSlice()
    default:
      throw failure("expected a name in quotation marks, an index, a slice, '*' or '?', found \(found)")
    }
  }

  // index-selector = int; slice-selector = [start S] ":" S [end S] [":" [S step]]
  private mutating func indexOrSlice() throws(DocumentError) -> JSONPathSelector {
    let start = try optionalInteger()
    let behind = index
    skipBlanks()
    guard current == UInt8(ascii: ":") else {
      index = behind
      guard let start else { throw failure("expected an index, found \(found)") }
      return .index(start)
    }
    index += 1
    skipBlanks()
    let end = try optionalInteger()
    if end != nil { skipBlanks() }
    var step = 1
    if current == UInt8(ascii: ":") {
      index += 1
      let behind = index
      skipBlanks()
      if let integer = try optionalInteger() { step = integer } else { index = behind }
    }
    return .slice(start: start, end: end, step: step)
  }

  // int = "0" / (["-"] DIGIT1 *DIGIT)
  private mutating func optionalInteger() throws(DocumentError) -> Int? {
    let start = index
    let isNegative = current == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let firstDigit = index
    var value = 0
    while let byte = current, Self.isDigit(byte) {
      value = min(value * 10 + Int(byte - UInt8(ascii: "0")), Self.largestInteger + 1)
      index += 1
    }
    let digits = index - firstDigit
    guard digits > 0 else {
      if isNegative { throw failure("expected a digit right after '-', found \(found)") }
      return nil
    }
    if bytes[firstDigit] == UInt8(ascii: "0"), digits > 1 || isNegative {
      index = start
      throw failure("an integer has no leading zeros, and zero has no sign")
    }
    guard value <= Self.largestInteger else {
      index = start
      throw failure("an integer lies between -9007199254740991 and 9007199254740991")
    }
    return isNegative ? -value : value
  }

  // Tools

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// S = *B; blanks are space, tab, line feed and carriage return.
  mutating func skipBlanks() {
    while isBlank(current) { index += 1 }
  }

  private func isBlank(_ byte: UInt8?) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: true
    default: false
    }
  }

  mutating func nested<Result>(
    _ body: (inout JSONPathParser) throws(DocumentError) -> Result
  ) throws(DocumentError) -> Result {
    guard depth < Self.maxDepth else {
      throw failure("filters and parentheses lie more than \(Self.maxDepth) deep inside one another")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// name-char; a name does not start with a digit.
  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      0x80...:
      true
    default: isDigit(byte)
    }
  }

  /// The character at `index` in words.
  var found: String {
    guard index < bytes.count else { return "the end of the path" }
    let rest = String(decoding: bytes[index...].prefix(4), as: UTF8.self)
    return rest.unicodeScalars.first.map { $0.value < 0x20 ? "a control character" : "'\($0)'" } ?? "nothing"
  }

  func failure(_ message: String, at offset: Int? = nil) -> DocumentError {
    DocumentError(
      .expression, "not a JSONPath (RFC 9535): \(message)",
      position: DocumentPosition(offset: offset ?? index, in: bytes.span))
  }
}
