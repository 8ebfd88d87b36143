public import Calendars
public import Certificates

/// What a policy says about the papers of a supply application.
public struct SupplyRules: Hashable, Sendable {
  /// Who brings what. The nearest policy with a rule that holds decides.
  public var demands: [Rule<SupplyDemand>] = []
  /// What meets a requirement. These add up over all policies.
  public var proofs: [Rule<SupplyProof>] = []
  /// What data sharing yields. These add up.
  public var obtainable: [Rule<SupplySource>] = []
  /// 容缺: what may be supplied later.
  public var deferrals: [Rule<SupplyDeferral>] = []
  /// Why nobody is asked although nothing was fetched. These add up.
  public var exemptions: [Rule<SupplyExemption>] = []
  /// How old what is known may be.
  public var freshness: [Rule<SupplyFreshness>] = []
  /// Up to which voltage a designer or contractor of some level may work. The nearest rule about a level decides.
  public var grades: [Rule<QualificationGrade>] = []
  /// What the documents call the levels.
  public var levels: [Rule<SupplyLevelName>] = []
  /// Which steps follow the application. The nearest policy with a rule that holds decides.
  public var stages: [Rule<SupplyStages>] = []

  static let none = SupplyRules()
}

/// Whether a requirement exists, and who meets it.
public enum SupplyDemand: String, CaseIterable, Hashable, Sendable {
  /// Not required.
  case none
  /// The customer brings it, unless it is known anyway.
  case customer
  /// 数据共享: the utility fetches it; the customer is asked only for what no platform has.
  case shared

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .none: "无需提供"
    case .customer: "由客户提供"
    case .shared: "由数据共享获取"
    }
  }
}

/// What meets a requirement.
public struct SupplyProof: Hashable, Sendable {
  public let kinds: Set<CertificateKind>
  /// Files, by their codes, in the order of the policy.
  public let materials: [String]
  /// 刷脸: that the applicant was recognised.
  public let isFace: Bool
  /// 等效证明: counts where the proper one does not exist.
  public let isEquivalent: Bool
}

/// Kinds of platforms that supply papers.
public enum PlatformKind: String, CaseIterable, Hashable, Sendable {
  /// 政务服务网, 政务服务平台.
  case governmentServices = "government-services"
  /// 政务数据共享交换平台, 公共数据平台, 大数据中心.
  case dataSharing = "data-sharing"
  /// 投资项目在线审批监管平台.
  case projects
  /// 工程建设项目审批管理平台.
  case construction
  /// 不动产登记.
  case realEstate = "real-estate"
  /// 市场监管.
  case marketRegulation = "market-regulation"
  /// 公安.
  case publicSecurity = "public-security"
  /// 能监办资质信息.
  case energyRegulator = "energy-regulator"
}

/// Platforms from which what is required can be had.
public struct SupplySource: Hashable, Sendable {
  public let platforms: Set<PlatformKind>
}

/// 容缺: until when it may be missing, and what must be there for that.
public struct SupplyDeferral: Hashable, Sendable {
  public enum End: Hashable, Sendable {
    /// Until a step of the process, such as `connected`.
    case event(String)
    /// Until some time after the application.
    case limit(TimeLimit)
  }

  public let until: End
  public let given: Set<SupplyRequirement>
}

/// 免提交: by which a requirement is met without anybody being asked.
public struct SupplyExemption: Hashable, Sendable {
  public enum Reason: String, CaseIterable, Hashable, Sendable {
    /// Handed in for other business and still valid.
    case earlierMaterial = "earlier-material"
    /// A partner department sent it by itself.
    case partnerPush = "partner-push"
  }

  public let reasons: Set<Reason>
}

/// After how many days without a platform's confirmation a record is looked up again.
public struct SupplyFreshness: Hashable, Sendable {
  public let kinds: Set<CertificateKind>
  public let days: Int
}

/// Up to which voltage those may design or build whose qualification is of a level.
public struct QualificationGrade: Hashable, Sendable {
  /// Of the certificates that tell the level.
  public let kind: CertificateKind
  /// Of the code list of the kind's levels: 承装类 of contractors, 电力行业 of designers.
  public let level: String
  /// In kilovolts; nil: every voltage.
  public let highest: Quantity?

  public func allows(_ voltage: Quantity) -> Bool { highest.map { voltage <= $0 } ?? true }
}

/// How many papers the customer brings.
public enum SupplyLevel: String, CaseIterable, Hashable, Sendable {
  case zero
  case one
  case two
  case more
  /// 容缺: something is supplied later.
  case deferred

  public var title: String {
    switch self {
    case .zero: "零证办电"
    case .one: "一证办电"
    case .two: "两证办电"
    case .more: "按需提供资料办电"
    case .deferred: "容缺办理"
    }
  }

  public var englishTitle: String {
    switch self {
    case .zero: "no certificate needed"
    case .one: "one certificate"
    case .two: "two certificates"
    case .more: "more than two papers"
    case .deferred: "accepted, to be completed later"
    }
  }
}

/// The steps that follow an application, by the words of the fact `stage`.
public struct SupplyStages: Hashable, Sendable {
  public static let words = ["design-review", "intermediate-check", "completion"]

  public let stages: Set<String>
}

/// The region's own name of a level.
public struct SupplyLevelName: Hashable, Sendable {
  public let level: SupplyLevel
  public let title: String
}
