import Documents

/// What a manifest says once for all its operations. Each operation's own part is laid over it, key by key, before it is read.
enum OperationDefaults {
  static let keys = ["request", "envelope", "paging", "acknowledgement", "timeouts", "retry"]

  /// A manifest without operations, with one that has nothing of its own.
  static func withOperation(_ manifest: YAMLNode) -> YAMLNode {
    guard var root = manifest.mapping, root.entry("operations") == nil else { return manifest }
    let none = YAMLNode(.mapping(YAMLMapping()), mark: manifest.mark)
    var operations = YAMLMapping()
    _ = operations.insert(YAMLMapping.Entry(key: "any", keyMark: manifest.mark, value: none))
    _ = root.insert(
      YAMLMapping.Entry(
        key: "operations", keyMark: manifest.mark,
        value: YAMLNode(.mapping(operations), mark: manifest.mark)))
    return YAMLNode(.mapping(root), mark: manifest.mark)
  }

  /// The manifest with its defaults laid under each operation.
  static func spread(_ manifest: YAMLNode) -> YAMLNode {
    guard var root = manifest.mapping, let operations = root.entry("operations"),
      let entries = operations.value.mapping
    else { return manifest }
    var defaults = YAMLMapping()
    for key in keys {
      if let entry = root.entry(key) { _ = defaults.insert(entry) }
      root.remove(key)
    }
    var spread = YAMLMapping()
    for var entry in entries.entries {
      if entry.value.mapping != nil {
        let own = YAMLNode(.mapping(defaults.defaults(of: entry.value)), mark: entry.value.mark)
        entry.value = own.merged(with: entry.value)
      }
      _ = spread.insert(entry)
    }
    root.replace(
      YAMLMapping.Entry(
        key: operations.key, keyMark: operations.keyMark,
        value: YAMLNode(.mapping(spread), mark: operations.value.mark)))
    return YAMLNode(.mapping(root), mark: manifest.mark)
  }
}

extension YAMLMapping {
  /// Of these defaults those that an operation of that kind has.
  fileprivate func defaults(of operation: YAMLNode) -> YAMLMapping {
    var defaults = self
    // A misspelt kind is taken for the usual.
    let kind = operation["kind"]?.asText.flatMap(Operation.Kind.init) ?? .pull
    // The defaults are those of calls that the gateway makes.
    if kind == .inbound { return YAMLMapping() }
    if kind != .push { defaults.remove("acknowledgement") }
    guard kind != .pull else { return defaults }
    defaults.remove("paging")
    // An answer to a query has rows too.
    guard kind != .query else { return defaults }
    if let entry = defaults.entry("envelope"), var envelope = entry.value.mapping {
      for key in EnvelopeReader.pageKeys { envelope.remove(key) }
      defaults.replace(
        Entry(
          key: entry.key, keyMark: entry.keyMark, value: YAMLNode(.mapping(envelope), mark: entry.value.mark))
      )
    }
    return defaults
  }
}
