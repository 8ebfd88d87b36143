/// What an XPath expression gives.
public enum XPathResult {
  /// In document order.
  case nodes([XMLNode])
  case string(String)
  case number(Double)
  case boolean(Bool)

  /// The string value of each node, or the one text of anything else.
  public var strings: [String] {
    switch self {
    case .nodes(let nodes): nodes.map(\.stringValue)
    case .string(let text): [text]
    case .number(let number): [XPathNumber.text(number)]
    case .boolean(let boolean): [boolean ? "true" : "false"]
    }
  }

  /// By the rules of XPath's `boolean()`.
  public var isTrue: Bool {
    switch self {
    case .nodes(let nodes): !nodes.isEmpty
    case .string(let text): !text.isEmpty
    case .number(let number): number != 0 && !number.isNaN
    case .boolean(let boolean): boolean
    }
  }

  /// What kind of result it is, for messages: `a number`.
  public var kindDescription: String {
    switch self {
    case .nodes: "nodes"
    case .string: "a text"
    case .number: "a number"
    case .boolean: "a boolean"
    }
  }
}
