public import Applications
public import Calendars
import Documents
import Policies

/// How long the permits of a case may take together, as its policy said when the case was opened.
public struct PermitTotal: Hashable, Sendable {
  /// What its clock is called: the name of the rule, behind `total-`.
  public let name: String

  /// What the names of such clocks begin with.
  static let prefix = "total-"

  /// Those that are decided by the platform and counted together.
  public let items: Set<PermitItem>
  public let rule: ClockRule
  /// Where it stands, and the title of that document.
  public let clause: String
  public let document: String
  /// No document says it: the site has settled it.
  public let isAssumed: Bool
  /// Made of the rule, once for all cases that share it: what its clock goes by, and what events do to it.
  let clockRule: ClockRule
  let effects: [String: TotalCourse.Effect]

  public init(
    name: String, items: Set<PermitItem>, rule: ClockRule, clause: String, document: String, isAssumed: Bool
  ) {
    self.name = name
    self.items = items
    self.rule = rule
    self.clause = clause
    self.document = document
    self.isAssumed = isAssumed
    clockRule = TotalCourse.rule(rule)
    effects = TotalCourse.effects(rule)
  }

  init(_ ruling: Ruling<PermitLimit>, _ rule: ClockRule, _ items: [PermitItem]) {
    self.init(
      name: Self.prefix + ruling.rule.id, items: Set(items), rule: rule,
      clause: ruling.rule.clause.description,
      document: ruling.document.title, isAssumed: ruling.document.isAssumed)
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("items", items.map(\.rawValue).sorted())
      writer.member("rule") { rule.write(&$0) }
      writer.member("clause", clause)
      writer.member("document", document)
      writer.member("assumed", isAssumed)
    }
  }

  /// Reads what `write` wrote; nil for anything else.
  init?(decoding value: JSONValue) {
    guard let name = value["name"]?.string, let items = value["items"], items.isArray,
      let rule = value["rule"].flatMap({ ClockRule(decoding: $0) }), let clause = value["clause"]?.string,
      let document = value["document"]?.string, let isAssumed = value["assumed"]?.boolean
    else { return nil }
    let read = items.elements.map { $0.string.flatMap(PermitItem.init(rawValue:)) }
    guard !read.contains(nil) else { return nil }
    self.init(
      name: name, items: Set(read.compactMap(\.self)), rule: rule, clause: clause, document: document,
      isAssumed: isAssumed)
  }
}
