public import Calendars
import CivilTime
import Documents
import Policies

/// How long the utility itself may take for a step of each permit item, as its policy said when the case was opened.
///
/// Steps of the policy's `process` whose name begins with `permit-` are such.
public struct OwnLimit: Hashable, Sendable {
  public let step: String
  public let rule: ClockRule
  /// Where it stands, and the title of that document.
  public let clause: String
  public let document: String
  /// No document says it: the site has settled it.
  public let isAssumed: Bool

  /// What the names of such steps begin with.
  public static let prefix = "permit-"

  /// The event that a planned attempt may be handed in from now on: no platform and no person enters it.
  public static let ready = "ready"

  public init(step: String, rule: ClockRule, clause: String, document: String, isAssumed: Bool) {
    self.step = step
    self.rule = rule
    self.clause = clause
    self.document = document
    self.isAssumed = isAssumed
  }

  /// `nil` where the rule says that nothing limits the step.
  init?(_ ruling: Ruling<ProcessLimit>) {
    guard let rule = ruling.rule.outcome.rule else { return nil }
    self.init(
      step: ruling.rule.outcome.step, rule: rule, clause: ruling.rule.clause.description,
      document: ruling.document.title, isAssumed: ruling.document.isAssumed)
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("step", step)
      writer.member("rule") { rule.write(&$0) }
      writer.member("clause", clause)
      writer.member("document", document)
      writer.member("assumed", isAssumed)
    }
  }

  /// Reads what `write` wrote; nil for anything else.
  init?(decoding value: JSONValue) {
    guard let step = value["step"]?.string, let rule = value["rule"].flatMap({ ClockRule(decoding: $0) }),
      let clause = value["clause"]?.string, let document = value["document"]?.string,
      let isAssumed = value["assumed"]?.boolean
    else { return nil }
    self.init(step: step, rule: rule, clause: clause, document: document, isAssumed: isAssumed)
  }
}
