/// One of the figures that are counted over orders.
public enum Indicator: Hashable, Sendable {
  /// 线上办电率.
  case onlineApplications
  /// 办电证照资料共享率.
  case sharedCertificates
  /// 行政审批资料共享率.
  case sharedPermits
  /// A limit of the utility's own process, by the step of the policy; `average` is that of all orders together.
  case limit(String)

  private static let prefix = "limit-"

  public var word: String {
    switch self {
    case .onlineApplications: "online-applications"
    case .sharedCertificates: "shared-certificates"
    case .sharedPermits: "shared-permits"
    case .limit(OrderLimit.average): OrderLimit.average
    case .limit(let step): Self.prefix + step
    }
  }

  /// - Parameter word: one of ``word``; the step of a limit is any name that a policy may give.
  public init?(_ word: String) {
    switch word {
    case "online-applications": self = .onlineApplications
    case "shared-certificates": self = .sharedCertificates
    case "shared-permits": self = .sharedPermits
    case OrderLimit.average: self = .limit(OrderLimit.average)
    default:
      guard word.hasPrefix(Self.prefix), word.utf8.count <= 64 else { return nil }
      let step = word.dropFirst(Self.prefix.count)
      let isName = step.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
      }
      guard !step.isEmpty, isName, step != OrderLimit.average else { return nil }
      self = .limit(String(step))
    }
  }

  /// The sum of the two of annex 2, which no single order counts for: 信息共享率.
  public static let sharedInformation = "shared-information"

  /// What people see, in Chinese.
  public static func title(_ word: String) -> String {
    switch word {
    case "online-applications": "线上办电率"
    case "shared-certificates": "办电证照资料共享率"
    case "shared-permits": "行政审批资料共享率"
    case sharedInformation: "信息共享率"
    case OrderLimit.average: "平均办电时长"
    default: "办电时限达标率"
    }
  }
}

/// What one order is for one figure.
public enum OrderOutcome: String, CaseIterable, Hashable, Sendable {
  /// In numerator and denominator.
  case counts
  /// In the denominator only.
  case countsNot = "counts-not"
  /// It may still become either.
  case open
  /// Nobody can tell.
  case unknown
  /// In the denominator only: it would count, but by moments that were entered later or changed.
  case enteredLate = "entered-late"
  /// The figure is not about it.
  case outside
}

/// Why, in a word of a closed list.
public enum OrderReason: Hashable, Sendable {
  case word(String)
  case paper(String, OrderPaper)
  case permit(OrderCourse.Permit)

  public var word: String {
    switch self {
    case .word(let word): word
    case .paper(let name, let paper): "\(name)-\(paper.word)"
    case .permit(let permit): "\(permit.item)-\(permit.standing.rawValue)"
    }
  }
}

/// What one order is for one figure, and why.
public struct OrderFinding: Hashable, Sendable {
  public let outcome: OrderOutcome
  public let reasons: [OrderReason]
  /// Of a limit in days whose step has ended: how many of its days were used.
  public let days: Int?

  init(_ outcome: OrderOutcome, _ reasons: [OrderReason], days: Int? = nil) {
    self.outcome = outcome
    self.reasons = reasons
    self.days = days
  }

  init(_ outcome: OrderOutcome, _ reason: String) {
    self.init(outcome, [.word(reason)])
  }
}
