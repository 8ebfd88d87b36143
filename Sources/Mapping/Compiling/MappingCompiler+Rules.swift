import Certificates
import CivilTime
import Documents

extension MappingCompiler {
  /// The rules of a field: one, or a list of which the first that gives a value wins.
  func rules(
    _ value: ConfigurationValue, _ field: Field, _ scope: RuleScope, enclosing: Condition?
  ) -> [ValueRule] {
    guard value.isList else { return rule(value, field, scope, enclosing).map { [$0] } ?? [] }
    var rules: [ValueRule] = []
    for element in value.elements(count: 1...100) ?? [] {
      if let last = rules.last, last.condition == nil, last.constant != nil || last.otherwise != nil {
        element.warning("is never reached: the rule before it always gives a value")
      } else if let last = rules.last, last.condition == nil, last.isRequired {
        element.warning("is never reached: the rule before it quarantines the row when it gives no value")
      }
      if let rule = rule(element, field, scope, enclosing) { rules.append(rule) }
    }
    return rules
  }

  private func rule(
    _ value: ConfigurationValue, _ field: Field, _ scope: RuleScope, _ enclosing: Condition?
  ) -> ValueRule? {
    var rule = ValueRule()
    rule.nulls = nulls
    rule.zoneSeconds = UTCOffset.china
    rule.leavesOutUnreadable = scope.contract[.types] == .discardValue
    guard value.isMapping else {
      guard let path = path(value) else { return nil }
      require(path, fits: scope, value)
      rule.paths = [path]
      finish(&rule, field, nil, value)
      return rule
    }
    guard let reader = value.reader() else { return nil }
    if let when = reader.value(ifPresent: "when") {
      rule.condition = condition(when, scope)
      if let condition = rule.condition {
        ConditionCheck.warn([enclosing, condition].compactMap(\.self), at: reader, "when")
      }
    }
    if let constant = reader.value(ifPresent: "constant") {
      let words = [
        "of", "from", "nulls", "keepBlanks", "normalize", "match", "replace", "split", "codes", "date",
        "zone",
        "unit", "check", "otherwise", "required",
      ]
      for word in words {
        reader.refuse(word, "a constant is the whole value; only 'when' may stand beside it")
      }
      rule.constant = ConstantValue.read(constant, field)
      return rule
    }
    readSource(reader, &rule, scope)
    readText(reader, &rule, field, scope)
    readType(reader, &rule, field)
    if let check = reader.value(ifPresent: "check") { rule.check = self.check(check, field, scope) }
    if let otherwise = reader.value(ifPresent: "otherwise") {
      rule.otherwise = ConstantValue.read(otherwise, field)
    }
    rule.isRequired = reader.boolean("required", default: false)
    if rule.isRequired, rule.otherwise != nil {
      reader.warning("has no effect beside 'otherwise', which always gives a value", at: "required")
    }
    finish(&rule, field, reader, value)
    return rule
  }

  /// `of`, `from`, `nulls` and `keepBlanks`.
  func readSource(_ reader: ConfigurationReader, _ rule: inout ValueRule, _ scope: RuleScope) {
    var scope = scope
    if let value = reader.value(ifPresent: "of") {
      let words = ["message"] + (scope.isHolder ? ["row"] : []) + scope.joins.keys.sorted()
      switch scope.word(value, among: words) {
      case "message": rule.scope = .message
      case "row": rule.scope = .row
      case let name?:
        scope.usedJoins.names.insert(name)
        rule.scope = scope.joins[name].map { .join($0) } ?? .node
      case nil: break
      }
      scope.isPart = false
    }
    for value in reader.value("from")?.elementsOrSelf() ?? [] {
      guard let path = path(value) else { continue }
      require(path, fits: scope, value)
      if rule.paths.contains(where: { $0.text == path.text }) {
        value.warning("stands twice in the list")
      }
      rule.paths.append(path)
    }
    if let texts = reader.list(ifPresent: "nulls", { $0.text(allowingEmpty: true) }) {
      rule.nulls = TextSet(texts)
    }
    rule.keepsBlanks = reader.boolean("keepBlanks", default: false)
  }

  /// A piece of text has nothing but itself.
  private func require(_ path: ValuePath, fits scope: RuleScope, _ value: ConfigurationValue) {
    guard scope.isPart else { return }
    if case .node = path.step { return }
    value.error("leads nowhere: the holder is a piece of text", suggestion: format == .json ? "$" : ".")
  }

  /// `normalize`, `match`, `replace`, `split` and `codes`.
  private func readText(
    _ reader: ConfigurationReader, _ rule: inout ValueRule, _ field: Field, _ scope: RuleScope
  ) {
    rule.normalization = normalization(reader)
    rule.match = reader.value(ifPresent: "match").flatMap(pattern)
    for value in reader.value(ifPresent: "replace")?.elementsOrSelf() ?? [] {
      guard let inner = value.reader() else { continue }
      let pattern = inner.value("pattern").flatMap(pattern)
      let with = inner.value("with")
      guard let pattern else { continue }
      let replacement = with?.parse("a replacement text") { text throws(DocumentError) in
        try RegularExpression.Replacement(text, for: pattern)
      }
      if let replacement {
        rule.replacements.append(ValueRule.Replacing(pattern: pattern, replacement: replacement))
      }
    }
    if field.type == .texts {
      rule.separator = reader.text(ifPresent: "split")
    } else {
      reader.refuse("split", "\(field.path) holds one value")
    }
    rule.codes = reader.value(ifPresent: "codes").flatMap { codes($0, field, scope, nulls: rule.nulls) }
  }

  func pattern(_ value: ConfigurationValue) -> RegularExpression? {
    value.parse("a regular expression") { text throws(DocumentError) in
      try RegularExpression(text)
    }
  }

  func normalization(_ reader: ConfigurationReader) -> TextNormalization { TextNormalization.read(reader) }

  /// `date`, `zone` and `unit`.
  private func readType(_ reader: ConfigurationReader, _ rule: inout ValueRule, _ field: Field) {
    if field.type == .date || field.type == .timestamp {
      rule.dates = DateForm.allCases
      if let forms = reader.value(ifPresent: "date") { rule.dates = dates(forms) }
      let zone = reader.parse(ifPresent: "zone", "an offset such as +08:00 or Z") {
        UTCOffset.seconds(parsing: $0)
      }
      rule.zoneSeconds = zone ?? UTCOffset.china
    } else {
      reader.refuse("date", "\(field.path) holds no date")
      reader.refuse("zone", "\(field.path) holds no time")
    }
    guard case .decimal(let target) = field.type else {
      reader.refuse("unit", "\(field.path) holds no amount")
      return
    }
    guard let value = reader.value(ifPresent: "unit") else { return }
    guard let unit = value.choice(UnitConversion.Unit.self) else { return }
    rule.unit = UnitConversion(from: unit, to: target)
    if rule.unit == nil {
      let words = UnitConversion.words(for: target).joined(separator: ", ")
      value.error(
        "cannot be converted to \(target.rawValue), in which \(field.path) is kept; one of \(words)")
    }
  }

  private func dates(_ value: ConfigurationValue) -> [DateForm] {
    var forms: [DateForm] = []
    let words = [DateForm.anyWord] + DateForm.allCases.map(\.rawValue)
    for element in value.elementsOrSelf() ?? [] {
      guard let word = element.choice(among: words) else { continue }
      let added = DateForm(rawValue: word).map { [$0] } ?? DateForm.allCases
      if added.allSatisfy(forms.contains) {
        element.warning("is never reached: the forms before it include it")
      }
      forms += added.filter { !forms.contains($0) }
    }
    return forms
  }

  /// What a field needs and the rule does not say.
  private func finish(
    _ rule: inout ValueRule, _ field: Field, _ reader: ConfigurationReader?, _ value: ConfigurationValue
  ) {
    switch field.type {
    case .date, .timestamp: if rule.dates.isEmpty { rule.dates = DateForm.allCases }
    case .decimal(let unit) where rule.unit == nil && reader?.has("unit") != true:
      value.error(
        "needs the key 'unit', the unit the platform writes (\(UnitConversion.words(for: unit).joined(separator: ", ")))"
      )
    case .identifier(let kind) where rule.check == nil && reader?.has("check") != true:
      value.warning(
        "fills an identifier without a check, so its spelling is kept as it comes; add 'check: \(kind.rawValue)'"
      )
    default: break
    }
  }
}
