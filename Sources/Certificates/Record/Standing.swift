public import CivilTime

/// Whether a certificate can be relied on at a day, and why.
public struct Standing: Hashable, Sendable {
  public enum State: String, CaseIterable, Hashable, Sendable {
    case valid
    case expired
    case notYetValid = "not-yet-valid"
    /// 注销, 转出, or a right that is historical or ended.
    case cancelled
    /// 撤销 or 吊销.
    case revoked
    /// 暂扣 of a certificate, 查封 of a property.
    case seized
    /// The platforms said too little, or something that contradicts a positive answer.
    case unknown

    public var title: String {
      switch self {
      case .valid: "有效"
      case .expired: "已过期"
      case .notYetValid: "未生效"
      case .cancelled: "已注销"
      case .revoked: "已撤销或吊销"
      case .seized: "暂扣或查封"
      case .unknown: "无法判断"
      }
    }
  }

  public struct Reason: Hashable, Sendable {
    /// The field the reason rests on.
    public let path: String
    /// In Chinese.
    public let title: String
    public let englishTitle: String
  }

  public let state: State
  public let reasons: [Reason]
}

extension CertificateRecord {
  /// The standing at the end of `day`. Says valid only when something positive was said: a state, an open validity, a
  /// current right, an agreement (核查一致). Silence is unknown, never valid.
  public func standing(on day: CivilDate) -> Standing {
    var judge = StandingJudge()
    judge.judgeSource(self)
    judge.judgeState(self)
    judge.judgeSpecific(self)
    judge.judgeDates(self, day)
    return judge.verdict
  }
}

private struct StandingJudge {
  /// The gravest negative finding decides; the order says which is graver.
  private static let gravity: [Standing.State] = [
    .revoked, .cancelled, .seized, .expired, .notYetValid, .unknown,
  ]

  private var negative: [(state: Standing.State, reason: Standing.Reason)] = []
  private var positive: [Standing.Reason] = []

  var verdict: Standing {
    for state in Self.gravity {
      let reasons = negative.filter { $0.state == state }.map(\.reason)
      if !reasons.isEmpty { return Standing(state: state, reasons: reasons) }
    }
    if !positive.isEmpty { return Standing(state: .valid, reasons: positive) }
    return Standing(
      state: .unknown,
      reasons: [
        Standing.Reason(path: "", title: "来源未提供状态和有效期", englishTitle: "neither state nor validity was given")
      ])
  }

  mutating func judgeSource(_ record: CertificateRecord) {
    switch record.verification {
    case .content: break
    case .verifiedOnly: allow("management.verification", "核查一致", "the platform confirmed that it agrees")
    case .mismatch:
      refuse(.unknown, "management.verification", "核查不一致", "the platform said that it does not agree")
    }
    if record.management.flag(.sourceDeleted) == true {
      refuse(.cancelled, "management.sourceDeleted", "来源已删除", "deleted at the source")
    }
  }

  mutating func judgeState(_ record: CertificateRecord) {
    let path = "basic.state"
    switch record.state {
    case .valid?: allow(path, "状态为有效", "the state is valid")
    case .suspended?: refuse(.seized, path, "证照暂扣", "suspended")
    case .withdrawn?: refuse(.revoked, path, "证照撤销", "withdrawn")
    case .revoked?: refuse(.revoked, path, "证照吊销", "revoked")
    case .cancelled?: refuse(.cancelled, path, "证照注销", "cancelled")
    case .movedOut?: refuse(.cancelled, path, "证照转出", "moved out")
    case .lapsed?: refuse(.expired, path, "证照失效", "lapsed")
    case .other?: refuse(.unknown, path, "状态为其他", "the state is \"other\"")
    case nil:
      if record.basic.text(.state) != nil {
        refuse(.unknown, path, "状态代码未知", "the state is not a known code")
      }
    }
  }

  mutating func judgeSpecific(_ record: CertificateRecord) {
    switch record.specific.text(.rightState) {
    case "1"?: allow("specific.rightState", "权属状态为现势", "the right is current")
    case "2"?: refuse(.cancelled, "specific.rightState", "权属状态为历史", "the right is historical")
    case "3"?: refuse(.cancelled, "specific.rightState", "权属状态为终止", "the right has ended")
    case "0"?: refuse(.notYetValid, "specific.rightState", "权属状态为临时", "the right is provisional")
    case nil: break
    default: refuse(.unknown, "specific.rightState", "权属状态未知", "the state of the right is not a known code")
    }
    if record.specific.flag(.seized) == true {
      refuse(.seized, "specific.seized", "不动产被查封", "the property is seized")
    }
    switch record.specific.flag(.projectValid) {
    case true?: allow("specific.projectValid", "项目有效", "the project is valid")
    case false?: refuse(.cancelled, "specific.projectValid", "项目无效", "the project is not valid any more")
    case nil: break
    }
    let isProperty = CertificateKind.property.contains(record.kind)
    if isProperty, let number = record.number,
      Identifier.inspect(.deedNumber, number).warnings.contains(where: { $0.code == .cancelled })
    {
      refuse(.cancelled, "basic.number", "证号带“销”标记", "the deed number is marked as cancelled")
    }
  }

  mutating func judgeDates(_ record: CertificateRecord, _ day: CivilDate) {
    if let from = record.validFrom, from > day {
      refuse(.notYetValid, "basic.validFrom", "有效期自 \(from) 起", "valid from \(from)")
    }
    if let to = record.validTo {
      if to < day {
        refuse(.expired, "basic.validTo", "有效期至 \(to)", "valid until \(to)")
      } else {
        allow("basic.validTo", "有效期至 \(to)", "valid until \(to)")
      }
    } else if record.isLongTerm {
      allow("basic.longTerm", "长期有效", "valid without end")
    }
    if let to = record.specific.date(.landUseTo), to < day {
      refuse(.unknown, "specific.landUseTo", "土地使用期限至 \(to)", "the use of the land ended on \(to)")
    }
  }

  private mutating func allow(_ path: String, _ title: String, _ english: String) {
    positive.append(Standing.Reason(path: path, title: title, englishTitle: english))
  }

  private mutating func refuse(_ state: Standing.State, _ path: String, _ title: String, _ english: String) {
    negative.append((state, Standing.Reason(path: path, title: title, englishTitle: english)))
  }
}
