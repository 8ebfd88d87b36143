import Policies
import Registry

/// Whether permits are needed for what is built outside (外线). The raw value is stored and never changed.
public enum PermitNeed: String, Hashable, Sendable {
  /// A line is built, of which something has to be handed in.
  case needed
  /// Nothing is built.
  case notNeeded = "not-needed"
  /// Nobody says.
  case unknown
}

/// What all forms of an application together say of the line outside: whether permits are needed for it, and of which project it is.
struct SupplyLine: Hashable, Sendable {
  let permits: PermitNeed
  /// A keyed digest of the project's code.
  let project: [UInt8]?

  init(permits: PermitNeed, project: [UInt8]?) {
    self.permits = permits
    self.project = project
  }

  /// A line of which any form tells is built, whatever the others leave out. The project is that of the application's own form, where it names one.
  init(_ forms: [SupplyForm], _ policies: PolicyLibrary, _ keys: RegistryKeys) {
    let needs = forms.map { policies.permitNeed(of: $0.supply) }
    permits = [PermitNeed.needed, .notNeeded].first(where: needs.contains) ?? .unknown
    let sorted =
      forms.filter { $0.step == SupplyStep.application } + forms.filter { $0.step != SupplyStep.application }
    project = sorted.lazy.compactMap(\.supply.place.projectCode).first.map(keys.projectToken)
  }
}

extension PolicyLibrary {
  /// What one form says: whether it tells of a line of which, by the region's policy, something has to be handed in.
  func permitNeed(of supply: SupplyCase) -> PermitNeed {
    guard let hasLine = supply.facts.hasLine else { return .unknown }
    guard hasLine else { return .notNeeded }
    let decisions = permits(forRegion: supply.region, supply.facts, on: supply.day)?.decisions
    let isHandedIn = decisions?.contains { $0.way?.ruling?.rule.outcome.isHandedIn == true } ?? false
    return isHandedIn ? .needed : .unknown
  }
}

extension Facts {
  /// Whether they tell of a line outside (外线): of its works or length, or of what it crosses, digs up or fells. Nil where they tell of neither that nor that there
  /// is none.
  var hasLine: Bool? {
    if case .word(let works)? = self[.works] { return works != "none" }
    if case .number(let length)? = self[.length], length > Quantity(0) { return true }
    if case .words(let crossings)? = self[.crossings], !crossings.isEmpty { return true }
    if case .word(let trees)? = self[.trees], trees != "none" { return true }
    let flags = [Fact.digsRoad, .occupiesRoad, .usesGreenLand]
    return flags.contains { self[$0] == .flag(true) } ? true : nil
  }
}
