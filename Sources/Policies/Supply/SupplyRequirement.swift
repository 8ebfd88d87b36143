/// What may have to be shown before electricity is supplied. The table is closed: a demand for anything else has no
/// place in a policy.
public enum SupplyRequirement: String, CaseIterable, Hashable, Sendable {
  /// 用电主体资格证明: who the customer is.
  case subject
  /// 用电地址物权证明: the right to the address.
  case property
  /// 用电工程项目批准文件.
  case project
  /// 政府批准、核准或备案文件 of special trades.
  case tradeApproval = "trade-approval"
  /// 设计单位资质.
  case designQualification = "design-qualification"
  /// 设计及说明书.
  case designDocuments = "design-documents"
  /// 施工单位资质, 承装(修、试)电力设施许可证.
  case constructionQualification = "construction-qualification"
  /// 隐蔽工程记录.
  case concealedWorks = "concealed-works"
  /// 竣工报告.
  case completionReport = "completion-report"

  /// Whose paper it is.
  public enum Party: String, CaseIterable, Hashable, Sendable {
    case applicant
    case designer
    case contractor
  }

  public var party: Party {
    switch self {
    case .designQualification: .designer
    case .constructionQualification: .contractor
    default: .applicant
    }
  }

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .subject: "用电主体资格证明"
    case .property: "用电地址物权证明"
    case .project: "用电工程项目批准文件"
    case .tradeApproval: "特殊行业批准、核准或备案文件"
    case .designQualification: "设计单位资质"
    case .designDocuments: "设计及说明书"
    case .constructionQualification: "施工单位资质"
    case .concealedWorks: "隐蔽工程记录"
    case .completionReport: "竣工报告"
    }
  }

  public var englishTitle: String {
    switch self {
    case .subject: "proof of who the customer is"
    case .property: "proof of the right to the address"
    case .project: "approval or filing of the project"
    case .tradeApproval: "approval, verification or filing of a special trade"
    case .designQualification: "qualification of the design unit"
    case .designDocuments: "design and its description"
    case .constructionQualification: "qualification of the construction unit"
    case .concealedWorks: "record of concealed works"
    case .completionReport: "completion report"
    }
  }
}
