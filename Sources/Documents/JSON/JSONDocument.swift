/// A JSON text that was read whole and found well formed.
///
/// It keeps the bytes as they came (numbers keep their written form) and a tape of where every value stands; strings
/// and numbers are made only when asked for. Copies share the same storage.
public struct JSONDocument: Sendable {
  let tape: JSONTape

  /// Reads all of `bytes`, which must be UTF-8: decode other charsets first (`Charset.decode`).
  ///
  /// Accepts and refuses exactly what RFC 8259 does, within `limits`. A byte order mark is skipped.
  public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(DocumentError) {
    tape = try JSONParser.tape(parsing: bytes, limits: limits)
  }

  /// Reads a text that is at hand as a String: samples, tests, configuration.
  public init(parsing text: String, limits: JSONLimits = .standard) throws(DocumentError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  public var root: JSONValue { JSONValue(tape: tape, index: 0) }

  /// The text as it came, byte order mark included.
  public var bytes: [UInt8] { tape.bytes }

  /// Names that occurred before in the same object, in document order. RFC 8259 allows them and leaves open what they
  /// mean; here the last value counts (as in most readers) and the report lets the caller decide.
  public var duplicateKeys: [JSONDuplicateKey] {
    // Inner objects end, and are checked, before outer ones.
    let words = tape.duplicateNames.map { JSONWord(bits: $0) }.sorted { $0.start < $1.start }
    let positions = tape.positions(words.map { $0.start - 1 })
    return zip(words, positions).map { JSONDuplicateKey(tape: tape, word: $0, position: $1) }
  }

  /// Whether `duplicateKeys` has something to report, without looking up where.
  public var hasDuplicateKeys: Bool { !tape.duplicateNames.isEmpty }

  /// Where strings or names stand that hold an escape like `\uD800` without its other half. The grammar allows it, but
  /// there is no such character: `JSONValue.string` is nil for them, and `JSONValue.text()` throws.
  public var unpairedSurrogates: [DocumentPosition] {
    tape.positions(tape.unpairedStrings.map { JSONWord(bits: $0).start - 1 })
  }
}

/// A member name that occurs more than once in its object.
public struct JSONDuplicateKey: Sendable {
  let tape: JSONTape
  let word: JSONWord

  /// Where the repeated name stands (not the first one).
  public let position: DocumentPosition

  /// The name as text; an unpaired surrogate in it shows as U+FFFD.
  public var name: String { tape.repairedText(word) }

  /// The normalised path of the member, which both values share. Found by walking down from the root: for reports.
  public var path: String { tape.normalizedPath(containing: word.start) }
}
