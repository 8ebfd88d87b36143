// Types of plain scalars by the core schema of YAML 1.2 (§10.3.2). Quoted and block scalars are always texts.

extension YAMLNode {
  /// The text of a plain scalar, which alone is subject to the core schema.
  private var plainText: String? {
    if case .scalar(let text, .plain) = content { text } else { nil }
  }

  /// `~`, `null`, `Null`, `NULL`, or nothing at all.
  public var isNull: Bool {
    switch plainText {
    case "", "~", "null", "Null", "NULL": true
    default: false
    }
  }

  /// The scalar as written, numbers and booleans included: `1.10` is "1.10", `007` is "007". Nil for null.
  public var asText: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// `true` or `false` (also `True`, `TRUE` …). `yes`, `no`, `on`, `off` are texts in YAML 1.2.
  public var asBoolean: Bool? {
    switch plainText {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// A decimal, `0o17` or `0x1F` integer. Nil also when it does not fit 64 bits.
  public var asInteger: Int? {
    guard let text = plainText else { return nil }
    if text.hasPrefix("0o") { return Self.unsigned(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return Self.unsigned(text.dropFirst(2), radix: 16) }
    return Int(text)
  }

  /// The written form of a decimal number (integer or with fraction and exponent); `.inf` and `.nan` are not.
  public var asDecimal: String? {
    guard let text = plainText, Self.isDecimal(text.utf8) else { return nil }
    return text
  }

  private static func unsigned(_ digits: Substring, radix: Int) -> Int? {
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else {
      return nil
    }
    return Int(digits, radix: radix)
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
  private static func isDecimal(_ text: String.UTF8View) -> Bool {
    var rest = text[...]
    func skipSign() {
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    }
    func skipDigits() -> Int {
      let before = rest.count
      rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return before - rest.count
    }
    skipSign()
    let whole = skipDigits()
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = skipDigits()
    }
    guard whole + fraction > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      skipSign()
      guard skipDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
