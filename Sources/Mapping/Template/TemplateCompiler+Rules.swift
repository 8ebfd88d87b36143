import Applications
import CivilTime
import Documents

extension TemplateCompiler {
  /// A rule, or a list of rules of which the first that gives a value wins. Nil after a report.
  func value(_ value: ConfigurationValue, _ scope: TemplateScope, _ format: MessageFormat) -> TemplateValue? {
    guard value.isList else { return rule(value, scope, format).map { TemplateValue(rules: [$0]) } }
    var rules: [TemplateRule] = []
    for element in value.elements(count: 1...100) ?? [] {
      if let last = rules.last, last.condition == nil {
        if last.alwaysGives {
          element.warning("is never reached: the rule before it always gives a value")
        } else if last.isRequired {
          element.warning("is never reached: the rule before it refuses the record when it gives no value")
        }
      }
      if let rule = rule(element, scope, format) { rules.append(rule) }
    }
    return rules.isEmpty ? nil : TemplateValue(rules: rules)
  }

  private static let shapingWords = ["of", "normalize", "codes", "date", "unit", "otherwise", "required"]

  private func rule(
    _ value: ConfigurationValue, _ scope: TemplateScope, _ format: MessageFormat
  ) -> TemplateRule? {
    guard value.isMapping else {
      guard let path = path(value, scope, isOfRecord: false) else { return nil }
      let rule = TemplateRule(source: .field(path))
      finish(rule, path.field, hasUnit: false, value)
      return rule
    }
    guard let reader = value.reader() else { return nil }
    let condition = reader.value(ifPresent: "when").flatMap { self.condition($0, scope) }
    switch reader.exactlyOne(of: "from", "constant", "content") {
    case "constant":
      for word in Self.shapingWords {
        reader.refuse(word, "a constant is the whole value; only 'when' and 'as' may stand beside it")
      }
      let text = reader.text("constant", allowingEmpty: true)
      var rule = TemplateRule(condition: condition, source: .constant(text))
      rule.form = form(reader, format)
      if let problem = rule.form.problem(with: text) { reader.error(problem, at: "constant") }
      return rule
    case "content":
      for word in Self.shapingWords + ["as"] { reader.refuse(word, "the content is written whole") }
      _ = reader.value("content")?.choice(among: ["base64"])
      guard scope.list?.name == "attachments" else {
        reader.error("stands outside of 'each: attachments', so there is no attachment", at: "content")
        return nil
      }
      return TemplateRule(condition: condition, source: .content)
    case "from":
      let isOfRecord = reader.value(ifPresent: "of")?.choice(among: ["record"]) != nil
      let path = reader.value("from").flatMap { self.path($0, scope, isOfRecord: isOfRecord) }
      guard let path else {
        for word in Self.shapingWords + ["as"] { reader.allow(word) }
        return nil
      }
      return shaped(reader, value, TemplateRule(condition: condition, source: .field(path)), path, format)
    default:
      for word in Self.shapingWords + ["as"] { reader.allow(word) }
      return nil
    }
  }

  private func shaped(
    _ reader: ConfigurationReader, _ value: ConfigurationValue, _ start: TemplateRule, _ path: FieldPath,
    _ format: MessageFormat
  ) -> TemplateRule {
    var rule = start
    rule.normalization = TextNormalization.read(reader)
    rule.codes = reader.value(ifPresent: "codes").flatMap {
      codes($0, path.field, hasOtherwise: reader.has("otherwise"))
    }
    if path.field.type == .date {
      if let word = reader.value(ifPresent: "date")?.choice(DateForm.self) { rule.date = word }
    } else {
      reader.refuse("date", "\(path.text) holds no date")
    }
    if case .amount(let unit) = path.field.type {
      if let word = reader.value(ifPresent: "unit")?.choice(among: TemplateUnit.words(for: unit)) {
        rule.unit = TemplateUnit(word, for: unit)
      }
    } else {
      reader.refuse("unit", "\(path.text) holds no amount")
    }
    rule.otherwise = reader.text(ifPresent: "otherwise", allowingEmpty: true)
    rule.isRequired = reader.boolean("required", default: false)
    if rule.isRequired, rule.otherwise != nil {
      reader.warning("has no effect beside 'otherwise', which always gives a value", at: "required")
    }
    rule.form = form(reader, format)
    if let otherwise = rule.otherwise, let problem = rule.form.problem(with: otherwise) {
      reader.error(problem, at: "otherwise")
    }
    checkForm(rule, path, reader)
    finish(rule, path.field, hasUnit: reader.has("unit"), value)
    return rule
  }

  /// `as: number` of a text that is none would fail with every record.
  private func checkForm(_ rule: TemplateRule, _ path: FieldPath, _ reader: ConfigurationReader) {
    if let codes = rule.codes {
      for text in codes.table.values.sorted() {
        if let problem = rule.form.problem(with: text) { reader.error(problem, at: "codes") }
      }
      return
    }
    switch (rule.form, path.field.type) {
    case (.text, _), (.number, .amount), (.boolean, .flag): break
    case (.number, .date) where rule.date == .epochSeconds || rule.date == .epochMilliseconds: break
    case (.number, .text): break
    default: reader.error("is not what \(path.text) holds", at: "as")
    }
  }

  private func form(_ reader: ConfigurationReader, _ format: MessageFormat) -> TemplateRule.JSONForm {
    guard format == .json else {
      reader.refuse("as", "everything in XML is text")
      return .text
    }
    return reader.choice("as", default: .text)
  }

  private func finish(
    _ rule: TemplateRule, _ field: ApplicationField, hasUnit: Bool, _ value: ConfigurationValue
  ) {
    guard case .amount(let unit) = field.type, rule.unit == nil, !hasUnit else { return }
    value.error(
      "needs the key 'unit', the unit the platform wants (\(TemplateUnit.words(for: unit).joined(separator: ", ")))"
    )
  }

  /// A field with one value. Nil after a report.
  func path(_ value: ConfigurationValue, _ scope: TemplateScope, isOfRecord: Bool) -> FieldPath? {
    guard let text = value.text() else { return nil }
    let list = isOfRecord ? nil : scope.list
    let known = list?.fields ?? fields
    guard let field = known.field(at: text) else {
      value.error(
        list.map { "names no field of \($0.name): '\(text)'" } ?? "names no field of the record: '\(text)'",
        suggestion: Suggestion.nearest(to: text, in: known.paths))
      return nil
    }
    switch field.type {
    case .group(let fields):
      value.error("is a group; name one of its fields", suggestion: "\(text).\(fields[0].name)")
      return nil
    case .list:
      value.error("is a list; write it with 'each: \(text)'")
      return nil
    default: break
    }
    if list == nil { usedFields.insert(text) }
    return FieldPath(text: text, isOfRecord: list == nil, field: field)
  }
}

extension TemplateRule {
  fileprivate var alwaysGives: Bool {
    if case .constant = source { return true }
    return otherwise != nil
  }
}

extension TemplateRule.JSONForm {
  /// What is wrong with a text that is to stand so, after its path; nil when nothing is.
  func problem(with text: String) -> String? {
    switch self {
    case .text: nil
    case .number: isNumber(text) ? nil : "must be a number, as 'as' says, not '\(text)'"
    case .boolean:
      text == "true" || text == "false" ? nil : "must be true or false, as 'as' says, not '\(text)'"
    }
  }

  private func isNumber(_ text: String) -> Bool {
    do throws(DocumentError) {
      return try JSONDocument(parsing: text).root.numberText == text
    } catch {
      return false
    }
  }
}
