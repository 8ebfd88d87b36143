/// One thing that policies ask about a line or a customer. The table of all of them is closed: a condition on something
/// that is not in it is a mistake.
public enum Fact: String, CaseIterable, Hashable, Sendable {
  /// 电压等级, kV.
  case voltage
  /// 用电容量, kW.
  case capacity
  /// 外线长度, m.
  case length
  /// 客户类别.
  case customer
  /// 供电方式: one supply or two.
  case supply
  /// 外线工程.
  case works
  /// 红线内外.
  case redLine = "red-line"
  /// 穿跨越对象.
  case crossings
  /// 是否挖掘城市道路.
  case digsRoad = "digs-road"
  /// 是否占用城市道路.
  case occupiesRoad = "occupies-road"
  /// 是否占用城市绿地.
  case usesGreenLand = "uses-green-land"
  /// 砍伐、迁移树木.
  case trees
  /// 业务类别.
  case business
  /// 办理环节.
  case stage
  /// 申请人: a person or an organisation.
  case applicant
  /// 是否特殊行业.
  case specialTrade = "special-trade"

  /// What values it has.
  public enum Domain: Hashable, Sendable {
    /// A number in the unit, with names for ranges that policies speak of.
    case number(unit: String, named: [String: NumberRange])
    /// One of the words.
    case word([String])
    /// Any of the words together.
    case words([String])
    case flag
  }

  public var domain: Domain {
    switch self {
    // 低压 is below 1 kV, 高压 from 1 kV (GB/T 2900.50 as the trade uses it).
    case .voltage:
      .number(unit: "kV", named: ["low": NumberRange(below: 1), "high": NumberRange(from: 1)])
    case .capacity: .number(unit: "kW", named: [:])
    case .length: .number(unit: "m", named: [:])
    case .customer: .word(["resident", "small-micro", "other"])
    case .supply: .word(["single", "dual"])
    // None is 直接装表: a meter where the grid already is.
    case .works: .word(["none", "poles-lines", "cable-transformer"])
    case .redLine: .word(["inside", "outside"])
    case .crossings: .words(["municipal-road", "highway", "railway", "south-north-water", "defence-cable"])
    case .digsRoad, .occupiesRoad, .usesGreenLand: .flag
    // 古树名木 are never in a quick procedure.
    case .trees: .word(["none", "ordinary", "protected"])
    // 新装, 增容, 临时用电, 更名, 过户.
    case .business: .word(["new", "increase", "temporary", "rename", "transfer"])
    // 预约, 受理, 设计审查, 中间检查, 竣工检验.
    case .stage: .word(["booking", "application", "design-review", "intermediate-check", "completion"])
    case .applicant: .word(["person", "organisation"])
    case .specialTrade: .flag
    }
  }

  /// What people see, in Chinese.
  public var title: String {
    switch self {
    case .voltage: "电压等级"
    case .capacity: "用电容量"
    case .length: "线路长度"
    case .customer: "客户类别"
    case .supply: "供电方式"
    case .works: "外线工程"
    case .redLine: "红线内外"
    case .crossings: "穿跨越对象"
    case .digsRoad: "挖掘城市道路"
    case .occupiesRoad: "占用城市道路"
    case .usesGreenLand: "占用城市绿地"
    case .trees: "砍伐、迁移树木"
    case .business: "业务类别"
    case .stage: "办理环节"
    case .applicant: "申请人类型"
    case .specialTrade: "特殊行业"
    }
  }
}
