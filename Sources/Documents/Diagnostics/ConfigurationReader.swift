/// Reads a mapping with a closed set of keys: the keys that are asked for are the keys there are.
///
///     let limits = ConfigurationReader.read(document.root, as: "limits", diagnostics) { reader in
///       Limits(
///         rate: reader.duration("every"),
///         concurrency: reader.integer("concurrency", in: 1...64, default: 4),
///         note: reader.text(ifPresent: "note"))
///     }
///
/// Each getter comes in three forms: `f("key")` must be there, `f("key", default: …)`, and `f(ifPresent: "key")`.
/// A getter never fails: what is missing or wrong is reported with its place, and a placeholder comes back so that
/// the rest can be read and reported too. `read` gives nil if anything was reported, so placeholders never get out.
/// Keys nobody asked for are errors with the nearest key there is. A key with nothing behind it is an error.
public final class ConfigurationReader {
  /// The keys that lead here, for messages.
  public let path: String
  /// Where the mapping begins.
  public let mark: YAMLMark
  let mapping: YAMLMapping
  let session: ConfigurationSession
  /// In the order asked for.
  private var known: [String] = []
  private var knownSet: Set<String> = []

  init(_ mapping: YAMLMapping, mark: YAMLMark, path: String, session: ConfigurationSession) {
    self.mapping = mapping
    self.mark = mark
    self.path = path
    self.session = session
    session.register(self)
  }

  /// Reads `node` as a mapping by `body`, then reports unknown keys, here and in all readers made inside.
  ///
  /// - Parameters:
  ///   - name: what the mapping is, for messages: `the adapter`.
  ///   - isPartial: it will be completed by another that is laid over it, so that missing keys are no errors; what is there is read in full.
  /// - Returns: nil if any error was reported meanwhile, or when `body` returns nil.
  public static func read<Value>(
    _ node: YAMLNode, as name: String, _ diagnostics: Diagnostics, isPartial: Bool = false,
    _ body: (ConfigurationReader) -> Value?
  ) -> Value? {
    // Counted by a collector of its own: others may report to the caller's at the same time.
    let own = Diagnostics()
    defer { diagnostics.report(contentsOf: own.all) }
    let session = ConfigurationSession(own, isPartial: isPartial)
    guard let reader = ConfigurationValue(node, path: name, session: session).reader() else { return nil }
    let value = body(reader)
    session.finish()
    return own.hasErrors ? nil : value
  }

  public var diagnostics: Diagnostics { session.diagnostics }
  /// Whether another mapping will complete this one.
  public var isPartial: Bool { session.isPartial }
  public var keys: [String] { mapping.keys }

  /// Whether the key is there; it becomes a known key.
  public func has(_ key: String) -> Bool {
    allow(key)
    return mapping[key] != nil
  }

  /// Whether it can be told what stands under the key: not when the key is missing and one that is nearly it is there,
  /// which is reported as unknown. What refers to the key is then not to be judged.
  public func canTell(_ key: String) -> Bool {
    mapping[key] != nil || !mapping.keys.contains { Suggestion.nearest(to: $0, in: [key]) != nil }
  }

  /// The names under the key that others may refer to, those with errors included. nil: they cannot be told, and why is
  /// reported.
  public func namesGiven(_ key: String) -> [String]? {
    guard let entry = mapping.entry(key) else { return canTell(key) ? [] : nil }
    return entry.value.mapping?.keys
  }

  /// Makes keys known without reading them, e.g. those another reader takes.
  public func allow(_ keys: String...) {
    for key in keys where knownSet.insert(key).inserted { known.append(key) }
  }

  /// The key's value, or nil when it is not there. A null is reported, and nil.
  public func value(ifPresent key: String) -> ConfigurationValue? {
    allow(key)
    guard let entry = mapping.entry(key) else { return nil }
    let value = ConfigurationValue(entry.value, path: child(key), session: session)
    guard !entry.value.isNull else {
      diagnostics.error("\(value.path) has no value; give one or remove the key", at: entry.keyMark)
      return nil
    }
    return value
  }

  /// The key's value; that it is missing is reported.
  public func value(_ key: String) -> ConfigurationValue? {
    if mapping[key] == nil {
      allow(key)
      if !isPartial { diagnostics.error("\(path) needs the key '\(key)'", at: mark) }
      return nil
    }
    return value(ifPresent: key)
  }

  /// A reader of the mapping behind the key. If it is missing or not a mapping, that is reported once and an empty
  /// reader that reports nothing takes its place.
  public func nested(_ key: String) -> ConfigurationReader {
    value(key)?.reader()
      ?? ConfigurationReader(
        YAMLMapping(), mark: mark, path: child(key), session: .muted())
  }

  public func nested(ifPresent key: String) -> ConfigurationReader? {
    value(ifPresent: key)?.reader()
  }

  /// The one of `keys` that is there; none, or more than one, is reported.
  public func exactlyOne(of keys: String...) -> String? {
    let given = keys.filter { has($0) }
    if given.count == 1 { return given[0] }
    let words = keys.joined(separator: ", ")
    if given.isEmpty {
      if isPartial { return nil }
      diagnostics.error("\(path) needs one of the keys \(words)", at: mark)
    } else {
      reportExcess(given, words)
    }
    return nil
  }

  /// The one of `keys` that is there, or nil; more than one is reported.
  public func atMostOne(of keys: String...) -> String? {
    let given = keys.filter { has($0) }
    if given.count > 1 { reportExcess(given, keys.joined(separator: ", ")) }
    return given.count == 1 ? given[0] : nil
  }

  /// Reports `key`, if it is there, as having no meaning in this mapping: `reader.refuse("paging", "only a pull has pages")`.
  public func refuse(_ key: String, _ reason: String) {
    guard has(key) else { return }
    error("is not allowed here: \(reason)", at: key)
  }

  /// Reports an error of the whole mapping; `message` follows its path.
  public func error(_ message: String, suggestion: String? = nil) {
    diagnostics.error("\(path) \(message)", at: mark, suggestion: suggestion)
  }

  public func warning(_ message: String, suggestion: String? = nil) {
    diagnostics.warning("\(path) \(message)", at: mark, suggestion: suggestion)
  }

  /// Reports an error at a key (at the mapping when the key is not there); `message` follows the key's path.
  public func error(_ message: String, at key: String, suggestion: String? = nil) {
    diagnostics.error(
      "\(child(key)) \(message)", at: mapping.entry(key)?.keyMark ?? mark, suggestion: suggestion)
  }

  public func warning(_ message: String, at key: String, suggestion: String? = nil) {
    diagnostics.warning(
      "\(child(key)) \(message)", at: mapping.entry(key)?.keyMark ?? mark, suggestion: suggestion)
  }

  /// Does `judge` when all is read and nothing is wrong: for doubts about the whole, such as that something is used
  /// nowhere, which a mistake elsewhere would make false.
  public func afterwards(_ judge: @escaping () -> Void) {
    session.afterwards(judge)
  }

  /// Reports the keys that nobody asked for, here and in all readers made from this one. `read` does it itself.
  public func finish() {
    session.finish()
  }

  func reportUnknownKeys() {
    for entry in mapping.entries where !knownSet.contains(entry.key) {
      // A key already given is not what was meant, unless nothing else is near.
      let free = known.filter { mapping[$0] == nil }
      let nearest =
        Suggestion.nearest(to: entry.key, in: free) ?? Suggestion.nearest(to: entry.key, in: known)
      var message = "\(path) has no key '\(entry.key)'"
      if nearest == nil {
        message += known.isEmpty ? "; it has none" : "; its keys are \(known.joined(separator: ", "))"
      }
      diagnostics.error(message, at: entry.keyMark, suggestion: nearest)
    }
  }

  private func child(_ key: String) -> String { "\(path).\(key)" }

  private func reportExcess(_ given: [String], _ words: String) {
    error("cannot stand beside '\(given[0])': give only one of \(words)", at: given[1])
  }
}
