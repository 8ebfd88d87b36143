/// What a record is about. The raw value is the word used in mappings, the API and the command line.
public enum CertificateKind: String, CaseIterable, Hashable, Sendable {
  /// 居民身份证.
  case identityCard = "identity-card"
  /// 营业执照.
  case businessLicence = "business-licence"
  /// 不动产权证书, and older deeds of houses and land.
  case propertyDeed = "property-deed"
  /// 不动产登记证明 (mortgage, easement, notice).
  case propertyRegistrationProof = "property-registration-proof"
  /// 投资项目 审批/核准/备案.
  case projectRegistration = "project-registration"
  /// 建设工程规划许可证.
  case constructionPlanningPermit = "construction-planning-permit"
  /// 占用、挖掘城市道路许可.
  case roadPermit = "road-permit"
  /// 临时占用城市绿地, 砍伐、迁移城市树木许可.
  case greeningPermit = "greening-permit"
  /// 审批办件: what an approval platform does about one item of a project, whether or not a permit comes of it.
  case approvalCase = "approval-case"
  /// 承装(修、试)电力设施许可证.
  case contractorLicence = "contractor-licence"
  /// 工程设计资质证书.
  case designLicence = "design-licence"

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .identityCard: "居民身份证"
    case .businessLicence: "营业执照"
    case .propertyDeed: "不动产权证书"
    case .propertyRegistrationProof: "不动产登记证明"
    case .projectRegistration: "投资项目备案(核准、审批)"
    case .constructionPlanningPermit: "建设工程规划许可证"
    case .roadPermit: "占用、挖掘城市道路许可"
    case .greeningPermit: "城市绿地、树木许可"
    case .approvalCase: "审批办件"
    case .contractorLicence: "承装(修、试)电力设施许可证"
    case .designLicence: "工程设计资质证书"
    }
  }

  public var englishTitle: String {
    switch self {
    case .identityCard: "Resident identity card"
    case .businessLicence: "Business licence"
    case .propertyDeed: "Real-estate title deed"
    case .propertyRegistrationProof: "Real-estate registration proof"
    case .projectRegistration: "Investment project registration"
    case .constructionPlanningPermit: "Construction planning permit"
    case .roadPermit: "Road occupation and excavation permit"
    case .greeningPermit: "Urban green land and tree permit"
    case .approvalCase: "Approval case"
    case .contractorLicence: "Electric installation contractor licence"
    case .designLicence: "Engineering design licence"
    }
  }

  /// The identifier that `basic.number` of this kind is, where there is one rule for it.
  public var numberIdentifier: IdentifierKind? {
    switch self {
    case .identityCard: .citizenNumber
    case .businessLicence: .socialCreditCode
    case .propertyDeed, .propertyRegistrationProof: .deedNumber
    case .projectRegistration: .projectCode
    case .contractorLicence: .installerLicence
    case .constructionPlanningPermit, .roadPermit, .greeningPermit, .approvalCase, .designLicence: nil
    }
  }

  static let property: Set<CertificateKind> = [.propertyDeed, .propertyRegistrationProof]
  static let permits: Set<CertificateKind> = [.constructionPlanningPermit, .roadPermit, .greeningPermit]
}
