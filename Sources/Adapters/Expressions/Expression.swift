/// A formula of a manifest such as `hex(md5(appKey + secret + time))`: parsed and type-checked once, evaluated for each call.
///
/// The vocabulary is closed (``ExpressionFunction``); what it cannot say belongs in an external process.
public struct Expression: Hashable, Sendable {
  indirect enum Node: Hashable, Sendable {
    case literal(String)
    case count(Int)
    case name(String, offset: Int)
    case join([Node])
    case call(String, [Node], offset: Int)
  }

  let root: Node
  /// As written in the manifest.
  public let source: String
  public let type: ValueType
  /// The names it takes values from.
  public let references: Set<String>

  /// - Parameter names: the names in scope with their types; any other name is an error with the nearest one.
  public init(_ source: String, names: [String: ValueType]) throws(ExpressionError) {
    var parser = ExpressionParser(source)
    let root = try parser.parse()
    var checker = ExpressionChecker(names: names)
    let type = try checker.type(of: root)
    self.root = root
    self.source = source
    self.type = type
    references = checker.references
  }
}

/// An expression that cannot be read. `offset` counts UTF-8 bytes from the expression's beginning.
public struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  public var offset: Int
  /// The nearest valid word, where one is near.
  public var suggestion: String?

  init(_ message: String, offset: Int, suggestion: String? = nil) {
    self.message = message
    self.offset = offset
    self.suggestion = suggestion
  }

  public var description: String {
    "\(message), at character \(offset + 1)" + (suggestion.map { " (did you mean '\($0)'?)" } ?? "")
  }
}
