public import Applications
public import Policies

/// What has to be done for each permit item of a line, and what is missing before it can be.
public struct PermitPlan: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    case notNeeded
    /// 免审
    case exempt
    /// It is handed in this way, once the items before it are decided.
    case handIn(PermitWay, after: Set<PermitItem>)
    /// Files that the policy asks for are not there.
    case incomplete([PermitDecision.Material])
    /// Facts that matter are not known.
    case undecided([Fact])
    /// No rule in force says what is to be done.
    case silent
  }

  /// What the policy says, by item, in the order of the items.
  public let decisions: [PermitDecision]
  public let steps: [PermitItem: Step]

  /// - Parameter materials: the codes of the files at hand, by item; those for every item are in each.
  public init(_ decisions: [PermitDecision], materials: [PermitItem: Set<String>]) {
    self.decisions = decisions
    let open = Set(decisions.filter { Self.isHandedIn($0) }.map(\.item))
    steps = Dictionary(
      uniqueKeysWithValues: decisions.map {
        ($0.item, Self.step($0, at: materials[$0.item] ?? [], open: open))
      })
  }

  /// Whether every item is settled: nothing unknown, nothing missing.
  public var isComplete: Bool {
    steps.values.allSatisfy { step in
      switch step {
      case .notNeeded, .exempt, .handIn: true
      case .incomplete, .undecided, .silent: false
      }
    }
  }

  /// The items in an order in which each comes after those it waits for; nil when they wait for each other in a circle.
  public var order: [PermitItem]? {
    var order: [PermitItem] = []
    var waiting = decisions.map(\.item)
    while !waiting.isEmpty {
      let ready = waiting.filter { item in
        guard case .handIn(_, let after)? = steps[item] else { return true }
        return after.isSubset(of: order)
      }
      guard !ready.isEmpty else { return nil }
      order += ready
      waiting.removeAll(where: ready.contains)
    }
    return order
  }

  private static func isHandedIn(_ decision: PermitDecision) -> Bool {
    decision.need.ruling?.rule.outcome == .needed && decision.way?.ruling?.rule.outcome.isHandedIn == true
  }

  private static func step(
    _ decision: PermitDecision, at hand: Set<String>, open: Set<PermitItem>
  ) -> Step {
    switch decision.need {
    case .silent: return .silent
    case .undecided(let facts): return .undecided(facts)
    case .decided(let ruling) where ruling.rule.outcome == .notNeeded: return .notNeeded
    case .decided: break
    }
    guard let ruling = decision.way?.ruling else {
      if case .undecided(let facts)? = decision.way { return .undecided(facts) }
      return .silent
    }
    let way = ruling.rule.outcome
    guard way.isHandedIn else { return .exempt }
    if !decision.missing.isEmpty { return .undecided(decision.missing) }
    if decision.limit == .silent { return .silent }
    let missing = decision.materials.filter { !hand.contains($0.code) }
    if !missing.isEmpty { return .incomplete(missing) }
    // What is not handed in at all is waited for by nobody.
    return .handIn(way, after: decision.after.intersection(open))
  }
}
