/// The path of one node, in the one form RFC 9535 section 2.7 gives it: `$['data'][3]['name']`.
public struct NormalizedPath: Hashable, Sendable, CustomStringConvertible {
  public private(set) var description: String

  /// The path of the root, `$`.
  public init() { description = "$" }

  /// The path of a member of this node.
  public func appending(name: String) -> NormalizedPath {
    var path = self
    path.append(name: name)
    return path
  }

  /// The path of an element of this node; `index` counts from 0.
  public func appending(index: Int) -> NormalizedPath {
    var path = self
    path.append(index: index)
    return path
  }

  public mutating func append(index: Int) {
    description += "["
    description += String(index)
    description += "]"
  }

  public mutating func append(name: String) {
    description += "['"
    for scalar in name.unicodeScalars {
      switch scalar {
      case "'": description += "\\'"
      case "\\": description += "\\\\"
      case "\u{08}": description += "\\b"
      case "\t": description += "\\t"
      case "\n": description += "\\n"
      case "\u{0C}": description += "\\f"
      case "\r": description += "\\r"
      case ..<"\u{20}":
        description += scalar.value < 16 ? "\\u000" : "\\u00"
        description += String(scalar.value, radix: 16)
      default: description.unicodeScalars.append(scalar)
      }
    }
    description += "']"
  }
}

extension JSONTape {
  /// The path of the innermost value, or of the member with the name, that stands at that byte.
  func normalizedPath(containing offset: Int) -> String {
    var path = NormalizedPath()
    var index = 0
    while word(index).isContainer, word(index).start < offset {
      let isObject = word(index).kind == .object
      let end = word(index).extent
      var place = 0
      var child = index + 2
      var inside: Int?
      while child < end {
        let value = isObject ? child + 1 : child
        if offset < endOffset(value) {
          inside = value
          break
        }
        child = next(value)
        place += 1
      }
      guard let inside else { break }
      if isObject { path.append(name: repairedText(word(child))) } else { path.append(index: place) }
      index = inside
    }
    return path.description
  }

  /// Bytes from the start of the text to behind the value.
  private func endOffset(_ index: Int) -> Int {
    let word = word(index)
    return word.isContainer ? container(index).end : word.start + max(word.extent, 1)
  }
}
