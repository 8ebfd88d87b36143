/// How far an approval platform has come with one item of a project. The raw values are stored and never changed.
public enum ApprovalProgress: String, CaseIterable, Hashable, Sendable {
  /// Handed in, and not taken up yet.
  case received
  /// Taken up (受理).
  case underWay = "under-way"
  /// It stands still: material is to be supplemented, or a special procedure runs.
  case suspended
  case granted
  /// Not taken up, or decided against.
  case refused
  /// Taken back, cancelled or annulled.
  case ended

  /// The platform has still to decide.
  public var isOpen: Bool {
    switch self {
    case .received, .underWay, .suspended: true
    case .granted, .refused, .ended: false
    }
  }

  public var title: String {
    switch self {
    case .received: "待受理"
    case .underWay: "办理中"
    case .suspended: "暂停"
    case .granted: "已许可"
    case .refused: "未许可"
    case .ended: "已终止"
    }
  }

  public var englishTitle: String {
    switch self {
    case .received: "Received"
    case .underWay: "Under way"
    case .suspended: "Suspended"
    case .granted: "Granted"
    case .refused: "Refused"
    case .ended: "Ended"
    }
  }
}
