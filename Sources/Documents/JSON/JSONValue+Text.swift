import Glibc

extension JSONValue {
  /// The text of a string, escapes resolved. nil for other kinds, and for a string with an unpaired surrogate escape,
  /// which no String can hold (`hasUnpairedSurrogate`, `text()`).
  public var string: String? {
    let word = word
    guard word.kind == .string, !word.has(JSONWord.unpaired) else { return nil }
    return tape.repairedText(word)
  }

  /// A string in the grammar's sense that is no text: it holds half of a surrogate pair.
  public var hasUnpairedSurrogate: Bool { word.has(JSONWord.unpaired) }

  /// The text of a string, or an error that says why there is none, with position and path.
  public func text() throws(DocumentError) -> String {
    if let string { return string }
    guard word.kind == .string else {
      throw DocumentError(
        .wrongKind, "expected a string, found \(kind.rawValue)", position: position, path: normalizedPath)
    }
    throw DocumentError(
      .damagedCharacter, "the string holds an escape that is half of a surrogate pair, which is no character",
      position: position, path: normalizedPath)
  }

  /// What a scalar says, whether or not the platform put it in quotation marks: a string's text, a number as written,
  /// `true` or `false`. nil for null, arrays, objects and strings that are no text.
  public var scalarText: String? {
    switch word.kind {
    case .string: string
    case .number: numberText
    case .true: "true"
    case .false: "false"
    default: nil
    }
  }

  /// Lends the UTF-8 text of a string without making a String; without a copy, too, if the string has no escapes.
  /// nil, and `body` is not called, where `string` is nil.
  public func withUTF8<Result, Failure: Error>(
    _ body: (borrowing Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    let word = word
    guard word.kind == .string, !word.has(JSONWord.unpaired) else { return nil }
    return try tape.withContent(word, body)
  }

  /// Lends the bytes of a scalar: a string's text as by `withUTF8`, a number as written, `true` or `false`. nil for null,
  /// arrays, objects and strings that are no text.
  public func withScalarUTF8<Result, Failure: Error>(
    _ body: (borrowing Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    let word = word
    switch word.kind {
    case .null, .array, .object: return nil
    case .string where word.has(JSONWord.unpaired): return nil
    default: return try tape.withContent(word, body)
    }
  }

  /// Whether this is a string with exactly that text, without making a String.
  public func isString(_ text: String) -> Bool {
    let word = word
    guard word.kind == .string else { return false }
    var text = text
    return text.withUTF8 { unsafe tape.equals(word, $0) }
  }

  /// Whether this is a string with exactly that UTF-8 text.
  public func isString(utf8: [UInt8]) -> Bool {
    let word = word
    guard word.kind == .string else { return false }
    return unsafe utf8.withUnsafeBufferPointer { unsafe tape.equals(word, $0) }
  }
}

extension JSONTape {
  /// The text of a string's word; each unpaired surrogate becomes U+FFFD.
  func repairedText(_ word: JSONWord) -> String {
    let content = word.start..<(word.start + word.extent)
    guard word.has(JSONWord.escaped) else { return String(decoding: bytes[content], as: UTF8.self) }
    let bytes = bytes
    return String(decoding: JSONEscapes.unescaped(bytes.span.extracting(content)), as: UTF8.self)
  }

  /// Lends the content of a string, escapes resolved, or of another scalar as written.
  @inline(__always)
  func withContent<Result, Failure: Error>(
    _ word: JSONWord, _ body: (borrowing Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = bytes
    let content = bytes.span.extracting(word.start..<(word.start &+ word.extent))
    guard word.has(JSONWord.escaped) else { return try body(content) }
    let unescaped = JSONEscapes.unescaped(content)
    return try body(unescaped.span)
  }

  /// Whether a string's word has exactly that text.
  @inline(__always)
  func equals(_ word: JSONWord, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if !word.has(JSONWord.escaped) {
      guard word.extent == text.count else { return false }
      guard let other = text.baseAddress else { return true }
      return unsafe bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return false }
        return unsafe memcmp(base + word.start, other, text.count) == 0
      }
    }
    let bytes = bytes
    let content = JSONEscapes.unescaped(bytes.span.extracting(word.start..<(word.start + word.extent)))
    return unsafe content.elementsEqual(text)
  }
}
