/// 持证主体代码类型, GB/T 36903.
public enum HolderCodeType: String, CaseIterable, Hashable, Sendable {
  case socialCreditCode = "001"
  case otherLegalPerson = "099"
  case citizenNumber = "111"
  case officer = "114"
  case armedPoliceOfficer = "115"
  case foreignerPassport = "411"
  case passport412 = "412"
  case passport413 = "413"
  case passport414 = "414"
  case taiwanPermit = "511"
  case hongKongMacaoPermit = "516"
  case otherPerson = "999"

  public var title: String {
    switch self {
    case .socialCreditCode: "统一社会信用代码"
    case .otherLegalPerson: "其他法人或其他组织有效证件代码"
    case .citizenNumber: "公民身份号码"
    case .officer: "军官证"
    case .armedPoliceOfficer: "武警警官证"
    case .foreignerPassport, .passport412, .passport413, .passport414: "护照"
    case .taiwanPermit: "台湾居民来往大陆通行证"
    case .hongKongMacaoPermit: "港澳居民来往内地通行证"
    case .otherPerson: "其他自然人有效证件代码"
    }
  }

  public var englishTitle: String {
    switch self {
    case .socialCreditCode: "Unified social credit code"
    case .otherLegalPerson: "Other code of an organisation"
    case .citizenNumber: "Citizen number"
    case .officer: "Officer's card"
    case .armedPoliceOfficer: "Armed police officer's card"
    case .foreignerPassport, .passport412, .passport413, .passport414: "Passport"
    case .taiwanPermit: "Taiwan residents' travel permit"
    case .hongKongMacaoPermit: "Hong Kong and Macao residents' travel permit"
    case .otherPerson: "Other code of a person"
    }
  }

  public var isPerson: Bool { self != .socialCreditCode && self != .otherLegalPerson }

  /// The identifier such a code is, where there is a rule for it.
  public var identifierKind: IdentifierKind? {
    switch self {
    case .socialCreditCode: .socialCreditCode
    case .citizenNumber: .citizenNumber
    default: nil
    }
  }
}

/// In which way a holder belongs to a certificate.
public enum HolderRole: String, CaseIterable, Hashable, Sendable {
  /// The one the certificate is for.
  case holder
  case owner
  case coOwner = "co-owner"
  case rightHolder = "right-holder"
  /// 义务人: who is bound by the right (the owner of a mortgaged house).
  case obligor
  case legalRepresentative = "legal-representative"
  /// 建设单位 of a project or permit.
  case developer
  case applicant

  public var title: String {
    switch self {
    case .holder: "持证人"
    case .owner: "所有权人"
    case .coOwner: "共有人"
    case .rightHolder: "权利人"
    case .obligor: "义务人"
    case .legalRepresentative: "法定代表人"
    case .developer: "建设单位"
    case .applicant: "申请人"
    }
  }

  public var englishTitle: String {
    switch self {
    case .holder: "Holder"
    case .owner: "Owner"
    case .coOwner: "Co-owner"
    case .rightHolder: "Right holder"
    case .obligor: "Obligor"
    case .legalRepresentative: "Legal representative"
    case .developer: "Developer"
    case .applicant: "Applicant"
    }
  }
}
