import Calendars
import Certificates
import CivilTime
public import Policies

/// A sentence in both languages.
public struct VerdictLine: Hashable, Sendable {
  public let requirement: SupplyRequirement?
  public let title: String
  public let englishTitle: String
}

extension Verdict {
  /// The verdict in words, for whoever sits at the counter and for the customer: first the whole, then each requirement
  /// that concerns the application, with its clause.
  public var explanation: [VerdictLine] {
    [headline] + requirements.compactMap { $0.isOfConcern ? $0.line : nil }
  }

  private var headline: VerdictLine {
    if !undecided.isEmpty {
      return VerdictLine(
        requirement: nil, title: "尚不能判定,需先确认:\(undecided.map(\.title).joined(separator: "、"))",
        englishTitle: "not decided yet; it depends on \(undecided.map(\.rawValue).joined(separator: ", "))")
    }
    let asks = asks
    let isOpen = [SupplyStep.application, SupplyStep.booking].contains(facts.step)
    let name = levelTitle ?? (isOpen ? "待核" : "本环节")
    let english = level?.englishTitle ?? (isOpen ? "not settled yet" : "this step")
    let rest = isFinal ? "" : ";有资料暂时无法核验,不得因此要求客户提供"
    let englishRest =
      isFinal ? "" : "; something cannot be checked now, which is no reason to ask the customer for it"
    guard !asks.isEmpty else {
      return VerdictLine(
        requirement: nil, title: "\(name):现在无需客户再提供资料\(rest)",
        englishTitle: "\(english): nothing more is asked of the customer now\(englishRest)")
    }
    return VerdictLine(
      requirement: nil,
      title: "\(name):请客户提供\(asks.map(\.requirement.title).joined(separator: "、"))\(rest)",
      englishTitle:
        "\(english): the customer is asked for \(asks.map(\.requirement.englishTitle).joined(separator: ", "))\(englishRest)"
    )
  }
}

extension RequirementVerdict {
  /// What is not required is worth a word only where a document says so.
  var isOfConcern: Bool {
    switch state {
    case .notRequired: false
    case .certificate, .material, .identified, .deferred, .unchecked, .missing, .undecided, .silent,
      .baseless:
      true
    }
  }

  var line: VerdictLine {
    let (said, english) = words
    let clause = (reason ?? source).map { "(\($0.clause)\($0.number.map { " \($0)" } ?? ""))" } ?? ""
    let away =
      refused.isEmpty
      ? ("", "")
      : (
        ";另有 \(refused.count) 份不予采用:\(refused.map(\.reason.title).joined(separator: "、"))",
        "; \(refused.count) known do not count: \(refused.map(\.reason.englishTitle).joined(separator: ", "))"
      )
    return VerdictLine(
      requirement: requirement, title: "\(requirement.title):\(said)\(away.0)\(clause)",
      englishTitle: "\(requirement.englishTitle): \(english)\(away.1) \(clause)")
  }

  private var words: (String, String) {
    switch state {
    case .notRequired: return ("无需提供", "not required")
    case .certificate(let evidence):
      return (
        "已有\(evidence.kind.title),来自\(evidence.origin.title),\(evidence.basis.title)",
        "met by a \(evidence.kind.englishTitle.lowercased()) \(evidence.origin.englishTitle)"
      )
    case .material(let material, let isEquivalent):
      let kind = isEquivalent ? "等效证明" : "资料"
      let english = isEquivalent ? "an equivalent" : "a paper"
      let (said, englishSaid) =
        material.earlier.map {
          ("\($0) 办理其他业务时提交的\(kind)仍有效", "met by \(english) handed in on \($0), which still holds")
        } ?? ("已提交\(kind)", "met by \(english) handed in with the application")
      guard requirement.isQualification else { return (said, englishSaid) }
      return (
        "\(said),资质类别和等级由人工从纸质资料读取,未与电压比对",
        "\(englishSaid); its class and level are for a person to read from it and were not compared with the voltage"
      )
    case .identified: return ("已通过人脸识别核实身份", "the applicant was recognised by face")
    case .deferred(let until, _):
      return ("容缺办理,\(until.title)补齐", "may be supplied \(until.englishTitle)")
    case .unchecked(let obstacle): return (obstacle.title, obstacle.englishTitle)
    case .missing(let absence): return (absence.title, absence.englishTitle)
    case .undecided(let facts):
      return (
        "取决于\(facts.map(\.title).joined(separator: "、"))",
        "depends on \(facts.map(\.rawValue).joined(separator: ", "))"
      )
    case .silent: return ("没有规则涉及", "no rule says anything")
    case .baseless: return ("规则没有文件依据,不得要求客户提供", "no document demands it: nobody is asked")
    }
  }
}

extension KnownCertificate.Origin {
  var title: String {
    switch self {
    case .registry: "数据共享"
    case .query: "实时查询"
    case .push: "部门推送"
    }
  }

  var englishTitle: String {
    switch self {
    case .registry: "from the registry"
    case .query: "that a platform was just asked for"
    case .push: "sent by a partner department"
    }
  }
}

extension SupplyDeferral.End {
  var title: String {
    switch self {
    case .event(let event): event == "connected" ? "送电前" : "\(event) 前"
    case .limit(let limit): "\(limit.title)内"
    }
  }

  var englishTitle: String {
    switch self {
    case .event(let event): "until \(event)"
    case .limit(let limit): "within \(limit.englishTitle)"
    }
  }
}

extension RequirementVerdict.Absence {
  public var title: String {
    switch self {
    case .notHandedIn: "需由客户提供"
    case .notFound: "平台没有记录,需由客户提供"
    case .noPlatform: "本地没有可查询的平台,需由客户提供"
    case .notAuthorised: "未经授权不得查询,需客户授权或提供"
    }
  }

  public var englishTitle: String {
    switch self {
    case .notHandedIn: "to be brought by the customer"
    case .notFound: "no platform has it; to be brought by the customer"
    case .noPlatform: "no platform here can be asked; to be brought by the customer"
    case .notAuthorised: "must not be looked up without authorisation; to be authorised or brought"
    }
  }
}

extension RequirementVerdict.Obstacle {
  public var title: String {
    switch self {
    case .unreachable(_, let stale):
      "平台暂时无法查询" + (stale == nil ? "" : ",已有记录待重新核实")
    case .stale(_, let seen): "已有记录最近一次确认于 \(Self.day(seen)),需重新核实"
    case .doubtful(_, let doubt): "有一份可能相符的记录,\(doubt.title),需人工确认"
    case .paper(_, .notFound): "已提交资料,但平台没有这份证照的记录,需人工确认"
    case .paper(_, .level): "已提交资料,但资质等级与电压未经核对,需人工确认"
    }
  }

  public var englishTitle: String {
    switch self {
    case .unreachable(_, let stale):
      "the platform cannot be asked now"
        + (stale == nil ? "" : "; the record that is known is to be confirmed")
    case .stale(_, let seen): "what is known was last confirmed on \(Self.day(seen)) and is to be confirmed"
    case .doubtful(_, let doubt):
      "there is one that may be it, but \(doubt.englishTitle): somebody has to look"
    case .paper(_, .notFound):
      "a paper was handed in of which the platforms know nothing: somebody has to look"
    case .paper(_, .level):
      "a paper was handed in whose level was not compared with the voltage: somebody has to look"
    }
  }

  private static func day(_ moment: Timestamp) -> CivilDate {
    moment.civil(offsetSeconds: UTCOffset.china).date
  }
}

extension RequirementVerdict.Refused.Reason {
  public var title: String {
    switch self {
    case .standing(let state): state.title
    case .superseded: "已被较新的证照取代"
    case .level: "资质等级不覆盖该电压等级"
    }
  }

  public var englishTitle: String {
    switch self {
    case .standing(let state): state.rawValue
    case .superseded: "superseded"
    case .level: "of a level that does not cover the voltage"
    }
  }

  public var word: String {
    switch self {
    case .standing(let state): state.rawValue
    case .superseded: "superseded"
    case .level: "level"
    }
  }
}
