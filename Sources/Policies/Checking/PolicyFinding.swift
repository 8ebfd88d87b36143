public import Applications
public import CivilTime

/// Something wrong with a policy that shows only when its rules are laid beside each other.
public struct PolicyFinding: Hashable, Sendable {
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// For some facts no rule in force says anything.
    case gap
    /// For some facts two rules of one policy say different things.
    case overlap
    /// Items wait for each other in a circle, so that none of them is ever handed in.
    case circle
    /// The rule holds on no day, by its own term and its document's.
    case neverInForce = "never-in-force"
    /// Days are counted, and no policy says how a clock is kept.
    case noClock = "no-clock"
    /// The document's term has ended; the site goes on by it.
    case continued
    /// 四免: something is demanded that no document demands; what a site settles is no basis.
    case noBasis = "no-basis"
    /// 四免: the customer is to bring what can be had by data sharing.
    case obtainable
    /// Something is to be had by data sharing, and no rule says from where.
    case unobtainable
    /// Something is demanded, and nothing meets it.
    case noProof = "no-proof"
  }

  public let code: Code
  public let policy: String
  /// The list: `needs`, `ways`, `limits`, `totals`, `order`, or a step of the process.
  public let list: String
  /// The permit items it is so for; none where the list is not about items.
  public var items: [PermitItem]
  /// What has to be shown that it is so for; none where the list is not about papers.
  public var requirements: [SupplyRequirement] = []
  /// The first of the days looked at on which it is so.
  public let day: CivilDate?
  /// The rules it is about; none for a gap.
  public let rules: [String]
  /// Facts for which it is so.
  public let example: Facts?

  /// Whether the policy must not be used as it is. A document that the site goes on by is only worth knowing, and so is
  /// what will be open on a later day.
  public let isError: Bool
}
