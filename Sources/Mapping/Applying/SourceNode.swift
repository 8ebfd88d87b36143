import Documents

/// A place in a message from which values are taken.
enum SourceNode {
  case json(JSONValue)
  case xml(XMLElement)
  /// A part of a split text; `place` is where the whole text stands.
  case part(String, place: SourcePlace?)

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
    case .part(_, let place): place?.path ?? ""
    }
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

/// The way to a text again, for those who want to know where it stands.
struct SourcePlace {
  let start: SourceNodeBox
  let step: ValuePath

  init(_ start: SourceNode, _ step: ValuePath) {
    self.start = SourceNodeBox(start)
    self.step = step
  }

  var path: String { step.absolutePath(from: start.node) }
}

/// Breaks the circle of values that contain each other.
final class SourceNodeBox {
  let node: SourceNode
  init(_ node: SourceNode) { self.node = node }
}
