import Certificates
public import CivilTime

/// 工程设计资质证书 of an invented company.
public struct SyntheticDesignLicence: Sendable {
  public let index: Int
  public let version: Int
  public let company: Int
  /// Indexes into ``trades`` and ``grades``.
  public let classes: [(trade: Int, grade: Int)]
  public let issued: CivilDate
  public let expires: CivilDate
  public let isCancelled: Bool
  let serial: Int

  /// What may be designed: lines and substations, one of both, all of the trade of power, its plants, other trades.
  static let trades = [
    "电力行业(送电工程、变电工程)专业", "电力行业(变电工程)专业", "电力行业", "电力行业(新能源发电)专业", "建筑行业(建筑工程)", "市政行业(给水工程)专业",
  ]
  static let grades = ["甲", "乙", "丙"]
  /// Province 91–99, of which there is none, and six digits.
  static let serials = 9 * 599_994

  private static let power = 0
  private static let building = 4

  /// What the hand-made companies have: the designer may design up to 220 kV, the architect for the grid no more.
  private static let known: [(company: Int, trade: Int, grade: Int, issued: CivilDate)] = [
    (Personas.designer.index, power, 1, CivilDate(daysSinceEpoch: 18_900)),
    (Personas.architect.index, power, 2, CivilDate(daysSinceEpoch: 16_800)),
    (Personas.architect.index, building, 0, CivilDate(daysSinceEpoch: 18_900)),
  ]

  init(index: Int, version: Int, population: Population) {
    var draw = Draw(seed: population.seed, .designLicence, index)
    self.index = index
    self.version = version
    let persona = index < Self.known.count ? Self.known[index] : nil
    let others = max(1, population.sizes.companies - Personas.ceiling - Region.allCases.count * 2)
    let holder = population.companyIndex(
      near: Personas.ceiling + draw.below(others), region: Region.of(index: index))
    company = persona?.company ?? holder
    serial = population.designScatter(index)
    let first = (trade: draw.below(Self.trades.count), grade: draw.below(Self.grades.count))
    let second = (trade: Self.building, grade: draw.below(Self.grades.count))
    classes =
      persona.map { [($0.trade, $0.grade)] }
      ?? (draw.oneIn(3) && first.trade < Self.building ? [first, second] : [first])
    let begun = persona?.issued ?? CivilDate(daysSinceEpoch: 17_500 + draw.below(2_000))
    issued = version == 1 ? begun : begun.adding(days: 365)
    expires = issued.adding(months: 60)
    isCancelled = persona == nil && (draw.oneIn(30) || (version == 2 && index % 4 == 1))
  }

  /// `A291000123`: the sign of design, the best grade, province, serial.
  public var number: String { PageBuffer.text(writeNumber) }

  func writeNumber(to buffer: inout PageBuffer) {
    buffer.ascii("A")
    buffer.number((classes.map(\.grade).min() ?? 0) + 1)
    buffer.number(serial / 599_994 + 91)
    buffer.padded(serial % 599_994 + 1, width: 6)
  }

  /// `电力行业(送电工程、变电工程)专业乙级;建筑行业(建筑工程)甲级`
  func writeClasses(to buffer: inout PageBuffer, _ lexicon: Lexicon) {
    for (place, one) in classes.enumerated() {
      if place > 0 { buffer.ascii(";") }
      buffer.word(lexicon.designTrades, one.trade)
      buffer.word(lexicon.designGrades, one.grade)
      buffer.phrase(.grade, lexicon)
    }
  }
}
