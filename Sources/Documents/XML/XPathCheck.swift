/// What can be said about an expression before libxml2 compiles it: functions and axes that do not exist (with the
/// nearest that does), variables, and whether it is too long or too deep for the compiler's recursion.
struct XPathCheck {
  static let maxBytes = 8192
  static let maxSteps = 256
  static let maxNesting = 64
  private static let maxTokens = 1000

  private static let functions = [
    "last", "position", "count", "id", "local-name", "namespace-uri", "name", "string", "concat",
    "starts-with",
    "contains", "substring-before", "substring-after", "substring", "string-length", "normalize-space",
    "translate", "boolean", "not", "true", "false", "lang", "number", "sum", "floor", "ceiling", "round",
  ]
  private static let nodeTypes = ["comment", "text", "processing-instruction", "node"]
  private static let axes = [
    "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
    "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
  ]

  private let bytes: [UInt8]
  private var index = 0
  /// After an operand a name is an operator (§3.7 of the recommendation).
  private var operandBefore = false
  private var tokens = 0
  /// The open brackets and where they stand.
  private var open: [(bracket: UInt8, offset: Int)] = []
  private var steps = 0
  /// The prefixes the expression uses, each once.
  private(set) var prefixes: [String] = []
  /// Where an absolute path's first name starts that is not ASCII.
  private(set) var bareStarts: [Int] = []

  /// Checks all of `text`.
  init(_ text: String) throws(DocumentError) {
    self.init(bytes: Array(text.utf8))
    guard bytes.count <= Self.maxBytes else {
      throw DocumentError(.limit, "an XPath of more than \(Self.maxBytes) bytes")
    }
    try run()
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func run() throws(DocumentError) {
    while index < bytes.count {
      let byte = bytes[index]
      let start = index
      tokens += 1
      guard tokens <= Self.maxTokens else {
        throw problem(.limit, "an XPath of more than 1000 words", at: start)
      }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        index += 1
        tokens -= 1
      case 0:
        throw problem(.expression, "a zero byte in an XPath", at: start)
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let end = bytes[(index + 1)...].firstIndex(of: byte) else {
          throw problem(.expression, "the text that begins here has no closing quote", at: start)
        }
        index = end + 1
        operandBefore = true
      case UInt8(ascii: "$"):
        throw problem(.expression, "there are no variables here", at: start)
      case UInt8(ascii: "("), UInt8(ascii: "["):
        open.append((byte, start))
        guard open.count <= Self.maxNesting else {
          throw problem(.limit, "an XPath nested too deeply", at: start)
        }
        index += 1
        operandBefore = false
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        guard open.popLast()?.bracket == (byte == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "["))
        else {
          throw problem(.expression, "the bracket that closes here was not opened", at: start)
        }
        index += 1
        operandBefore = true
      case UInt8(ascii: "/"): try slash()
      case UInt8(ascii: "*"):
        index += 1
        // Either the name test or the multiplication sign.
        operandBefore.toggle()
      case UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
        index += 1
        operandBefore = true
      default:
        if Self.isNameStart(byte) {
          try name()
        } else {
          index += 1
          operandBefore = false
        }
      }
    }
    if let last = open.last {
      throw problem(.expression, "the bracket that opens here is not closed", at: last.offset)
    }
  }

  /// `/` or `//`.
  private mutating func slash() throws(DocumentError) {
    let start = index
    let isDouble = peek(1) == UInt8(ascii: "/")
    steps += isDouble ? 2 : 1
    guard steps <= Self.maxSteps else {
      throw problem(.limit, "an XPath of more than 256 steps", at: start)
    }
    index += isDouble ? 2 : 1
    if !operandBefore, !isDouble {
      skipBlanks()
      if let next = peek(0), next >= 0x80 { bareStarts.append(index) }
    }
    operandBefore = false
  }

  /// A name, and what follows says what it names.
  private mutating func name() throws(DocumentError) {
    let start = index
    let first = scanName()
    if operandBefore {
      // Also `1e3`, which libxml2 would take for a number; those of XPath have no exponent (§3.7).
      guard ["and", "or", "mod", "div"].contains(first) else {
        throw problem(.expression, "not a valid XPath: an operator is expected here", at: start)
      }
      operandBefore = false
      return
    }
    operandBefore = true
    var prefix: String?
    if peek(0) == UInt8(ascii: ":"), let next = peek(1), Self.isNameStart(next) || next == UInt8(ascii: "*") {
      prefix = first
      if first != "xml", !prefixes.contains(first) { prefixes.append(first) }
      index += 1
      if next == UInt8(ascii: "*") { index += 1 } else { _ = scanName() }
    }
    skipBlanks()
    if peek(0) == UInt8(ascii: "(") {
      guard prefix == nil else {
        throw problem(.expression, "there are no functions with a prefix here", at: start)
      }
      try require(first, in: Self.functions, or: Self.nodeTypes, "function", at: start)
    } else if prefix == nil, peek(0) == UInt8(ascii: ":"), peek(1) == UInt8(ascii: ":") {
      try require(first, in: Self.axes, or: [], "axis", at: start)
      index += 2
      operandBefore = false
    }
  }

  private func require(
    _ word: String, in words: [String], or others: [String], _ what: String, at start: Int
  ) throws(DocumentError) {
    guard !words.contains(word), !others.contains(word) else { return }
    var message = "there is no \(what) '\(word)' in XPath 1.0"
    if let nearest = Suggestion.nearest(to: word, in: words + others) {
      message += "; did you mean '\(nearest)'?"
    }
    throw problem(.expression, message, at: start)
  }

  private mutating func scanName() -> String {
    let start = index
    while index < bytes.count, Self.isNameStart(bytes[index]) || Self.isNameInside(bytes[index]) {
      index += 1
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while let next = peek(0), next == 0x20 || (0x09...0x0D).contains(next) { index += 1 }
  }

  private func peek(_ distance: Int) -> UInt8? {
    index + distance < bytes.count ? bytes[index + distance] : nil
  }

  private func problem(_ code: DocumentError.Code, _ message: String, at offset: Int) -> DocumentError {
    DocumentError(code, message, position: DocumentPosition(offset: offset, in: bytes.span))
  }

  private static func isNameStart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      0x80...:
      true
    default: false
    }
  }

  private static func isNameInside(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }
}
