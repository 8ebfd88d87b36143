/// A node that an XPath expression selected.
public enum XMLNode {
  case document(XMLDocument)
  case element(XMLElement)
  case attribute(XMLAttribute)
  case text(String)
  case comment(String)
  case processingInstruction(target: String, data: String)
  case namespace(prefix: String, address: String)

  public var element: XMLElement? {
    if case .element(let element) = self { element } else { nil }
  }

  /// The string value of XPath: an attribute's value, all text inside an element.
  public var stringValue: String {
    switch self {
    case .document(let document): document.root.text
    case .element(let element): element.text
    case .attribute(let attribute): attribute.value
    case .text(let text), .comment(let text): text
    case .processingInstruction(_, let data): data
    case .namespace(_, let address): address
    }
  }

  /// What kind of node it is, for messages: `an attribute`.
  public var kindDescription: String {
    switch self {
    case .document: "the document"
    case .element: "an element"
    case .attribute: "an attribute"
    case .text: "a text"
    case .comment: "a comment"
    case .processingInstruction: "a processing instruction"
    case .namespace: "a namespace"
    }
  }
}
