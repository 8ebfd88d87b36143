/// The codes: certificates after GB/T 36903, real estate after the registration exchange's dictionaries, projects
/// after the Zhejiang investment platform.
extension CodeList {
  static let tables: [CodeList: [CodeEntry]] = [
    .certificateState: CertificateState.allCases.map { CodeEntry($0.rawValue, $0.title, $0.englishTitle) },
    .certificateCategory: [
      CodeEntry("0", "批文", "Approval document"), CodeEntry("1", "证照", "Licence"),
      CodeEntry("2", "证明", "Proof"), CodeEntry("3", "证件", "Identity document"),
    ],
    .holderCodeType: HolderCodeType.allCases.map { CodeEntry($0.rawValue, $0.title, $0.englishTitle) },
    .holderRole: HolderRole.allCases.map { CodeEntry($0.rawValue, $0.title, $0.englishTitle) },
    .rightHolderType: [
      CodeEntry("1", "个人", "Person"), CodeEntry("2", "企业", "Enterprise"),
      CodeEntry("3", "事业单位", "Public institution"), CodeEntry("4", "国家机关", "State organ"),
      CodeEntry("99", "其他", "Other"),
    ],
    .identityDocumentType: [
      CodeEntry("1", "身份证", "Identity card"),
      CodeEntry("2", "港澳台身份证", "HK, Macao or Taiwan card", unconfirmed: true),
      CodeEntry("3", "护照", "Passport", unconfirmed: true),
      CodeEntry("4", "户口簿", "Household register", unconfirmed: true),
      CodeEntry("5", "军官证", "Officer's card", unconfirmed: true),
      CodeEntry("6", "组织机构代码", "Organisation code", unconfirmed: true),
      CodeEntry("7", "营业执照", "Business licence"),
      CodeEntry("99", "其它", "Other"),
    ],
    .ownershipForm: [
      CodeEntry("0", "单独所有", "Sole"), CodeEntry("1", "共同共有", "Joint"), CodeEntry("2", "按份共有", "By shares"),
      CodeEntry("3", "其它共有", "Other"),
    ],
    .rightState: [
      CodeEntry("0", "临时", "Provisional"), CodeEntry("1", "现势", "Current"),
      CodeEntry("2", "历史", "Historical"),
      CodeEntry("3", "终止", "Ended"),
    ],
    .rightType: [
      CodeEntry("3", "国有建设用地使用权", "Right to use state construction land"),
      CodeEntry("4", "国有建设用地使用权/房屋所有权", "Right to use state construction land / house ownership"),
      CodeEntry("5", "宅基地使用权", "Homestead"), CodeEntry("6", "宅基地使用权/房屋所有权", "Homestead / house ownership"),
      CodeEntry("7", "集体建设用地使用权", "Right to use collective construction land"),
      CodeEntry("8", "集体建设用地使用权/房屋所有权", "Right to use collective construction land / house ownership"),
      CodeEntry("9", "土地承包经营权", "Contracted farm land"), CodeEntry("15", "海域使用权", "Sea area"),
      CodeEntry("19", "地役权", "Easement"),
    ],
    .registrationType: [
      CodeEntry("100", "首次登记", "First"), CodeEntry("200", "转移登记", "Transfer"),
      CodeEntry("300", "变更登记", "Change"),
      CodeEntry("400", "注销登记", "Cancellation"), CodeEntry("500", "更正登记", "Correction"),
      CodeEntry("600", "异议登记", "Objection"), CodeEntry("700", "预告登记", "Notice"),
      CodeEntry("800", "查封登记", "Seizure"),
      CodeEntry("900", "其他登记", "Other"),
    ],
    .projectType: [
      CodeEntry("A00001", "审批", "Approval"), CodeEntry("A00002", "核准", "Authorisation"),
      CodeEntry("A00003", "备案", "Filing"),
    ],
    .projectNature: [
      CodeEntry("0", "新建", "New"), CodeEntry("1", "扩建", "Extension"), CodeEntry("2", "迁建", "Relocation"),
      CodeEntry("3", "改建", "Conversion"), CodeEntry("4", "其它", "Other"),
    ],
    .contractorLevel: [
      CodeEntry("1", "一级", "First"), CodeEntry("2", "二级", "Second"), CodeEntry("3", "三级", "Third"),
      CodeEntry("4", "四级", "Fourth"), CodeEntry("5", "五级", "Fifth"),
    ],
    .designGrade: [
      CodeEntry("A", "甲级", "First"), CodeEntry("B", "乙级", "Second"), CodeEntry("C", "丙级", "Third"),
    ],
    .approvalProgress: ApprovalProgress.allCases.map { CodeEntry($0.rawValue, $0.title, $0.englishTitle) },
    .sex: [
      CodeEntry("1", "男", "Male"), CodeEntry("2", "女", "Female"), CodeEntry("0", "未知", "Unknown"),
      CodeEntry("9", "未说明", "Not stated"),
    ],
    .verification: Verification.allCases.map { CodeEntry($0.rawValue, $0.title, $0.englishTitle) },
  ]
}
