import Documents
import Exchanges

/// Reads `envelope` and the paths of answers.
enum EnvelopeReader {
  /// The keys about rows and pages, which only answers to pulls have.
  static let pageKeys = ["rows"] + factPaths.map(\.0)

  static func read(_ reader: ConfigurationReader, scope: NameScope, hasPages: Bool = true) -> Envelope? {
    var envelope = Envelope()
    let format = reader.choice("format", among: Envelope.Format.self)
    envelope.format = format
    envelope.charset = charset(reader)
    envelope.statuses =
      reader.list(ifPresent: "status", count: 1...20) { $0.integer(in: 100...599) } ?? envelope.statuses
    envelope.rules = rules(reader, format, success: reader.value("success"))
    envelope.payload = reader.nested(ifPresent: "payload").flatMap { payload($0, format, scope) }
    // Rows and paging facts are looked up in the message that the mapping sees.
    let inner = envelope.payload?.format ?? format
    guard hasPages else {
      for key in pageKeys { reader.refuse(key, "only a pull has pages") }
      return envelope
    }
    envelope.rows = path(ifPresent: "rows", reader, inner)
    for (key, keyPath) in factPaths { envelope[keyPath: keyPath] = path(ifPresent: key, reader, inner) }
    return envelope
  }

  private static var factPaths: [(String, WritableKeyPath<Envelope, AnswerPath?>)] {
    [("total", \.total), ("pages", \.pages), ("cursor", \.cursor), ("more", \.more), ("next", \.next)]
  }

  static func path(_ key: String, _ reader: ConfigurationReader, _ format: Envelope.Format) -> AnswerPath? {
    reader.value(key).flatMap { path($0, format) }
  }

  static func path(
    ifPresent key: String, _ reader: ConfigurationReader, _ format: Envelope.Format
  ) -> AnswerPath? {
    reader.value(ifPresent: key).flatMap { path($0, format) }
  }

  static func path(_ value: ConfigurationValue, _ format: Envelope.Format) -> AnswerPath? {
    switch format {
    case .json: value.parse("a JSONPath such as $.data.total") { .json(try JSONPath($0)) }
    case .xml:
      // Without a step from the root it is a number or a word, which every answer has or none.
      value.parse("an XPath such as /Message/Head/BizMsgID") {
        $0.contains("/") ? .xml(try XPath($0)) : nil
      }
    }
  }

  /// A formula over `answer`.
  static func decode(_ key: String, _ reader: ConfigurationReader, scope: NameScope) -> Expression? {
    reader.value(ifPresent: key).flatMap { scope.adding([ReservedName.answer]).expression($0) }
  }

  private static func charset(_ reader: ConfigurationReader) -> Charset? {
    let declared = "declared"
    guard let text = reader.text(ifPresent: "charset"), text != declared else { return nil }
    let charset = Charset(name: text)
    if charset == nil {
      reader.error(
        "must be \(declared) or one of \(Charset.knownNames.joined(separator: ", "))", at: "charset",
        suggestion: Suggestion.nearest(to: text, in: [declared] + Charset.knownNames))
    }
    return charset
  }

  private static func rules(
    _ reader: ConfigurationReader, _ format: Envelope.Format, success: ConfigurationValue?
  ) -> AnswerRules {
    var rules = AnswerRules()
    rules.success = success.map { successRules($0, format) } ?? []
    rules.empty = reader.nested(ifPresent: "empty").flatMap { rule($0, format) }
    rules.code = path(ifPresent: "code", reader, format)
    rules.message = path(ifPresent: "message", reader, format)
    rules.refusals =
      reader.list(ifPresent: "errors") { $0.reader().flatMap { refusal($0, format, code: rules.code) } } ?? []
    return rules
  }

  private static func successRules(
    _ value: ConfigurationValue, _ format: Envelope.Format
  ) -> [Envelope.Rule] {
    // A platform that tells success by the HTTP status alone has to be called so by name.
    if value.isScalar {
      if value.text() != "status" { value.mismatch(expected: "a rule, a list of rules, or 'status'") }
      return []
    }
    return ruleList(value, format)
  }

  /// A rule, or a list of rules that all have to hold; none after a report.
  static func ruleList(_ value: ConfigurationValue, _ format: Envelope.Format) -> [Envelope.Rule] {
    (value.elementsOrSelf() ?? []).compactMap { $0.reader().flatMap { rule($0, format) } }
  }

  static func rule(_ reader: ConfigurationReader, _ format: Envelope.Format) -> Envelope.Rule? {
    let path = path("path", reader, format)
    switch reader.exactlyOne(of: "in", "present") {
    case "in":
      let texts = reader.texts("in", count: 1...100)
      return path.map { Envelope.Rule(path: $0, texts: texts) }
    case "present":
      let present = reader.boolean("present")
      return path.map { Envelope.Rule(path: $0, texts: [], present: present) }
    default: return nil
    }
  }

  private static func refusal(
    _ reader: ConfigurationReader, _ format: Envelope.Format, code: AnswerPath?
  ) -> Envelope.Refusal? {
    let errorClass = reader.choice("class", among: ErrorClass.self)
    let action = reader.choice(ifPresent: "action", among: Envelope.Refusal.Action.self)
    let effect = reader.choice(ifPresent: "effect", among: Envelope.Refusal.Effect.self)
    if action == .refresh, effect == .unknown {
      reader.error("contradicts 'action: refresh', which repeats the call", at: "effect")
    }
    return sign(reader, format, code: code).map {
      Envelope.Refusal(sign: $0, errorClass: errorClass, action: action, effect: effect)
    }
  }

  private static func sign(
    _ reader: ConfigurationReader, _ format: Envelope.Format, code: AnswerPath?
  ) -> Envelope.Refusal.Sign? {
    switch reader.exactlyOne(of: "in", "status") {
    case "in":
      let own = path(ifPresent: "path", reader, format)
      let texts = reader.texts("in", count: 1...100)
      guard let path = own ?? code else {
        reader.error("needs a 'path', or the envelope a 'code'")
        return nil
      }
      return .rule(Envelope.Rule(path: path, texts: texts))
    case "status":
      reader.refuse("path", "an HTTP status stands at no path")
      return .status(reader.list("status", count: 1...20) { $0.integer(in: 100...599) })
    default:
      reader.allow("path")
      return nil
    }
  }

  private static func payload(
    _ reader: ConfigurationReader, _ format: Envelope.Format, _ scope: NameScope
  ) -> Envelope.Payload? {
    let path = path("path", reader, format)
    let decode = decode("decode", reader, scope: scope)
    let inner = reader.choice("format", among: Envelope.Format.self)
    let charset = charset(reader)
    let rules = rules(reader, inner, success: reader.value(ifPresent: "success"))
    if rules.success.isEmpty {
      reader.refuse("errors", "nothing inside is refused without a 'success' that does not hold")
    }
    return path.map {
      Envelope.Payload(path: $0, decode: decode, format: inner, charset: charset, rules: rules)
    }
  }
}
