/// Writes JSON text, value by value, into bytes.
///
///     var writer = JSONWriter()
///     writer.object {
///       $0.member("name", "张三")
///       $0.member("rows") { $0.array { $0.integer(1) } }
///     }
///
/// What is written depends only on the calls: names stay in the order given, text is UTF-8 with only the escapes JSON
/// demands, no blank is added unless a pretty layout is asked for. Calls that would not be JSON (a value where a name
/// belongs, a name in an array) are mistakes of this program and stop it.
public struct JSONWriter: Sendable {
  public enum Layout: Hashable, Sendable {
    /// No blanks at all: one line however large.
    case compact
    /// One member or element a line, indented by so many spaces a level.
    case pretty(indent: Int)
  }

  private enum Place {
    /// A value may stand here: at the top, or as an element.
    case value
    /// A value must stand here: a member name was just written.
    case afterName
    /// Only a name may stand here.
    case name
  }

  /// The text so far. With several values at the top, each but the first starts a new line (JSON Lines).
  public private(set) var bytes: [UInt8] = []

  private let layout: Layout
  private var place = Place.value
  private var depth = 0
  /// Nothing was written yet in the innermost array or object, or at the top.
  private var isFirst = true

  public init(layout: Layout = .compact, reservingCapacity capacity: Int = 0) {
    self.layout = layout
    bytes.reserveCapacity(capacity)
  }

  /// The text so far as a String.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Hands over what was written so far and goes on with an empty buffer: for texts sent piece by piece.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  // Structure

  /// Writes an object; `body` writes its members with `member`.
  public mutating func object<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container(UInt8(ascii: "{"), UInt8(ascii: "}"), .name, body)
  }

  /// Writes an array; `body` writes its elements as values.
  public mutating func array<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container(UInt8(ascii: "["), UInt8(ascii: "]"), .value, body)
  }

  /// Writes a member of an object; `body` writes its value, exactly one.
  public mutating func member<Failure: Error>(
    _ name: String, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    writeName(name)
    try body(&self)
    precondition(place == .name, "the member was given no value")
  }

  // Scalars

  public mutating func string(_ text: String) {
    startValue()
    quote(text)
    endValue()
  }

  /// Writes UTF-8 text as a string. The bytes must be UTF-8 (as all text that went through this module is).
  public mutating func string(utf8: borrowing Span<UInt8>) {
    startValue()
    bytes.append(UInt8(ascii: "\""))
    JSONEscapes.append(escaping: utf8, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
    endValue()
  }

  public mutating func integer(_ value: some BinaryInteger) { raw(String(value)) }

  /// Writes the shortest digits that read back as the same number; `null` for infinities and NaN, which JSON cannot write.
  public mutating func number(_ value: Double) { raw(value.isFinite ? "\(value)" : "null") }

  /// Writes a number in the form given, which must be a JSON number (such as `JSONValue.numberText`).
  public mutating func number(written text: String) {
    precondition(Self.isNumber(text), "not a JSON number")
    raw(text)
  }

  public mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

  public mutating func null() { raw("null") }

  /// Writes a value read elsewhere: strings and numbers exactly as they were written, blanks by this writer's layout.
  public mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .object:
      object {
        var members = value.members.makeIterator()
        while let (name, value) = members.nextCursors() {
          $0.startName()
          $0.bytes.append(contentsOf: name.tape.bytes[name.writtenRange])
          $0.endName()
          $0.value(value)
        }
      }
    case .array: array { for element in value.elements { $0.value(element) } }
    default:
      startValue()
      bytes.append(contentsOf: value.tape.bytes[value.writtenRange])
      endValue()
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    do { return try JSONDocument(parsing: text).root.numberText == text } catch { return false }
  }

  private mutating func raw(_ text: String) {
    startValue()
    bytes.append(contentsOf: text.utf8)
    endValue()
  }

  // Between the values

  private mutating func container<Failure: Error>(
    _ opening: UInt8, _ closing: UInt8, _ inside: Place, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    startValue()
    let outside = place
    bytes.append(opening)
    depth += 1
    place = inside
    isFirst = true
    try body(&self)
    precondition(place == inside, "an array or object ended after a member name")
    depth -= 1
    if !isFirst { newLine() }
    bytes.append(closing)
    place = outside
    endValue()
  }

  private mutating func startValue() {
    switch place {
    case .afterName: return
    case .name: preconditionFailure("a value was written where a member name belongs")
    case .value: separate()
    }
  }

  private mutating func endValue() {
    if place == .afterName { place = .name }
    isFirst = false
  }

  private mutating func writeName(_ name: String) {
    startName()
    quote(name)
    endName()
  }

  private mutating func startName() {
    precondition(place == .name, "a member was written outside of an object")
    separate()
  }

  private mutating func endName() {
    bytes.append(UInt8(ascii: ":"))
    if layout != .compact { bytes.append(UInt8(ascii: " ")) }
    place = .afterName
  }

  private mutating func separate() {
    if depth == 0 {
      if !isFirst { bytes.append(UInt8(ascii: "\n")) }
      return
    }
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    newLine()
  }

  private mutating func newLine() {
    guard case .pretty(let indent) = layout else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * indent))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { unsafe JSONEscapes.append(escaping: Span(_unsafeElements: $0), to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
  }
}
