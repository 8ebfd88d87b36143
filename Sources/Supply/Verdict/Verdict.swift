public import CivilTime
public import Policies

/// The answer for one application: what is required, what is known and from where, what the customer still has to
/// bring, and which level that is. Names nobody: certificates stand in it by their ids.
public struct Verdict: Hashable, Sendable {
  /// How much the customer is burdened; less is better, the first counts first.
  public struct Burden: Hashable, Comparable, Sendable {
    /// Papers brought with this application, or still to be brought.
    public let borne: Int
    /// To be supplied later.
    public let deferred: Int
    /// Not to be told now.
    public let unchecked: Int

    public static func < (left: Burden, right: Burden) -> Bool {
      (left.borne, left.deferred, left.unchecked) < (right.borne, right.deferred, right.unchecked)
    }
  }

  /// What the customer is asked for.
  public struct Ask: Hashable, Sendable {
    public let requirement: SupplyRequirement
    public let absence: RequirementVerdict.Absence
    public let means: [RequirementVerdict.Means]
    /// The clause that demands it.
    public let clause: Clause
    /// Whether agreeing to have it looked up may spare bringing it.
    public let canAuthorise: Bool
  }

  public let region: String
  public let policy: String
  public let day: CivilDate
  public let facts: Facts
  /// In the order of `SupplyRequirement`.
  public let requirements: [RequirementVerdict]
  /// nil where something is undecided or could not be checked, or where papers are looked at after the application.
  public let level: SupplyLevel?
  /// As the region's documents call it.
  public let levelTitle: String?
  public let levelSource: RequirementVerdict.Source?

  /// What the customer has to bring now.
  public var asks: [Ask] {
    requirements.compactMap { one in
      guard case .missing(let absence) = one.state, let clause = one.source?.clause else { return nil }
      return Ask(
        requirement: one.requirement, absence: absence, means: one.means, clause: clause,
        canAuthorise: absence == .notAuthorised)
    }
  }

  public var burden: Burden {
    Burden(
      borne: requirements.count(where: \.isBorne),
      deferred: count { if case .deferred = $0 { true } else { false } },
      unchecked: count { if case .unchecked = $0 { true } else { false } })
  }

  /// The facts that have to be known before it is a verdict.
  public var undecided: [Fact] {
    let facts = requirements.flatMap { one -> [Fact] in
      if case .undecided(let facts) = one.state { facts } else { [] }
    }
    return Set(facts).sorted { $0.rawValue < $1.rawValue }
  }

  /// Whether every requirement is settled, whatever the answer: nothing undecided, nothing that could not be checked.
  public var isFinal: Bool {
    requirements.allSatisfy { one in
      switch one.state {
      case .unchecked, .undecided, .silent: false
      case .notRequired, .certificate, .material, .identified, .deferred, .missing, .baseless: true
      }
    }
  }

  public func verdict(_ requirement: SupplyRequirement) -> RequirementVerdict? {
    requirements.first { $0.requirement == requirement }
  }

  private func count(_ isIt: (RequirementVerdict.State) -> Bool) -> Int {
    requirements.count { isIt($0.state) }
  }
}
