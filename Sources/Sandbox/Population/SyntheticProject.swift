import Certificates
public import CivilTime

/// An invented investment project (投资项目) with its project code.
public struct SyntheticProject: Sendable {
  public let index: Int
  public let version: Int
  public let region: Region
  /// The company that builds it.
  public let sponsor: Int
  public let coded: CivilDate
  public let address: SyntheticAddress
  /// 0 审批, 1 核准, 2 备案
  public let procedure: Int
  /// 0 新建 … 4 其它
  public let nature: Int
  /// 亩, hundredths; 0 when no land is needed.
  public let landHundredths: Int
  /// ㎡, hundredths
  public let builtHundredths: Int
  /// 万元, hundredths
  public let moneyHundredths: Int
  public let isValid: Bool
  let lexicon: Lexicon
  let code: Int
  let brand: Int
  let trade: Int
  let stage: Int
  let persona: Int?

  /// Five digits and a department of 89 in each month and region.
  static let codes = 100_000 * 89

  init(index: Int, version: Int, population: Population) {
    let region = Region.of(index: index)
    var draw = Draw(seed: population.seed, .project, index)
    let known = index < Personas.ceiling ? Personas.projects.firstIndex { $0.index == index } : nil
    self.index = index
    self.version = version
    self.region = region
    lexicon = population.lexicon
    persona = known
    code = population.projectScatter(index)
    let company = population.companyIndex(
      near: draw.below(max(1, population.sizes.companies)), region: region)
    sponsor = known.map { Personas.projects[$0].sponsor } ?? company
    coded = CivilDate(
      daysSinceEpoch: population.projects.created(index) / 86_400 - draw.below(10))
    address = SyntheticAddress(region: region, draw: &draw)
    procedure = [0, 1, 2, 2, 2][draw.below(5)]
    nature = [0, 0, 0, 1, 1, 2, 3, 4][draw.below(8)]
    landHundredths = draw.oneIn(5) ? 0 : draw.below(30_000) + 100
    builtHundredths = draw.below(9_000_000) + 50_000
    let money = draw.below(50_000_000) + 10_000
    moneyHundredths = version == 1 ? money : money + money / 10
    brand = draw.below(lexicon.brands.count)
    trade = draw.below(lexicon.trades.count)
    stage = draw.below(900) + 100
    isValid = known != nil || version == 1 || index % 4 != 1
  }

  /// 项目代码 `2403-330199-04-01-123456`, its last digit a check.
  public var projectCode: String { PageBuffer.text(writeCode) }
  public var name: String { PageBuffer.text(writeName) }

  func writeCode(to buffer: inout PageBuffer) {
    // The check is over the digits without their hyphens, so these come in two passes.
    var digits = PageBuffer(capacity: 20)
    digits.padded(coded.year % 100 * 100 + coded.month, width: 4)
    digits.padded(region.inventedAreaNumber, width: 6)
    digits.padded(code / 100_000 + 1, width: 2)
    digits.padded(procedure + 1, width: 2)
    digits.padded(code % 100_000, width: 5)
    digits.check(over: 19, CheckCharacter.projectCode)
    for place in 0..<20 {
      if place == 4 || place == 10 || place == 12 || place == 14 { buffer.byte(UInt8(ascii: "-")) }
      buffer.byte(digits.bytes[place])
    }
  }

  /// `拟星河电子科技年产250项建设项目`
  func writeName(to buffer: inout PageBuffer) {
    if let persona {
      buffer.word(lexicon.personaProjects, persona)
      return
    }
    buffer.phrase(.simulated, lexicon)
    buffer.word(lexicon.brands, brand)
    buffer.word(lexicon.trades, trade)
    buffer.number(stage)
    buffer.phrase(.number, lexicon)
    buffer.phrase(.project, lexicon)
  }
}

/// One approval (审批事项) a project went through.
public struct SyntheticApproval: Sendable {
  public let index: Int
  public let version: Int
  public let project: Int
  /// Index into ``items``.
  public let item: Int
  /// Index into ``states``.
  public let state: Int
  public let serial: Int
  public let validYears: Int

  /// The permits a grid connection waits for, by item code.
  static let items = [
    "建设工程规划许可", "占用、挖掘城市道路审批", "临时占用城市绿地审批", "砍伐、迁移城市树木审批", "建设工程规划许可", "占用、挖掘城市道路审批",
  ]
  static let itemCodes = [
    "000117015000", "000117022000", "000117061000", "000117060000", "000117015000", "000117022000",
  ]
  static let departments = ["规划和自然资源局", "城市管理局", "园林文物局", "园林文物局", "规划和自然资源局", "城市管理局"]
  static let states = ["受理", "许可办结", "不予许可办结", "待受理", "退办", "不受理", "暂停", "注销", "废止"]

  init(index: Int, version: Int, population: Population) {
    var draw = Draw(seed: population.seed, .approval, index)
    self.index = index
    self.version = version
    project = population.sizes.projects == 0 ? 0 : index / 3 % population.sizes.projects
    item = index % 3 + (draw.oneIn(3) ? 3 : 0)
    serial = population.approvalScatter(index)
    validYears = draw.below(3) + 1
    let fate = draw.below(20)
    // Those of hand-made projects are granted; the rest end as they may.
    let number = project
    let isOfPersona = number < Personas.ceiling && Personas.projects.contains { $0.index == number }
    let first = isOfPersona ? 1 : fate < 12 ? 1 : fate < 14 ? 2 : fate - 12 + 1
    let pending = population.approvals.isRevised(index)
    state = version == 2 ? 1 : pending ? 0 : min(first, SyntheticApproval.states.count - 1)
  }
}
