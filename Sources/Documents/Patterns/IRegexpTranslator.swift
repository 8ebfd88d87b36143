/// Checks an I-Regexp against the grammar of RFC 9485 section 3 and writes it in PCRE2's language, as its section 5 says.
struct IRegexpTranslator {
  private let scalars: [Unicode.Scalar]
  private let text: String
  private var index = 0
  private var depth = 0
  private var output = ""

  /// Groups inside one another; PCRE2 itself stops at 250.
  private static let maxDepth = 200

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  mutating func translated() throws(DocumentError) -> String {
    try branches()
    guard index == scalars.count else { throw failure("expected the end, found '\(scalars[index])'") }
    return output
  }

  // i-regexp = branch *( "|" branch ); branch = *piece
  private mutating func branches() throws(DocumentError) {
    while let scalar = current {
      switch scalar {
      case "|":
        output += "|"
        index += 1
      case ")": return
      default: try piece()
      }
    }
  }

  // piece = atom [ quantifier ]
  private mutating func piece() throws(DocumentError) {
    guard let scalar = current else { return }
    switch scalar {
    case "(":
      guard depth < Self.maxDepth else {
        throw failure("groups lie more than \(Self.maxDepth) deep inside one another")
      }
      depth += 1
      output += "(?:"
      index += 1
      try branches()
      guard current == ")" else { throw failure("expected ')'") }
      index += 1
      depth -= 1
      output += ")"
    case ".":
      output += "[^\\n\\r]"
      index += 1
    case "[": try characterClass()
    case "\\": try escape()
    case "^", "$":
      // In a group, so that it may be repeated: PCRE2 does not take `^?`.
      output += "(?:\(scalar))"
      index += 1
    case "*", "+", "?", "{":
      throw failure("'\(scalar)' has nothing to repeat; write '\\\(scalar)' for the character")
    case "]", "}": throw failure("'\(scalar)' stands alone; write '\\\(scalar)' for the character")
    default:
      output.unicodeScalars.append(scalar)
      index += 1
    }
    try quantifier()
  }

  // quantifier = "*" / "+" / "?" / "{" 1*DIGIT [ "," [ 1*DIGIT ] ] "}"
  private mutating func quantifier() throws(DocumentError) {
    switch current {
    case "*", "+", "?": copy()
    case "{":
      copy()
      try digits()
      if current == "," {
        copy()
        if current != "}" { try digits() }
      }
      guard current == "}" else { throw failure("expected '}' behind a repetition") }
      copy()
    default: break
    }
  }

  private mutating func digits() throws(DocumentError) {
    guard let scalar = current, "0"..."9" ~= scalar else { throw failure("expected a digit in a repetition") }
    while let scalar = current, "0"..."9" ~= scalar { copy() }
  }

  // SingleCharEsc / charClassEsc, the same outside and inside of a class
  private mutating func escape() throws(DocumentError) {
    index += 1
    switch current {
    case "(", ")", "*", "+", "-", ".", "?", "[", "\\", "]", "^", "n", "r", "t", "{", "|", "}":
      output += "\\"
      copy()
    case "p", "P":
      output += "\\"
      copy()
      try category()
    default:
      throw failure(
        "this escape is not in I-Regexp; it has \\n \\r \\t \\p{…} \\P{…} and escaped punctuation")
    }
  }

  // "{" IsCategory "}"
  private mutating func category() throws(DocumentError) {
    guard current == "{" else { throw failure("expected '{' behind \\p") }
    let start = index
    while let scalar = current, scalar != "}" { index += 1 }
    guard current == "}" else { throw failure("expected '}' behind a category") }
    var name = ""
    name.unicodeScalars.append(contentsOf: scalars[(start + 1)..<index])
    guard Self.categories.contains(name) else {
      index = start + 1
      throw failure("expected a general category of Unicode such as L, Lu or Nd")
    }
    index += 1
    output += "{\(name)}"
  }

  // "[" [ "^" ] ( "-" / CCE1 ) *CCE1 [ "-" ] "]"
  private mutating func characterClass() throws(DocumentError) {
    let start = index
    copy()
    if current == "^" { copy() }
    var isFirst = true
    while true {
      switch current {
      case nil:
        index = start
        throw failure("the character class that starts here has no ']'")
      case "]":
        if isFirst { throw failure("a character class must not be empty") }
        copy()
        return
      case "-":
        guard isFirst || next == "]" else {
          throw failure("'-' stands only first, last or in a range; write '\\-'")
        }
        output += "\\-"
        index += 1
      case "\\" where next == "p" || next == "P": try escape()
      default:
        try classCharacter()
        // A '-' before the bracket is itself; before anything else it makes a range.
        if current == "-", next != "]", next != nil {
          copy()
          try classCharacter()
        }
      }
      isFirst = false
    }
  }

  private mutating func classCharacter() throws(DocumentError) {
    switch current {
    case "\\":
      guard next != "p", next != "P" else {
        throw failure("a range ends with a character, not with a category")
      }
      try escape()
    case nil, "[", "]", "-":
      throw failure("expected a character in a class; '[', ']' and '-' need a '\\' before them")
    case .some(let scalar):
      // Anything PCRE2 could take for syntax inside of a class goes by its number.
      switch scalar {
      case "0"..."9", "a"..."z", "A"..."Z": output.unicodeScalars.append(scalar)
      default: output += "\\x{\(String(scalar.value, radix: 16))}"
      }
      index += 1
    }
  }

  private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
  private var next: Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }

  private mutating func copy() {
    output.unicodeScalars.append(scalars[index])
    index += 1
  }

  private func failure(_ message: String) -> DocumentError {
    var offset = 0
    for scalar in scalars[..<min(index, scalars.count)] { offset += UTF8.width(scalar) }
    return DocumentError(
      .expression, "not an I-Regexp: \(message)", position: DocumentPosition(offset: offset, in: text))
  }

  /// IsCategory of the grammar; surrogates (Cs) are not in it.
  private static let categories: Set<String> = [
    "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe",
    "Pf", "Pi",
    "Po", "Ps", "Z", "Zl", "Zp", "Zs", "S", "Sc", "Sk", "Sm", "So", "C", "Cc", "Cf", "Cn", "Co",
  ]
}
