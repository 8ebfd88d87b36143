/// 证照类型代码: the authority that defined a type of certificate and a number of three digits.
public enum CertificateTypeCode {
  public static let identityCard = "11100000000013127D001"
  public static let businessLicence = "11100000MB0143028R001"
  public static let propertyDeed = "11100000MB03271699001"
  public static let propertyRegistrationProof = "11100000MB03271699022"
  /// 住房和城乡建设部; the last three digits vary.
  static let housingMinistry = "11100000000013338W"

  /// The Chinese title of a known type.
  public static func title(_ code: String) -> String? {
    switch code {
    case identityCard: "居民身份证"
    case businessLicence: "营业执照"
    case propertyDeed: "不动产权证书"
    case propertyRegistrationProof: "不动产登记证明"
    default: code.hasPrefix(housingMinistry) && code.utf8.count == 21 ? "住房和城乡建设部证照" : nil
    }
  }
}
