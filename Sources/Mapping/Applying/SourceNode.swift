import Documents

/// A place in a message from which values are taken.
enum SourceNode {
  case json(JSONValue)
  case xml(XMLElement)
  /// A piece of a split text.
  case part(TextPart)

  init(_ message: MessageDocument) {
    switch message {
    case .json(let document): self = .json(document.root)
    case .xml(let document): self = .xml(document.root)
    }
  }

  /// The absolute path. Costly: for reports and derivations.
  var path: String {
    switch self {
    case .json(let value): value.normalizedPath
    case .xml(let element): element.path
    case .part(let part): part.path.absolutePath(from: part.start)
    }
  }

  /// What stands here, as bytes that are the same where the platform says the same.
  var content: [UInt8] {
    switch self {
    case .json(let value): return value.writtenBytes
    case .xml(let element):
      var bytes = Array(element.text.utf8)
      Self.write(element, to: &bytes)
      return bytes
    case .part(let part): return Array(part.text.utf8)
    }
  }

  private static func write(_ element: XMLElement, to bytes: inout [UInt8]) {
    func add(_ text: String) {
      bytes += Array(text.utf8)
      bytes.append(0)
    }
    add(element.qualifiedName)
    for attribute in element.attributes {
      add(attribute.name)
      add(attribute.value)
    }
    var isLeaf = true
    for child in element.children {
      isLeaf = false
      write(child, to: &bytes)
    }
    if isLeaf { add(element.text) }
    bytes.append(1)
  }
}

/// What stands at a path.
enum FoundText {
  case nothing
  case text(String)
  /// Several texts, where a field takes several.
  case texts([String])
  /// An array, an object, or an expression that gives no text.
  case wrongKind(String)
}

/// A piece of a text, and the way to the whole.
final class TextPart {
  let text: String
  let whole: String
  let start: SourceNode
  let path: ValuePath

  init(_ text: String, of whole: String, from start: SourceNode, at path: ValuePath) {
    self.text = text
    self.whole = whole
    self.start = start
    self.path = path
  }
}
