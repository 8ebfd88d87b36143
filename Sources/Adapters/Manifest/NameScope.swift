import Documents

/// The names that formulas and holes may use at one place of a manifest, with their types.
struct NameScope {
  private(set) var types: [String: ValueType] = [:]

  mutating func add(_ name: String, _ type: ValueType = .text) {
    types[name] = type
  }

  func has(_ name: String) -> Bool { types[name] != nil }

  func adding(_ names: [String]) -> NameScope {
    var scope = self
    for name in names { scope.add(name) }
    return scope
  }

  func adding(_ names: [String: ValueType]) -> NameScope {
    var scope = self
    for (name, type) in names { scope.add(name, type) }
    return scope
  }

  func expression(_ value: ConfigurationValue) -> Expression? {
    guard let text = value.text() else { return nil }
    do {
      return try Expression(text, names: types)
    } catch {
      report(error, in: value)
      return nil
    }
  }

  func template(_ value: ConfigurationValue) -> TextTemplate? {
    guard let text = value.text(allowingEmpty: true) else { return nil }
    do {
      return try TextTemplate(text, names: types)
    } catch {
      report(error, in: value)
      return nil
    }
  }

  private func report(_ error: ExpressionError, in value: ConfigurationValue) {
    let position = DocumentPosition(line: 1, column: error.offset + 1, offset: error.offset)
    value.diagnostics.error(
      "\(value.path): \(error.message)", at: value.mark(inside: position), suggestion: error.suggestion)
  }
}

/// `signature` of a manifest. Its names are checked against the values of each request that uses it.
struct SignatureSource {
  let text: ConfigurationValue
  let value: ConfigurationValue

  init?(_ reader: ConfigurationReader) {
    let (text, value) = (reader.value("text"), reader.value("value"))
    guard let text, let value else { return nil }
    self.text = text
    self.value = value
  }

  /// The scheme with the names that a request has.
  func scheme(_ scope: NameScope) -> SignatureScheme? {
    guard let text = scope.expression(text) else { return nil }
    var withText = scope
    withText.add(SignatureScheme.textName, text.type)
    return withText.expression(value).map { SignatureScheme(text: text, value: $0) }
  }

  /// The scheme by itself, every name in it standing for a text: for checking published examples.
  func standalone() -> SignatureScheme? { scheme(NameScope().adding(names)) }

  /// The names that a request has to give a value.
  var names: [String] {
    guard let textSource = text.node.asText, let valueSource = value.node.asText else { return [] }
    return Expression.namesUsed(in: [textSource, valueSource]).filter { $0 != SignatureScheme.textName }
  }
}

extension Expression {
  /// The words that stand where values stand, without asking whether there are such values.
  static func namesUsed(in sources: [String]) -> [String] {
    var names: Set<String> = []
    func collect(_ node: Node) {
      switch node {
      case .name(let name, _): names.insert(name)
      case .join(let parts): parts.forEach(collect)
      case .call(_, let arguments, _): arguments.forEach(collect)
      case .literal, .count: break
      }
    }
    for source in sources {
      var parser = ExpressionParser(source)
      // What cannot be parsed is reported where it is checked.
      if let node = try? parser.parse() { collect(node) }
    }
    return names.sorted()
  }
}
