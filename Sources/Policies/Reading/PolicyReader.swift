import Applications
import Calendars
import CivilTime
import Documents

/// Reads one `policy.yaml`.
enum PolicyReader {
  static func read(_ root: YAMLNode, name: String, _ diagnostics: Diagnostics) -> Policy? {
    ConfigurationReader.read(root, as: "the policy", diagnostics) { reader in
      let given = reader.text("policy")
      if given != name, !given.isEmpty {
        reader.error("must be '\(name)', the folder it lies in, not '\(given)'", at: "policy")
      }
      let region = reader.parse("region", "an area code of six digits, such as 411523", area) ?? ""
      let documents = documents(reader)
      let clauses = ClauseReader(documents: documents)
      let permits = reader.nested(ifPresent: "permits")
      let policy = Policy(
        name: name, title: reader.text("title"), region: region, parent: reader.text(ifPresent: "inherits"),
        documents: documents,
        clock: reader.nested(ifPresent: "clock").flatMap { ClockReader.settings($0, clauses) },
        needs: rules(permits, "needs", clauses) { $0.choice("need", among: PermitNeed.self) },
        ways: rules(permits, "ways", clauses) { $0.choice("way", among: PermitWay.self) },
        limits: rules(permits, "limits", clauses, limit),
        totals: rules(permits, "totals", clauses, limit),
        materials: rules(permits, "materials", clauses) {
          PermitMaterials(codes: $0.texts("need", count: 1...40))
        },
        order: rules(permits, "order", clauses) { PermitOrder(after: items($0, "after") ?? []) },
        process: rules(reader, "process", clauses, process),
        supply: SupplyReader(clauses: clauses).read(reader.nested(ifPresent: "supply")))
      checkNames(policy, reader)
      return policy
    }
  }

  private static func area(_ text: String) -> String? {
    text.utf8.count == 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
  }

  private static func documents(_ reader: ConfigurationReader) -> [String: PolicyDocument] {
    reader.dictionary(ifPresent: "documents") { value in
      guard let reader = value.reader() else { return nil }
      let id = value.path.split(separator: ".").last.map(String.init) ?? ""
      let document = PolicyDocument(
        id: id, number: reader.text(ifPresent: "number"), title: reader.text("title"), term: term(reader),
        continuedUntil: date(reader, "continued-until"),
        isAssumed: reader.boolean("assumed", default: false))
      if document.continuedUntil != nil, document.term.until == nil {
        reader.error("goes on after an end, and the document has no 'until'", at: "continued-until")
      }
      return document
    } ?? [:]
  }

  private static func date(_ reader: ConfigurationReader, _ key: String) -> CivilDate? {
    reader.parse(ifPresent: key, "a date such as 2020-01-31") { CivilDate(iso: $0) }
  }

  static func term(_ reader: ConfigurationReader) -> Term {
    let term = Term(from: date(reader, "from"), until: date(reader, "until"))
    if let from = term.from, let until = term.until, until < from {
      reader.error("ends before it begins", at: "until")
    }
    return term
  }

  static func items(_ reader: ConfigurationReader, _ key: String) -> Set<PermitItem>? {
    reader.list(ifPresent: key, count: 1...PermitItem.allCases.count) { $0.choice(PermitItem.self) }
      .map(Set.init)
  }

  /// The rules of one list.
  private static func rules<Outcome>(
    _ reader: ConfigurationReader?, _ key: String, _ clauses: ClauseReader,
    _ outcome: (ConfigurationReader) -> Outcome?
  ) -> [Rule<Outcome>] {
    let isOfPermits = key != "process"
    return reader?.list(ifPresent: key) { value in
      guard let reader = value.reader() else { return nil }
      let clause = clauses.read(reader)
      let items = isOfPermits ? items(reader, "items") : nil
      let ways =
        isOfPermits && key != "ways" && key != "needs"
        ? reader.list(ifPresent: "ways", count: 1...PermitWay.allCases.count) { $0.choice(PermitWay.self) }
        : nil
      let condition = ConditionReader.read(reader.nested(ifPresent: "when"))
      guard let outcome = outcome(reader), let clause else { return nil }
      return Rule(
        id: reader.text("id"), clause: clause, term: term(reader), items: items ?? Set(PermitItem.allCases),
        ways: ways.map(Set.init) ?? Set(PermitWay.allCases), condition: condition, outcome: outcome)
    } ?? []
  }

  private static func limit(_ reader: ConfigurationReader) -> PermitLimit? {
    guard let limit = timeLimit(reader) else { return nil }
    let starts = reader.list(ifPresent: "starts", count: 1...PermitEvent.allCases.count) {
      $0.choice(PermitEvent.self)
    }
    return PermitLimit(
      limit: limit, starts: starts.map { Set($0.map(\.rawValue)) },
      warnings: ClockReader.warnings(reader))
  }

  /// Without a limit where it says `none`; nil where it cannot be read.
  private static func timeLimit(_ reader: ConfigurationReader) -> TimeLimit?? {
    let expected = "a limit such as '5 working days', '7 rolling days', '18 hours', or none"
    return reader.parse("limit", expected) { text in
      text == "none" ? .some(nil) : TimeLimit(text).map { .some($0) }
    }
  }

  private static func process(_ reader: ConfigurationReader) -> ProcessLimit? {
    let step = reader.text("step")
    guard let given = timeLimit(reader) else { return nil }
    guard let limit = given else { return ProcessLimit(step: step, rule: nil) }
    guard let settings = ClockReader.settings(reader) else { return nil }
    var rule = settings.rule(limit)
    rule.quiet = ClockReader.quiet(reader)
    return ProcessLimit(step: step, rule: rule)
  }

  /// Decisions are cited by the names of rules: they must be unique.
  private static func checkNames(_ policy: Policy, _ reader: ConfigurationReader) {
    var seen: Set<String> = []
    for name in policy.spans.map(\.id) where !seen.insert(name).inserted {
      reader.error("has two rules with the id '\(name)'")
    }
  }
}

/// Reads `clause`, a document of the policy and the place in it.
struct ClauseReader {
  /// By their short names.
  let documents: [String: PolicyDocument]

  func read(_ reader: ConfigurationReader) -> Clause? {
    guard let value = reader.value("clause"), let text = value.text() else { return nil }
    let parts = text.split(separator: " ", maxSplits: 1)
    let document = parts.first.map(String.init) ?? ""
    guard documents[document] != nil else {
      value.error(
        "names the document '\(document)', which is not under 'documents'",
        suggestion: Suggestion.nearest(to: document, in: documents.keys.sorted()))
      return nil
    }
    return Clause(document: document, place: parts.count == 2 ? String(parts[1]) : "")
  }
}
