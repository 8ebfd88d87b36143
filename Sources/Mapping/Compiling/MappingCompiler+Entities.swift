import Certificates
import Documents

extension MappingCompiler {
  /// Nil after a report.
  func entity(_ entry: ConfigurationEntry) -> SelectedEntity? {
    guard let reader = entry.value.reader() else { return nil }
    let selector = rows(reader)
    // Without the kind no field can be judged.
    guard let kind = reader.value("kind")?.choice(CertificateKind.self) else {
      reader.allow("when", "joins", "fields", "holders", "contract")
      return nil
    }
    var joins = (reader.entries(ifPresent: "joins") ?? []).compactMap(join)
    for place in joins.indices.dropFirst() {
      joins[place].hasKeyOfPrevious =
        joins[place].rowKeys.map(\.text) == joins[place - 1].rowKeys.map(\.text)
    }
    let names = Dictionary(
      joins.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let contract = reader.value(ifPresent: "contract").map { self.contract($0) } ?? Contract()
    let scope = RuleScope(
      kind: kind, joins: names, namedJoins: reader.namesGiven("joins"), contract: contract)
    let condition = reader.value(ifPresent: "when").flatMap { self.condition($0, scope) }
    let fields = fields(reader.entries("fields"), scope, enclosing: condition)
    let holders = (reader.elements(ifPresent: "holders") ?? [])
      .compactMap { holder($0, scope, enclosing: condition) }
    if let condition { ConditionCheck.warn([condition], at: reader, "when") }
    for plan in joins where plan.expectation == .any && !scope.usedJoins.names.contains(plan.name) {
      reader.warning("has the join '\(plan.name)', from which no rule takes anything", at: "joins")
    }
    warnOfMissingIdentity(kind, fields, holders, reader)
    guard let selector else { return nil }
    return SelectedEntity(
      rows: selector,
      plan: EntityPlan(
        name: entry.name, kind: kind, contract: contract, condition: condition, joins: joins,
        fields: fields.sorted { $0.field < $1.field }, holders: holders, mark: entry.key.mark))
  }

  private func join(_ entry: ConfigurationEntry) -> JoinPlan? {
    if entry.name == "message" || entry.name == "row" {
      entry.key.error("has a meaning of its own after 'of'; choose another name")
    }
    guard let reader = entry.value.reader() else { return nil }
    let selector = rows(reader)
    var rowKeys: [ValuePath] = []
    var siblingKeys: [ValuePath] = []
    let pairs = reader.entries("on")
    if pairs.isEmpty, reader.has("on") { reader.error("needs at least one pair of paths", at: "on") }
    for pair in pairs {
      guard let mine = path(pair.key), let theirs = path(pair.value) else { continue }
      rowKeys.append(mine)
      siblingKeys.append(theirs)
    }
    let expectation: JoinPlan.Expectation = reader.choice("expect")
    let order = reader.value(ifPresent: "order").flatMap(path)
    guard let selector else { return nil }
    return JoinPlan(
      name: entry.name, rows: selector, rowKeys: rowKeys, siblingKeys: siblingKeys,
      expectation: expectation, order: order)
  }

  private func rows(_ reader: ConfigurationReader) -> RowSelector? {
    guard let value = reader.value("rows") else { return nil }
    return value.parse("a path to the rows") { [format] text throws(DocumentError) in
      try RowSelector(text, format: format, mark: value.mark)
    }
  }

  /// A path to a text.
  func path(_ value: ConfigurationValue) -> ValuePath? {
    value.parse(format == .json ? "a JSONPath" : "an XPath") { [format] text throws(DocumentError) in
      try ValuePath(text, format: format, mark: value.mark)
    }
  }

  func fields(_ entries: [ConfigurationEntry], _ scope: RuleScope, enclosing: Condition?) -> [FieldPlan] {
    entries.compactMap { entry in
      guard let field = field(entry, scope) else { return nil }
      let rules = rules(entry.value, field, scope, enclosing: enclosing)
      return rules.isEmpty ? nil : FieldPlan(field: field, rules: rules.map(SharedRule.init))
    }
  }

  private func field(_ entry: ConfigurationEntry, _ scope: RuleScope) -> Field? {
    let path = scope.isHolder ? "holder.\(entry.name)" : entry.name
    let field = FieldSchema.field(path: path, kind: scope.kind)
    if let field, scope.isHolder || field.group != .holder { return field }
    if field != nil {
      entry.key.error("is a field of holders, which have rules of their own under 'holders'")
      return nil
    }
    let names = FieldSchema.paths(kind: scope.kind).filter { $0.hasPrefix("holder.") == scope.isHolder }
      .map { scope.isHolder ? String($0.dropFirst("holder.".count)) : $0 }
    diagnostics.error(
      "a \(scope.kind.rawValue) has no \(scope.isHolder ? "holder's " : "")field '\(entry.name)'",
      at: entry.key.mark, suggestion: Suggestion.nearest(to: entry.name, in: names))
    return nil
  }

  private func holder(_ value: ConfigurationValue, _ scope: RuleScope, enclosing: Condition?) -> HolderPlan? {
    guard let reader = value.reader() else { return nil }
    var inner = scope
    inner.isHolder = true
    var source = HolderPlan.Source.row
    switch reader.atMostOne(of: "of", "each") {
    case "of":
      if let name = reader.value("of").flatMap({ scope.word($0, among: scope.joins.keys.sorted()) }),
        let index = scope.joins[name]
      {
        scope.usedJoins.names.insert(name)
        source = .join(index)
      }
    case "each":
      if let each = reader.value("each").flatMap({ self.each($0, scope) }) { source = each }
      if case .parts = source { inner.isPart = true }
    default: break
    }
    let condition = reader.value(ifPresent: "when").flatMap { self.condition($0, inner) }
    // What holds for the row says nothing about a node of another table.
    let outer = if case .row = source { enclosing } else { nil as Condition? }
    if let condition { ConditionCheck.warn([outer, condition].compactMap(\.self), at: reader, "when") }
    let fields = fields(
      reader.entries("fields"), inner, enclosing: Condition.conjunction(outer, condition))
    return HolderPlan(source: source, condition: condition, fields: fields.sorted { $0.field < $1.field })
  }

  /// `each`: a path to nodes, or a text to split.
  private func each(_ value: ConfigurationValue, _ scope: RuleScope) -> HolderPlan.Source? {
    if value.isMapping {
      guard let reader = value.reader() else { return nil }
      var rule = ValueRule()
      rule.nulls = nulls
      readSource(reader, &rule, scope)
      let separator = reader.text("split")
      return rule.paths.isEmpty ? nil : .parts(SharedRule(rule), separator: separator)
    }
    let path = value.parse("a path to the holders") { [format] text throws(DocumentError) in
      try NodePath(text, format: format, mark: value.mark)
    }
    return path.map { .each($0) }
  }

  /// A kind whose records are told apart by fields that no rule fills would be quarantined row by row.
  private func warnOfMissingIdentity(
    _ kind: CertificateKind, _ fields: [FieldPlan], _ holders: [HolderPlan], _ reader: ConfigurationReader
  ) {
    var paths = Set(fields.map(\.field.path))
    for holder in holders { paths.formUnion(holder.fields.map(\.field.path)) }
    guard paths.isDisjoint(with: ["basic.identifier"]) else { return }
    let wanted: Set<String> =
      switch kind {
      case .identityCard, .businessLicence: ["basic.number", "holder.code"]
      case .propertyDeed, .propertyRegistrationProof, .contractorLicence, .designLicence: ["basic.number"]
      case .projectRegistration: ["basic.number", "specific.projectCode"]
      case .constructionPlanningPermit, .roadPermit, .greeningPermit:
        ["basic.number", "specific.decisionNumber"]
      case .approvalCase: ["basic.number", "specific.caseNumber"]
      }
    if paths.isDisjoint(with: wanted) {
      reader.warning(
        "fills none of the fields a \(kind.rawValue) is told apart by (\(wanted.sorted().joined(separator: ", "))), so every row will be quarantined"
      )
    }
  }
}
