/// The entries of a YAML mapping in the order written. Keys are texts and unique.
public struct YAMLMapping: Sendable {
  public struct Entry: Sendable {
    /// The key as written, whatever its scalar style: `1` and `"1"` are the same key.
    public var key: String
    public var keyMark: YAMLMark
    public var value: YAMLNode

    public init(key: String, keyMark: YAMLMark, value: YAMLNode) {
      self.key = key
      self.keyMark = keyMark
      self.value = value
    }
  }

  public private(set) var entries: [Entry]
  private var indexes: [String: Int]

  public init() {
    entries = []
    indexes = [:]
  }

  public var count: Int { entries.count }
  public var keys: [String] { entries.map(\.key) }

  public subscript(key: String) -> YAMLNode? { entry(key)?.value }

  public func entry(_ key: String) -> Entry? {
    indexes[key].map { entries[$0] }
  }

  /// Adds the entry, or returns the one that already has its key and changes nothing.
  public mutating func insert(_ entry: Entry) -> Entry? {
    if let existing = indexes[entry.key] { return entries[existing] }
    indexes[entry.key] = entries.count
    entries.append(entry)
    return nil
  }

  /// Puts the entry in the place of the one with its key, or at the end.
  public mutating func replace(_ entry: Entry) {
    if let existing = indexes[entry.key] {
      entries[existing] = entry
    } else {
      indexes[entry.key] = entries.count
      entries.append(entry)
    }
  }

  public mutating func remove(_ key: String) {
    guard indexes[key] != nil else { return }
    entries.removeAll { $0.key == key }
    indexes.removeAll(keepingCapacity: true)
    for (index, entry) in entries.enumerated() { indexes[entry.key] = index }
  }
}
