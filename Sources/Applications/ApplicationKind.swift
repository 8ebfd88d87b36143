/// What the utility hands in at a platform.
public enum ApplicationKind: String, CaseIterable, Hashable, Sendable {
  /// 涉电行政审批: one item of a line's permits, as a permit window takes it.
  case permitApplication = "permit-application"
  /// 数据异议: a certificate is wrong in one field, by what another platform says.
  case dataObjection = "data-objection"

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .permitApplication: "涉电行政审批申请"
    case .dataObjection: "数据异议"
    }
  }

  /// The fields of such a record, in order.
  public var fields: [ApplicationField] {
    switch self {
    case .permitApplication: ApplicationField.permitApplication
    case .dataObjection: ApplicationField.dataObjection
    }
  }
}

/// The permit items of a line: each is applied for, and decided, by itself.
public enum PermitItem: String, CaseIterable, Hashable, Sendable {
  /// 建设工程规划许可
  case routePlanning = "route-planning"
  /// 临时占用城市道路
  case roadOccupation = "road-occupation"
  /// 挖掘城市道路
  case roadDigging = "road-digging"
  /// 临时占用城市绿地, 砍伐、迁移城市树木
  case greening

  /// What people call it, in Chinese.
  public var title: String {
    switch self {
    case .routePlanning: "规划路由"
    case .roadOccupation: "占路"
    case .roadDigging: "掘路"
    case .greening: "绿化"
    }
  }
}
