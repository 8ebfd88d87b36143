/// The decoded items of a query or of a form body, in their order.
public struct HTTPQuery: Hashable, Sendable {
  public struct Item: Hashable, Sendable {
    public let name: String
    /// Empty for an item without an equals sign.
    public let value: String
  }

  public let items: [Item]

  /// `nil` if an escape is malformed or an item is not UTF-8. Empty items are skipped.
  public init?(_ text: String) {
    var items: [Item] = []
    for part in text.split(separator: "&") {
      let equals = part.firstIndex(of: "=") ?? part.endIndex
      let rest = equals == part.endIndex ? "" : part[part.index(after: equals)...]
      guard let name = PercentEncoding.decode(part[..<equals], plusIsSpace: true),
        let value = PercentEncoding.decode(rest, plusIsSpace: true)
      else { return nil }
      items.append(Item(name: name, value: value))
    }
    self.items = items
  }

  /// The first value of this name.
  public subscript(name: String) -> String? {
    items.first { $0.name == name }?.value
  }

  public func values(_ name: String) -> [String] {
    items.filter { $0.name == name }.map(\.value)
  }
}
