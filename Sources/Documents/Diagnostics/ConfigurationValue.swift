/// A value of a configuration file and where problems with it are reported.
///
/// Every conversion returns nil only after it has reported an error at the value's place, so `nil` needs no
/// further message. Nothing is converted silently: a number in quotes is a text, `yes` is not a boolean.
public struct ConfigurationValue {
  public let node: YAMLNode
  /// The keys that lead here, for messages: `limits.rate`, `errors[2].class`.
  public let path: String
  let session: ConfigurationSession

  init(_ node: YAMLNode, path: String, session: ConfigurationSession) {
    self.node = node
    self.path = path
    self.session = session
  }

  /// A value outside any reader, e.g. the root of a document that may be a list.
  public init(_ node: YAMLNode, named path: String, diagnostics: Diagnostics) {
    self.init(node, path: path, session: ConfigurationSession(diagnostics))
  }

  public var mark: YAMLMark { node.mark }
  public var diagnostics: Diagnostics { session.diagnostics }
  public var isScalar: Bool {
    if case .scalar = node.content { !node.isNull } else { false }
  }
  public var isList: Bool { node.sequence != nil }
  public var isMapping: Bool { node.mapping != nil }

  /// Reports an error at this value; `message` follows the value's path: `limits.rate must be …`.
  public func error(_ message: String, suggestion: String? = nil) {
    diagnostics.error("\(path) \(message)", at: mark, suggestion: suggestion)
  }

  public func warning(_ message: String, suggestion: String? = nil) {
    diagnostics.warning("\(path) \(message)", at: mark, suggestion: suggestion)
  }

  /// Reports that the value is not what was `expected`, saying what stands there instead.
  public func mismatch(expected: String, suggestion: String? = nil) {
    error("must be \(expected), not \(found)", suggestion: suggestion)
  }

  /// The elements of a list.
  public func elements(count: ClosedRange<Int> = 0...(.max)) -> [ConfigurationValue]? {
    guard let elements = node.sequence else {
      mismatch(expected: "a list")
      return nil
    }
    guard count.contains(elements.count) else {
      error("must have \(Self.describe(count, "element")), not \(elements.count)")
      return nil
    }
    return elements.enumerated().map { index, element in
      ConfigurationValue(element, path: "\(path)[\(index)]", session: session)
    }
  }

  /// The elements of a list, or the value itself where one needs no brackets.
  public func elementsOrSelf(count: ClosedRange<Int> = 1...(.max)) -> [ConfigurationValue]? {
    isList ? elements(count: count) : [self]
  }

  /// The entries of a mapping whose keys are free (names chosen by the author).
  public func entries() -> [ConfigurationEntry]? {
    guard let mapping = node.mapping else {
      mismatch(expected: "a mapping")
      return nil
    }
    return mapping.entries.map { entry in
      let key = YAMLNode(.scalar(entry.key, .doubleQuoted), mark: entry.keyMark)
      return ConfigurationEntry(
        name: entry.key,
        key: ConfigurationValue(key, path: "the key '\(entry.key)' of \(path)", session: session),
        value: ConfigurationValue(entry.value, path: "\(path).\(entry.key)", session: session))
    }
  }

  /// A reader of this mapping's closed set of keys. It is finished with the reader it belongs to; only a reader
  /// of a value made by `init(_:named:diagnostics:)` has to be finished by the caller.
  public func reader() -> ConfigurationReader? {
    guard let mapping = node.mapping else {
      mismatch(expected: "a mapping")
      return nil
    }
    return ConfigurationReader(mapping, mark: mark, path: path, session: session)
  }

  /// What stands here, for messages. Long texts and texts of unknown use are not repeated.
  var found: String {
    guard case .scalar(let text, let style) = node.content, !node.isNull else { return node.kindDescription }
    let shown = text.count <= 40 ? "'\(text)'" : "a text of \(text.count) characters"
    return style == .plain ? shown : shown + " in quotes"
  }

  static func describe(_ range: ClosedRange<Int>, _ noun: String? = nil) -> String {
    let text =
      switch (range.lowerBound, range.upperBound) {
      case (.min, .max): "any number"
      case (let least, .max): "\(least) or more"
      case (.min, let most): "\(most) or less"
      case (let least, let most) where least == most: "\(least)"
      case (let least, let most): "\(least) to \(most)"
      }
    guard let noun else { return text }
    return range.upperBound == 1 ? "\(text) \(noun)" : "\(text) \(noun)s"
  }
}

/// An entry of a mapping with free keys.
public struct ConfigurationEntry {
  public let name: String
  /// The key as a value, to check its form and to report errors at its place.
  public let key: ConfigurationValue
  public let value: ConfigurationValue
}

/// What the readers of one file share: the collector, and the readers still to be finished.
final class ConfigurationSession {
  let diagnostics: Diagnostics
  /// Nobody looks at what is reported: the readers stand in for mappings that are missing.
  private let isMuted: Bool
  let isPartial: Bool
  private var unfinished: [ConfigurationReader] = []
  private var judgements: [() -> Void] = []

  init(_ diagnostics: Diagnostics, isPartial: Bool = false) {
    self.diagnostics = diagnostics
    self.isPartial = isPartial
    isMuted = false
  }

  private init() {
    diagnostics = Diagnostics()
    isPartial = false
    isMuted = true
  }

  static func muted() -> ConfigurationSession { ConfigurationSession() }

  func register(_ reader: ConfigurationReader) {
    if !isMuted { unfinished.append(reader) }
  }

  func afterwards(_ judge: @escaping () -> Void) {
    if !isMuted { judgements.append(judge) }
  }

  func finish() {
    let (readers, judgements) = (unfinished, judgements)
    unfinished = []
    self.judgements = []
    for reader in readers { reader.reportUnknownKeys() }
    guard !diagnostics.hasErrors else { return }
    for judge in judgements { judge() }
  }
}
