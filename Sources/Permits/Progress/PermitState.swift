/// Where one attempt at a permit item stands.
public enum PermitState: String, CaseIterable, Hashable, Sendable {
  /// Decided by the policy to be handed in, and not handed in yet.
  case planned
  /// Handed in.
  case submitted
  case received
  case accepted
  /// 补正: the platform waits for material.
  case supplement
  /// 特别程序, 踏勘 or 公示: something else takes its time.
  case special
  /// 容缺通过: allowed, with something still to be brought.
  case approvedDeferred = "approved-deferred"
  case approved
  /// A promise or a filing lies at the platform.
  case filed
  /// 不通过
  case rejected
  /// 不受理, 不予受理
  case refused
  case withdrawn
  case recalled
  case revoked

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .planned: "待申请"
    case .submitted: "已提交"
    case .received: "已接件"
    case .accepted: "办理中"
    case .supplement: "补正中"
    case .special: "特别程序中"
    case .approvedDeferred: "容缺通过"
    case .approved: "通过"
    case .filed: "已备案"
    case .rejected: "不通过"
    case .refused: "不予受理"
    case .withdrawn: "已撤件"
    case .recalled: "已撤回"
    case .revoked: "已撤销"
    }
  }

  /// The platform has said its word, or needs to say none.
  public var isDecided: Bool {
    switch self {
    case .planned, .submitted, .received, .accepted, .supplement, .special: false
    case .approvedDeferred, .approved, .filed, .rejected, .refused, .withdrawn, .recalled, .revoked: true
    }
  }

  /// The platform has it, and has not said its word.
  public var isUnderWay: Bool { !isDecided && self != .planned }

  /// The work may start.
  public var isPermitted: Bool { self == .approved || self == .approvedDeferred || self == .filed }

  /// Nothing will come of this attempt, so that another may follow it.
  public var hasFailed: Bool { isDecided && !isPermitted }
}
