public import Applications
public import Calendars

/// A line of a policy: under which condition what follows, and which clause says so.
///
/// Rules of one list and one policy have no order: where two could hold at once with different outcomes the policy is
/// wrong, and ``PolicyCheck`` says so. Lists of the policies above it are asked only where none of its own rules holds.
public struct Rule<Outcome: Hashable & Sendable>: Hashable, Sendable {
  public let id: String
  public let clause: Clause
  public let term: Term
  /// The permit items it is about.
  public let items: Set<PermitItem>
  /// The ways of proceeding it is about; all where the list is not about ways.
  public let ways: Set<PermitWay>
  /// What has to be shown that it is about; all where the list is not about papers.
  public let requirements: Set<SupplyRequirement>
  public let condition: Condition
  public let outcome: Outcome

  init(
    id: String, clause: Clause, term: Term, items: Set<PermitItem> = Set(PermitItem.allCases),
    ways: Set<PermitWay> = Set(PermitWay.allCases),
    requirements: Set<SupplyRequirement> = Set(SupplyRequirement.allCases), condition: Condition,
    outcome: Outcome
  ) {
    self.id = id
    self.clause = clause
    self.term = term
    self.items = items
    self.ways = ways
    self.requirements = requirements
    self.condition = condition
    self.outcome = outcome
  }
}

/// Whether the line touches what the permit item is about.
public enum PermitNeed: String, CaseIterable, Hashable, Sendable {
  case needed
  /// 无需办理.
  case notNeeded = "not-needed"
}

/// What the utility has to do for a permit item that is needed.
public enum PermitWay: String, CaseIterable, Hashable, Sendable {
  /// 免审: it would be needed, and the policy lets it be.
  case exempt
  /// 告知承诺: a promise is handed in, and the work may start.
  case promise
  /// 备案: it is filed, and the work may start.
  case filing
  /// 审批.
  case approval

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .exempt: "免予审批"
    case .promise: "告知承诺"
    case .filing: "备案"
    case .approval: "审批"
    }
  }

  /// Whether something goes to the platform.
  public var isHandedIn: Bool { self == .promise || self == .filing || self == .approval }

  /// Whether the platform decides within a time limit.
  public var isDecided: Bool { self == .approval }
}

/// How long the platform may take; `nil` where the document sets no limit.
public struct PermitLimit: Hashable, Sendable {
  public let limit: TimeLimit?
  /// The events that start its clock, where they are others than those of the policy's `clock`.
  public let starts: Set<String>?
  /// The colours of its clock, where they are others.
  public let warnings: [Warning]?
}

/// Files to hand in, by their codes.
public struct PermitMaterials: Hashable, Sendable {
  public let codes: [String]
}

/// Items that must be decided before this one is handed in.
public struct PermitOrder: Hashable, Sendable {
  public let after: Set<PermitItem>
}

/// A limit of the utility's own, from one event to another; without a rule where no document sets one.
public struct ProcessLimit: Hashable, Sendable {
  /// Which part of the process, such as `whole`, `contact` or `dispatch`.
  public let step: String
  public let rule: ClockRule?
}
