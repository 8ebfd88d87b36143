import Documents

/// What differs between two JSON values, with the place of each difference.
enum JSONDifference {
  private static let mostLines = 100

  static func lines(expected: JSONValue, actual: JSONValue) -> [String] {
    var lines: [String] = []
    compare(expected, actual, "", &lines)
    return lines
  }

  private static func compare(
    _ expected: JSONValue, _ actual: JSONValue, _ path: String, _ lines: inout [String]
  ) {
    guard lines.count < mostLines else { return }
    switch (expected.kind, actual.kind) {
    case (.object, .object):
      for (name, value) in expected.members {
        let place = path.isEmpty ? name : "\(path).\(name)"
        if let other = actual[name] {
          compare(value, other, place, &lines)
        } else {
          lines.append("\(place): expected \(show(value)), is missing")
        }
      }
      for (name, value) in actual.members where expected[name] == nil {
        lines.append("\(path.isEmpty ? name : "\(path).\(name)"): not expected, is \(show(value))")
      }
    case (.array, .array):
      var others = actual.elements.makeIterator()
      var index = 0
      for value in expected.elements {
        if let other = others.next() {
          compare(value, other, "\(path)[\(index)]", &lines)
        } else {
          lines.append("\(path)[\(index)]: expected \(show(value)), is missing")
        }
        index += 1
      }
      while let other = others.next() {
        lines.append("\(path)[\(index)]: not expected, is \(show(other))")
        index += 1
      }
    default:
      if show(expected) != show(actual) {
        lines.append("\(path): expected \(show(expected)), is \(show(actual))")
      }
    }
  }

  /// Scalars whole, containers by their first words.
  private static func show(_ value: JSONValue) -> String {
    let text = String(decoding: value.writtenBytes, as: UTF8.self)
    guard value.isObject || value.isArray else { return text }
    let line = BlankTrimming.collapse(text)
    return line.count <= 120 ? line : line.prefix(120) + "…"
  }
}
