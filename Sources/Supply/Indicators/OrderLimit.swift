public import Calendars
import Documents
import Policies

/// How long the utility may take for a step of its process behind an application, as the policy said when it was judged.
public struct OrderLimit: Hashable, Sendable {
  public let step: String
  /// Without warnings. nil: it depends on facts that are not known.
  public let rule: ClockRule?
  /// Where it stands, and the title of that document; empty where it depends on what is not known.
  public let clause: String
  public let document: String
  /// No document says it: the site has settled it.
  public let isAssumed: Bool

  /// A step that is an average over all orders, and no limit of one of them.
  public static let average = "average"

  /// What the names of steps of single permits begin with: their clocks are the permit cases'.
  private static let ofPermits = "permit-"

  public init(
    step: String, rule: ClockRule?, clause: String = "", document: String = "", isAssumed: Bool = false
  ) {
    self.step = step
    self.rule = rule
    self.clause = clause
    self.document = document
    self.isAssumed = isAssumed
  }

  /// What the region's policies limit for an application, by step. What they say is unlimited is left out.
  static func all(of supply: SupplyCase, _ policies: PolicyLibrary) -> [OrderLimit] {
    let limits = policies.process(forRegion: supply.region, supply.facts, on: supply.day) ?? [:]
    return limits.sorted { $0.key < $1.key }.compactMap { step, resolution in
      guard !step.hasPrefix(ofPermits) else { return nil }
      switch resolution {
      case .silent: return nil
      case .undecided: return OrderLimit(step: step, rule: nil)
      case .decided(let ruling):
        guard var rule = ruling.rule.outcome.rule else { return nil }
        rule.warnings = []
        return OrderLimit(
          step: step, rule: rule, clause: ruling.rule.clause.description, document: ruling.document.title,
          isAssumed: ruling.document.isAssumed)
      }
    }
  }

  /// What begins with the booking and ends with a step of it, and not with one of the application that comes of it.
  var isOfBooking: Bool {
    rule.map { $0.starts == [OrderProcess.requested] && $0.ends.isDisjoint(with: Self.endsOfApplications) }
      ?? false
  }

  /// An application is accepted, and then carried out.
  private static let endsOfApplications = OrderProcess.ownEnds.union([accepted])
  static let accepted = "accepted"

  /// The same text for the same limits: thousands of orders share a few.
  static func text(_ limits: [OrderLimit]) -> String {
    var writer = JSONWriter()
    writer.array { writer in
      for limit in limits {
        writer.object { writer in
          writer.member("step", limit.step)
          if let rule = limit.rule { writer.member("rule") { rule.write(&$0) } }
          writer.member("clause", limit.clause)
          writer.member("document", limit.document)
          writer.member("assumed", limit.isAssumed)
        }
      }
    }
    return writer.text
  }

  /// Reads what `text` wrote; nil for anything else.
  static func read(_ text: String) -> [OrderLimit]? {
    guard let root = try? JSONDocument(parsing: text).root, root.isArray else { return nil }
    let limits = root.elements.map { OrderLimit(decoding: $0) }
    return limits.contains(nil) ? nil : limits.compactMap(\.self)
  }

  private init?(decoding value: JSONValue) {
    guard let step = value["step"]?.string, let clause = value["clause"]?.string,
      let document = value["document"]?.string, let isAssumed = value["assumed"]?.boolean
    else { return nil }
    let rule = value["rule"].map { ClockRule(decoding: $0) }
    if case .some(.none) = rule { return nil }
    self.init(step: step, rule: rule ?? nil, clause: clause, document: document, isAssumed: isAssumed)
  }
}
