public import Documents

/// What is known of a line or a customer. What is not known is missing, never guessed.
public struct Facts: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case number(Quantity)
    case word(String)
    case words(Set<String>)
    case flag(Bool)
  }

  private var values: [Fact: Value] = [:]

  public init() {}

  public subscript(fact: Fact) -> Value? { values[fact] }

  /// - Precondition: the value is of the fact's domain; what comes from outside is read by ``init(decoding:)``.
  public mutating func set(_ fact: Fact, _ value: Value) {
    precondition(fact.domain.accepts(value), "\(fact.rawValue) cannot be \(value)")
    values[fact] = value
  }

  /// Why facts cannot be read: the members, and what each must be.
  public struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
    public let problems: [String]
    public var description: String { problems.joined(separator: "; ") }
  }

  /// Reads `{"voltage": 10, "customer": "other", "crossings": ["railway"], "digs-road": true}`. Numbers are in the fact's
  /// unit, as numbers or texts.
  public init(decoding value: JSONValue) throws(Unreadable) {
    var problems: [String] = []
    guard value.isObject else { throw Unreadable(problems: ["the facts must be an object"]) }
    for member in value.members {
      guard let fact = Fact(rawValue: member.key) else {
        let nearest = Suggestion.nearest(to: member.key, in: Fact.allCases.map(\.rawValue))
        let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
        // Only a word of the form that facts have is said again: another may be anything, and somebody's.
        let name = Self.isWord(member.key) ? "'\(member.key)'" : "of one of these names"
        problems.append("there is no fact \(name)\(hint)")
        continue
      }
      guard let read = fact.domain.read(member.value) else {
        problems.append("\(fact.rawValue) must be \(fact.domain.expected)")
        continue
      }
      values[fact] = read
    }
    guard problems.isEmpty else { throw Unreadable(problems: problems) }
  }

  private static func isWord(_ text: String) -> Bool {
    text.utf8.count <= 32 && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }
  }

  /// The facts as JSON of the form that ``init(decoding:)`` reads, in the order of the table.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      for fact in Fact.allCases {
        switch values[fact] {
        case .number(let quantity): writer.member(fact.rawValue, quantity.description)
        case .word(let word): writer.member(fact.rawValue, word)
        case .words(let words):
          writer.member(fact.rawValue) { writer in
            writer.array { writer in for word in words.sorted() { writer.string(word) } }
          }
        case .flag(let flag): writer.member(fact.rawValue, flag)
        case nil: break
        }
      }
    }
  }
}

extension Fact.Domain {
  /// Reads a value written as one word: `10`, `small-micro`, `railway,highway`, `none` for no words at all, `true`.
  public func read(word text: String) -> Facts.Value? {
    let read: Facts.Value? =
      switch self {
      case .number: Quantity(text).map { .number($0) }
      case .word: .word(text)
      case .words: .words(text == "none" ? [] : Set(text.split(separator: ",").map(String.init)))
      case .flag: text == "true" ? .flag(true) : text == "false" ? .flag(false) : nil
      }
    return read.flatMap { accepts($0) ? $0 : nil }
  }

  func accepts(_ value: Facts.Value) -> Bool {
    switch (self, value) {
    case (.number, .number), (.flag, .flag): true
    case (.word(let words), .word(let word)): words.contains(word)
    case (.words(let words), .words(let chosen)): chosen.isSubset(of: words)
    default: false
    }
  }

  func read(_ value: JSONValue) -> Facts.Value? {
    let read: Facts.Value? =
      switch self {
      case .number: (value.numberText ?? value.string).flatMap { Quantity($0) }.map { .number($0) }
      case .word: value.string.map { .word($0) }
      case .words:
        value.isArray && value.elements.allSatisfy { $0.string != nil }
          ? .words(Set(value.elements.compactMap(\.string))) : nil
      case .flag: value.boolean.map { .flag($0) }
      }
    return read.flatMap { accepts($0) ? $0 : nil }
  }

  /// What a value must be, for messages.
  public var expected: String {
    switch self {
    case .number(let unit, _): "a number in \(unit) with at most three digits behind the point"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .words(let words): "a list of any of \(words.joined(separator: ", "))"
    case .flag: "true or false"
    }
  }
}
