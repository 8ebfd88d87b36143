/// The identifiers that documents of the platforms carry. The raw value is the word used on the command line
/// and in mappings.
public enum IdentifierKind: String, CaseIterable, Hashable, Sendable {
  /// 统一社会信用代码, GB 32100-2015: 18 characters.
  case socialCreditCode = "uscc"
  /// 公民身份号码, GB 11643: 18 characters, 15 before 1999.
  case citizenNumber = "citizen-id"
  /// 不动产单元号, GB/T 37346-2019: 28 characters.
  case realEstateUnit = "real-estate-unit"
  /// 不动产权证号 and 不动产登记证明号, with the older forms that stay valid.
  case deedNumber = "deed-number"
  /// 投资项目代码: 20 digits in five groups.
  case projectCode = "project-code"
  /// 电子证照标识, GB/T 36904.
  case certificateIdentifier = "certificate-id"
  /// 承装(修、试)电力设施许可证 number.
  case installerLicence = "installer-licence"
  /// 用电户号: 13 digits, 10 in older books.
  case accountNumber = "account-number"
  /// 行政区划代码, GB/T 2260: 6 digits.
  case areaCode = "area-code"

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .socialCreditCode: "统一社会信用代码"
    case .citizenNumber: "公民身份号码"
    case .realEstateUnit: "不动产单元号"
    case .deedNumber: "不动产权证号"
    case .projectCode: "投资项目代码"
    case .certificateIdentifier: "电子证照标识"
    case .installerLicence: "承装(修、试)电力设施许可证编号"
    case .accountNumber: "用电户号"
    case .areaCode: "行政区划代码"
    }
  }
}
