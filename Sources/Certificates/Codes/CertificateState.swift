/// 证照状态, GB/T 36903.
public enum CertificateState: String, CaseIterable, Hashable, Sendable {
  case valid = "01"
  /// 暂扣.
  case suspended = "02"
  /// 撤销: withdrawn because it should not have been given.
  case withdrawn = "03"
  /// 注销.
  case cancelled = "04"
  /// 失效.
  case lapsed = "05"
  /// 转出: moved to another authority.
  case movedOut = "06"
  /// 吊销: taken away as a punishment.
  case revoked = "07"
  case other = "99"

  public var title: String {
    switch self {
    case .valid: "有效"
    case .suspended: "暂扣"
    case .withdrawn: "撤销"
    case .cancelled: "注销"
    case .lapsed: "失效"
    case .movedOut: "转出"
    case .revoked: "吊销"
    case .other: "其他"
    }
  }

  public var englishTitle: String {
    switch self {
    case .valid: "Valid"
    case .suspended: "Suspended"
    case .withdrawn: "Withdrawn"
    case .cancelled: "Cancelled"
    case .lapsed: "Lapsed"
    case .movedOut: "Moved out"
    case .revoked: "Revoked"
    case .other: "Other"
    }
  }
}

/// Whether a platform gave the certificate or only compared it with what was asked.
public enum Verification: String, CaseIterable, Hashable, Sendable {
  /// The fields are what the platform said.
  case content
  /// 核查一致: the platform only confirmed that what was asked agrees; the fields are what was asked.
  case verifiedOnly = "verified-only"
  /// 核查不一致: the platform said that what was asked does not agree.
  case mismatch

  public var title: String {
    switch self {
    case .content: "已获取内容"
    case .verifiedOnly: "核查一致"
    case .mismatch: "核查不一致"
    }
  }

  public var englishTitle: String {
    switch self {
    case .content: "Content received"
    case .verifiedOnly: "Verified without content"
    case .mismatch: "Does not agree"
    }
  }
}
