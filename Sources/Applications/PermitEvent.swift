/// What happens to a permit item. The names are those that policies' clocks use.
public enum PermitEvent: String, CaseIterable, Hashable, Sendable {
  /// The platform's window took it in from us.
  case submitted
  /// 接件
  case received
  /// 撤件: the applicant took it back.
  case withdrawn
  /// 受理
  case accepted
  /// 不受理: nothing for this window, or no permit is needed.
  case notAccepted = "not-accepted"
  /// 不予受理
  case refused
  /// 补正开始
  case supplementRequested = "supplement-requested"
  /// 补正结束
  case supplementReceived = "supplement-received"
  /// 部门开始办理
  case handling
  /// 特别程序开始
  case specialProcedureStarted = "special-procedure-started"
  /// 特别程序结束
  case specialProcedureEnded = "special-procedure-ended"
  /// 踏勘
  case surveyStarted = "survey-started"
  case surveyEnded = "survey-ended"
  /// 公示
  case publicNoticeStarted = "public-notice-started"
  case publicNoticeEnded = "public-notice-ended"
  /// 办结（通过）
  case approved
  /// 办结（容缺通过）
  case approvedDeferred = "approved-deferred"
  /// 办结（不通过）
  case rejected
  /// 撤回: the authority takes a permit back that was right when it was given.
  case recalled
  /// 撤销: the permit should not have been given.
  case revoked
  /// A promise or a filing lies at the platform: the work may start.
  case filed

  /// By 办理状态 (BLZT) of the published tables of 工程建设项目审批, 1 to 15.
  public init?(blzt code: Int) {
    guard let event = Self.byCode[code] else { return nil }
    self = event
  }

  /// The number of 办理状态, for those that have one.
  public var blzt: Int? { Self.byCode.first { $0.value == self }?.key }

  private static let byCode: [Int: PermitEvent] = [
    1: .received, 2: .withdrawn, 3: .accepted, 4: .notAccepted, 5: .refused, 6: .supplementRequested,
    7: .supplementReceived, 8: .handling, 9: .specialProcedureStarted, 10: .specialProcedureEnded,
    11: .approved, 12: .approvedDeferred, 13: .rejected, 14: .recalled, 15: .revoked,
  ]
}
