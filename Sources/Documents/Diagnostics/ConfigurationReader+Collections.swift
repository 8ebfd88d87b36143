extension ConfigurationReader {
  /// The elements of the list behind the key; none after a report.
  public func elements(_ key: String, count: ClosedRange<Int> = 0...(.max)) -> [ConfigurationValue] {
    value(key)?.elements(count: count) ?? []
  }

  public func elements(
    ifPresent key: String, count: ClosedRange<Int> = 0...(.max)
  ) -> [ConfigurationValue]? {
    value(ifPresent: key)?.elements(count: count)
  }

  /// Each element of the list read by `body`, which returns nil after a report.
  public func list<Element>(
    _ key: String, count: ClosedRange<Int> = 0...(.max), _ body: (ConfigurationValue) -> Element?
  ) -> [Element] {
    elements(key, count: count).compactMap(body)
  }

  /// Nil when the key is not there.
  public func list<Element>(
    ifPresent key: String, count: ClosedRange<Int> = 0...(.max), _ body: (ConfigurationValue) -> Element?
  ) -> [Element]? {
    elements(ifPresent: key, count: count)?.compactMap(body)
  }

  /// A list of texts.
  public func texts(
    _ key: String, count: ClosedRange<Int> = 0...(.max), allowingEmpty: Bool = false
  ) -> [String] {
    list(key, count: count) { $0.text(allowingEmpty: allowingEmpty) }
  }

  public func texts(_ key: String, default fallback: [String], allowingEmpty: Bool = false) -> [String] {
    texts(ifPresent: key, allowingEmpty: allowingEmpty) ?? fallback
  }

  public func texts(
    ifPresent key: String, count: ClosedRange<Int> = 0...(.max), allowingEmpty: Bool = false
  ) -> [String]? {
    list(ifPresent: key, count: count) { $0.text(allowingEmpty: allowingEmpty) }
  }

  /// The entries of the mapping behind the key, whose own keys are free; none after a report.
  public func entries(_ key: String) -> [ConfigurationEntry] {
    value(key)?.entries() ?? []
  }

  public func entries(ifPresent key: String) -> [ConfigurationEntry]? {
    value(ifPresent: key)?.entries()
  }

  /// The mapping with free keys behind the key as a dictionary, each value read by `body`.
  public func dictionary<Value>(
    _ key: String, _ body: (ConfigurationValue) -> Value?
  ) -> [String: Value] {
    Self.dictionary(entries(key), body)
  }

  public func dictionary<Value>(
    ifPresent key: String, _ body: (ConfigurationValue) -> Value?
  ) -> [String: Value]? {
    entries(ifPresent: key).map { Self.dictionary($0, body) }
  }

  private static func dictionary<Value>(
    _ entries: [ConfigurationEntry], _ body: (ConfigurationValue) -> Value?
  ) -> [String: Value] {
    var values: [String: Value] = [:]
    for entry in entries { values[entry.name] = body(entry.value) }
    return values
  }
}
