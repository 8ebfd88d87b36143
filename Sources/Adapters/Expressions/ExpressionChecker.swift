import Documents

/// Finds, before any call is made, what would go wrong at each: unknown names and functions, wrong arguments, bytes where text is wanted.
struct ExpressionChecker {
  let names: [String: ValueType]
  private(set) var references: Set<String> = []

  init(names: [String: ValueType]) {
    self.names = names
  }

  mutating func type(of node: Expression.Node) throws(ExpressionError) -> ValueType {
    switch node {
    case .literal, .count:
      return .text
    case .name(let name, let offset):
      guard let type = names[name] else {
        throw ExpressionError(
          "nothing is called '\(name)' here", offset: offset,
          suggestion: Suggestion.nearest(to: name, in: names.keys.sorted()))
      }
      references.insert(name)
      return type
    case .join(let parts):
      // Text joined with bytes is bytes: what is signed is often a text followed by a digest.
      var joined = ValueType.text
      for part in parts where try type(of: part) == .bytes { joined = .bytes }
      return joined
    case .call(let name, let arguments, let offset):
      return try type(ofCall: name, arguments, offset: offset)
    }
  }

  private mutating func type(
    ofCall name: String, _ arguments: [Expression.Node], offset: Int
  ) throws(ExpressionError) -> ValueType {
    if name == "time" {
      guard arguments.count == 1, arguments[0].word.flatMap(TimeForm.init) != nil else {
        throw ExpressionError(
          "time wants one form: ms, s, or a pattern such as 'yyyyMMddHHmmss'", offset: offset)
      }
      return .text
    }
    guard let function = ExpressionFunction.named[name] else {
      throw ExpressionError(
        "there is no function '\(name)'", offset: offset,
        suggestion: Suggestion.nearest(to: name, in: ["time"] + ExpressionFunction.named.keys.sorted()))
    }
    guard arguments.count == function.parameters.count else {
      throw ExpressionError(
        "\(name) takes \(function.parameters.count) arguments, \(arguments.count) are given", offset: offset)
    }
    for (parameter, argument) in zip(function.parameters, arguments) {
      switch parameter {
      case .bytes:
        _ = try type(of: argument)
      case .text:
        guard try type(of: argument) == .text else {
          throw ExpressionError(
            "\(name) wants text, and bytes are given: wrap them in hex, base64 or text", offset: offset)
        }
      case .count(let range):
        guard case .count(let count) = argument, range.contains(count) else {
          throw ExpressionError(
            "\(name) wants a count from \(range.lowerBound) to \(range.upperBound) here", offset: offset)
        }
      case .word(let words):
        guard let word = argument.word, words.contains(word) else {
          throw ExpressionError(
            "\(name) wants one of \(words.joined(separator: ", ")) here", offset: offset,
            suggestion: argument.word.flatMap { Suggestion.nearest(to: $0, in: words) })
        }
      }
    }
    return function.result
  }
}

extension Expression.Node {
  /// The word given for a parameter of fixed words, with or without quotes.
  var word: String? {
    switch self {
    case .literal(let text), .name(let text, _): text
    case .count, .join, .call: nil
    }
  }
}
