import Applications
public import CivilTime

/// Looks for gaps and overlaps: on a day, and on every later day on which a document or a rule begins or ends.
public struct PolicyCheck {
  private let library: PolicyLibrary
  let start: CivilDate
  private let withPast: Bool

  /// - Parameter withPast: what is said of lines is looked at on earlier days too, since the first rule about them began to hold that the policy
  ///   has itself: a case goes by the rules of a day of its own. Papers are judged by those of the day on which they are.
  public init(_ library: PolicyLibrary, from day: CivilDate, withPast: Bool = false) {
    self.library = library
    start = day
    self.withPast = withPast
  }

  /// What is wrong with a policy together with those above it. Each thing is found once, on the first day it is so, and
  /// what will be open above it as well is found there.
  public func findings(of policy: Policy) -> [PolicyFinding] {
    let chain = library.chain(policy)
    let above = chain.count > 1 ? Set(openItems(chain[1])) : []
    var findings = neverInForce(policy) + continued(policy)
    for finding in all(chain) {
      if finding.code == .gap, !finding.isError, above.isSuperset(of: OpenItem.all(finding)) { continue }
      let twin = findings.firstIndex {
        $0.code == finding.code && $0.list == finding.list && $0.day == finding.day
          && $0.rules == finding.rules
      }
      if let twin {
        findings[twin].items += finding.items
        findings[twin].requirements += finding.requirements
      } else {
        findings.append(finding)
      }
    }
    return findings
  }

  /// A list that says nothing of an item from a day on.
  private struct OpenItem: Hashable {
    let list: String
    let word: String
    let day: CivilDate?

    static func all(_ finding: PolicyFinding) -> [OpenItem] {
      let words = finding.items.map(\.rawValue) + finding.requirements.map(\.rawValue)
      // A step of the process is about no item.
      return (words.isEmpty ? [""] : words).map {
        OpenItem(list: finding.list, word: $0, day: finding.day)
      }
    }
  }

  private func openItems(_ policy: Policy) -> [OpenItem] {
    all(library.chain(policy)).filter { $0.code == .gap }.flatMap(OpenItem.all)
  }

  /// Everything, item by item.
  private func all(_ chain: [Policy]) -> [PolicyFinding] {
    let policy = chain[0]
    let first = first(policy)
    var findings: [PolicyFinding] = []
    for item in PermitItem.allCases {
      findings += look(chain, \.needs, "needs", item: item, way: nil, since: first)
      findings += look(chain, \.ways, "ways", item: item, way: nil, since: first)
      for way in PermitWay.allCases where way.isDecided {
        findings += look(chain, \.limits, "limits", item: item, way: way, since: first)
        // A site may leave it at the limits of single permits.
        if chain.contains(where: { !$0.totals.isEmpty }) {
          findings += look(chain, \.totals, "totals", item: item, way: way, since: first)
        }
      }
    }
    findings += circles(chain)
    // A site whose policies are about lines alone says nothing of papers.
    if chain.contains(where: { !$0.supply.demands.isEmpty }) {
      for requirement in SupplyRequirement.allCases {
        findings += look(chain, \.supply.demands, "demands", item: nil, way: nil, requirement, since: start)
        findings += lookForExemptions(chain, requirement)
      }
    }
    // Of a step that is limited it has to be said for whom; that no document limits it is said as well.
    for step in Set(chain.flatMap(\.process).map(\.outcome.step)).sorted() {
      findings += look(chain.map { $0.onlyProcess(step) }, \.process, step, item: nil, way: nil, since: first)
    }
    let areDaysCounted = chain.contains { !$0.limits.isEmpty || !$0.totals.isEmpty }
    if areDaysCounted, !chain.contains(where: { $0.clock != nil }) {
      findings.append(finding(.noClock, policy, "limits", nil, nil, [], nil, isError: true))
    }
    return findings
  }

  /// Since when what a policy says of lines is looked at.
  func first(_ policy: Policy) -> CivilDate {
    withPast ? policy.beginnings.reduce(start) { min($0, $1) } : start
  }

  /// The day asked about, the first one looked at, and those after it on which something changes.
  func days(_ chain: [Policy], since first: CivilDate) -> [CivilDate] {
    var days: Set = [start, first]
    func add(_ term: Term) {
      if let from = term.from { days.insert(from) }
      if let until = term.until { days.insert(until.adding(days: 1)) }
    }
    for policy in chain {
      for document in policy.documents.values {
        add(document.term)
        if let until = document.continuedUntil { days.insert(until.adding(days: 1)) }
      }
      policy.terms.forEach(add)
    }
    return days.filter { $0 >= first }.sorted()
  }

  private func look<Outcome>(
    _ chain: [Policy], _ list: KeyPath<Policy, [Rule<Outcome>]>, _ name: String, item: PermitItem?,
    way: PermitWay?, _ requirement: SupplyRequirement? = nil, since first: CivilDate
  ) -> [PolicyFinding] {
    var findings: [PolicyFinding] = []
    var seen: Set<[String]> = []
    for day in days(chain, since: first) {
      let resolver = Resolver(chain: chain, facts: Facts(), day: day)
      let rules = chain.map { resolver.candidates($0, list, item, way, requirement).map(\.0) }
      let space = FactSpace(rules.joined().map(\.condition))
      space.forEach { facts in
        let holding = rules.map { $0.filter { $0.condition.holds(for: facts) == .yes } }
        for (policy, own) in zip(chain, holding) where policy.name == chain[0].name {
          guard let first = own.first, let other = own.first(where: { $0.outcome != first.outcome }) else {
            continue
          }
          if seen.insert([first.id, other.id]).inserted {
            findings.append(
              finding(
                .overlap, policy, name, item, day, [first.id, other.id], facts, isError: true, requirement))
          }
        }
        if holding.allSatisfy(\.isEmpty), seen.insert(["gap"]).inserted {
          findings.append(
            finding(.gap, chain[0], name, item, day, [], facts, isError: day <= start, requirement))
        }
        return true
      }
    }
    return findings
  }

  private func neverInForce(_ policy: Policy) -> [PolicyFinding] {
    policy.spans.compactMap { id, clause, term in
      guard let document = policy.documents[clause.document] else { return nil }
      let from = [term.from, document.term.from].compactMap(\.self).max()
      let until = [term.until, document.continuedUntil ?? document.term.until].compactMap(\.self).min()
      guard let from, let until, from > until else { return nil }
      return finding(.neverInForce, policy, "", nil, nil, [id], nil, isError: true)
    }
  }

  private func continued(_ policy: Policy) -> [PolicyFinding] {
    policy.documents.values.sorted { $0.id < $1.id }.filter { $0.force(on: start) == .continued }
      .map { finding(.continued, policy, "", nil, start, [$0.id], nil, isError: false) }
  }

  func finding(
    _ code: PolicyFinding.Code, _ policy: Policy, _ list: String, _ item: PermitItem?, _ day: CivilDate?,
    _ rules: [String], _ example: Facts?, isError: Bool, _ requirement: SupplyRequirement? = nil
  ) -> PolicyFinding {
    PolicyFinding(
      code: code, policy: policy.name, list: list, items: [item].compactMap(\.self),
      requirements: [requirement].compactMap(\.self), day: day, rules: rules, example: example,
      isError: isError)
  }
}

extension Policy {
  /// Every rule's name, clause and term.
  var spans: [(id: String, clause: Clause, term: Term)] {
    func of<Outcome>(_ rules: [Rule<Outcome>]) -> [(String, Clause, Term)] {
      rules.map { ($0.id, $0.clause, $0.term) }
    }
    return of(needs) + of(ways) + of(limits) + of(totals) + of(materials) + of(order) + of(process)
      + of(supply.demands) + of(supply.proofs) + of(supply.obtainable) + of(supply.deferrals)
      + of(supply.exemptions) + of(supply.freshness) + of(supply.grades)
      + of(supply.levels) + of(supply.stages)
  }

  var terms: [Term] { spans.map(\.term) }

  /// When rules about lines begin to hold.
  var beginnings: [CivilDate] {
    func of<Outcome>(_ rules: [Rule<Outcome>]) -> [CivilDate] {
      rules.compactMap { rule in
        [rule.term.from, documents[rule.clause.document]?.term.from].compactMap(\.self).max()
      }
    }
    return of(needs) + of(ways) + of(limits) + of(totals) + of(process)
  }
}
