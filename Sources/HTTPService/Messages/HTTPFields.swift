/// One header field as it is written, without surrounding blanks.
public struct HTTPField: Hashable, Sendable {
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// The header fields of a message in their order. Names are compared without regard to ASCII case.
public struct HTTPFields: Hashable, Sendable {
  private var fields: [HTTPField]

  public init() {
    fields = []
  }

  init(_ fields: [HTTPField]) {
    self.fields = fields
  }

  /// The first field of this name; setting replaces all of this name, `nil` removes them.
  public subscript(name: String) -> String? {
    get {
      for field in fields where HTTPFields.equal(field.name, name) { return field.value }
      return nil
    }
    set {
      fields.removeAll { HTTPFields.equal($0.name, name) }
      if let newValue { fields.append(HTTPField(name: name, value: newValue)) }
    }
  }

  /// Every value of this name in order; not split at commas.
  public func values(_ name: String) -> [String] {
    fields.filter { HTTPFields.equal($0.name, name) }.map(\.value)
  }

  /// Whether a comma-separated field holds this word, without regard to case (`Connection: close`).
  public func contains(_ name: String, word: String) -> Bool {
    for field in fields where HTTPFields.equal(field.name, name) {
      for item in field.value.utf8.split(separator: UInt8(ascii: ","))
      where HTTPFields.equal(HTTPFields.trimmed(item), word.utf8[...]) {
        return true
      }
    }
    return false
  }

  public mutating func append(_ name: String, _ value: String) {
    fields.append(HTTPField(name: name, value: value))
  }

  /// Blanks at both ends (RFC 9110 §5.6.3, OWS) removed.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var text = text
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  static func equal(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count && equal(one.utf8[...], other.utf8[...])
  }

  private static func equal(_ one: Substring.UTF8View, _ other: Substring.UTF8View) -> Bool {
    one.elementsEqual(other) { $0 == $1 || Bytes.lowercase($0) == Bytes.lowercase($1) }
  }
}

extension HTTPFields: RandomAccessCollection {
  public var startIndex: Int { fields.startIndex }
  public var endIndex: Int { fields.endIndex }
  public subscript(position: Int) -> HTTPField { fields[position] }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { HTTPField(name: $0.0, value: $0.1) }
  }
}
