import Applications
import CivilTime

/// Items that wait for each other in a circle would never be handed in.
extension PolicyCheck {
  /// Each circle once, on the first day it is there; one of the policies above it is found there.
  func circles(_ chain: [Policy]) -> [PolicyFinding] {
    let found = allCircles(chain)
    guard !found.isEmpty, chain.count > 1 else { return found }
    let above = Set(allCircles(Array(chain.dropFirst())).map(\.items))
    return found.filter { !above.contains($0.items) }
  }

  private func allCircles(_ chain: [Policy]) -> [PolicyFinding] {
    var findings: [PolicyFinding] = []
    var seen: Set<[PermitItem]> = []
    let orders = chain.flatMap(\.order).map(\.condition)
    guard !orders.isEmpty else { return [] }
    let others = chain.flatMap(\.needs).map(\.condition) + chain.flatMap(\.ways).map(\.condition)
    for day in days(chain, since: first(chain[0])) where isCirclePossible(chain, orders, day) {
      FactSpace(orders + others).forEach { facts in
        let resolver = Resolver(chain: chain, facts: facts, day: day)
        var waiting: [PermitItem: [Ruling<PermitOrder>]] = [:]
        for item in PermitItem.allCases {
          guard resolver.resolve(\.needs, item: item).ruling?.rule.outcome == .needed,
            let way = resolver.resolve(\.ways, item: item).ruling?.rule.outcome, way.isHandedIn
          else { continue }
          waiting[item] = resolver.all(\.order, item: item, way: way).rulings
        }
        let circle = Self.circle(waiting)
        if !circle.isEmpty, seen.insert(circle).inserted {
          let rules = circle.flatMap { waiting[$0] ?? [] }.map(\.rule)
            .filter { !$0.outcome.after.isDisjoint(with: circle) }.map(\.id)
          let names = rules.enumerated().filter { !rules[..<$0.offset].contains($0.element) }.map(\.element)
          var finding = finding(.circle, chain[0], "order", nil, day, names, facts, isError: true)
          finding.items = circle
          findings.append(finding)
        }
        return true
      }
    }
    return findings
  }

  /// Whether there is one where everything is handed in, in whatever way: if not, nothing else has to be looked at.
  private func isCirclePossible(_ chain: [Policy], _ orders: [Condition], _ day: CivilDate) -> Bool {
    var isPossible = false
    FactSpace(orders).forEach { facts in
      let resolver = Resolver(chain: chain, facts: facts, day: day)
      let waiting = PermitItem.allCases.map { ($0, resolver.all(\.order, item: $0).rulings) }
      isPossible = !Self.circle(Dictionary(uniqueKeysWithValues: waiting)).isEmpty
      return !isPossible
    }
    return isPossible
  }

  /// Those of the items that are handed in which wait for each other, in the order of the items.
  private static func circle(_ waiting: [PermitItem: [Ruling<PermitOrder>]]) -> [PermitItem] {
    var rest = waiting.mapValues { rulings in
      rulings.reduce(into: Set<PermitItem>()) { $0.formUnion($1.rule.outcome.after) }
    }
    while true {
      let count = rest.count
      // Who waits for none of them, and who is waited for by none of them.
      rest = rest.filter { !$0.value.isDisjoint(with: rest.keys) }
      rest = rest.filter { item, _ in rest.values.contains { $0.contains(item) } }
      guard rest.count < count else { return PermitItem.allCases.filter { rest[$0] != nil } }
    }
  }
}
