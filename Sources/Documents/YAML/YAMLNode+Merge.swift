extension YAMLNode {
  /// This node with `changes` laid over it: mappings merge key by key, anything else is replaced whole, and a
  /// null removes the key. A null that finds nothing to remove stays, so that whoever reads it complains. Every part
  /// keeps its own mark, so errors name the file where the text stands.
  public func merged(with changes: YAMLNode) -> YAMLNode {
    guard case .mapping(var merged) = content, case .mapping(let overriding) = changes.content else {
      return changes
    }
    for entry in overriding.entries {
      if entry.value.isNull, merged[entry.key] != nil {
        merged.remove(entry.key)
      } else if let existing = merged[entry.key] {
        merged.replace(
          .init(key: entry.key, keyMark: entry.keyMark, value: existing.merged(with: entry.value)))
      } else {
        merged.replace(entry)
      }
    }
    return YAMLNode(.mapping(merged), mark: changes.mark)
  }
}
