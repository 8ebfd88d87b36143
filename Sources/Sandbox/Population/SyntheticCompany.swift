import Certificates
public import CivilTime

/// What the register says of a company.
public enum CompanyState: Sendable {
  case open
  /// 吊销: the licence was withdrawn, the company still exists.
  case revoked
  /// 注销: the company no longer exists.
  case cancelled
}

/// An invented company or sole trader (个体工商户).
public struct SyntheticCompany: Sendable {
  public let index: Int
  public let region: Region
  public let isSoleTrader: Bool
  public let state: CompanyState
  /// The person who represents it.
  public let representative: Int
  public let address: SyntheticAddress
  /// Tens of thousands of yuan (万元), hundredths.
  public let capitalHundredths: Int
  public let founded: CivilDate
  public let approved: CivilDate
  /// Nil for 长期.
  public let endOfTerm: CivilDate?
  let lexicon: Lexicon
  let code: Int
  let brand: Int
  let trade: Int
  let given: Int
  let persona: Int?

  /// Six characters of the credit code's alphabet: 887 million companies a region.
  static let codes = 31 * 31 * 31 * 31 * 31 * 31

  init(index: Int, version: Int, population: Population) {
    let region = Region.of(index: index)
    var draw = Draw(seed: population.seed, .company, index)
    let known = index < Personas.ceiling ? Personas.companies.firstIndex { $0.index == index } : nil
    self.index = index
    self.region = region
    lexicon = population.lexicon
    persona = known
    code = population.companyScatter(index)
    isSoleTrader = draw.oneIn(4) && known == nil
    brand = draw.below(lexicon.brands.count)
    given = draw.below(lexicon.givenSecond.count)
    trade = known.map { SyntheticCompany.personaTrades[$0] } ?? draw.below(lexicon.trades.count)
    let head = population.personIndex(near: draw.below(max(1, population.sizes.persons)), region: region)
    representative = known.map { Personas.companies[$0].representative } ?? head
    capitalHundredths = (draw.below(500) + 1) * 1000
    founded = CivilDate(daysSinceEpoch: 12_000 + draw.below(7_000))
    approved = version == 1 ? founded.adding(days: draw.below(900)) : founded.adding(days: 1_200)
    endOfTerm = draw.oneIn(3) ? founded.adding(months: 240) : nil
    let home = SyntheticAddress(region: region, draw: &draw)
    let next = SyntheticAddress(region: region, draw: &draw)
    address = version == 1 ? home : next
    // One in 25 is out of business from the start; of those that change, one in four closes.
    let fate = draw.below(100)
    let first: CompanyState = fate < 3 ? .cancelled : fate < 4 ? .revoked : .open
    let later: CompanyState = index & 3 == 3 || index % 8 == 2 ? .cancelled : first
    state = known.map { Personas.companies[$0].state } ?? (version == 1 ? first : later)
  }

  /// Indexes into ``Lexicon/trades`` of the hand-made companies.
  private static let personaTrades = [0, 1, 2, 3, 5, 13, 10, 7, 4, 17]

  public var name: String { PageBuffer.text(writeName) }
  /// 统一社会信用代码 with both check characters right and a county that does not exist.
  public var creditCode: String { PageBuffer.text(writeCode) }
  public var addressText: String { PageBuffer.text { address.write(to: &$0, lexicon) } }

  func writeName(to buffer: inout PageBuffer) {
    if let persona {
      buffer.word(lexicon.personaCompanyNames, persona)
      return
    }
    buffer.word(lexicon.cities, region.rawValue)
    if isSoleTrader { buffer.word(lexicon.districts, address.district) }
    buffer.phrase(.simulated, lexicon)
    buffer.word(lexicon.brands, brand)
    buffer.word(lexicon.givenSecond, given)
    buffer.word(lexicon.trades, trade)
    buffer.phrase(isSoleTrader ? .householdOfTrade : .limitedCompany, lexicon)
  }

  func writeCode(to buffer: inout PageBuffer) {
    buffer.byte(UInt8(ascii: "9"))
    buffer.byte(isSoleTrader ? UInt8(ascii: "2") : UInt8(ascii: "1"))
    buffer.padded(region.inventedAreaNumber, width: 6)
    // No organisation code has been given out in a series TX.
    buffer.ascii("TX")
    buffer.base31(code, width: 6)
    buffer.check(over: 8, CheckCharacter.organisationCode)
    buffer.check(over: 17, CheckCharacter.socialCreditCode)
  }

  func writeKind(to buffer: inout PageBuffer) {
    buffer.phrase(isSoleTrader ? .soleTrader : .limitedLong, lexicon)
  }
}

extension PageBuffer {
  /// `value` in the alphabet of the credit code (digits and capitals without I O S V Z), exactly `width` characters.
  mutating func base31(_ value: Int, width: Int) {
    var divisor = 1
    for _ in 1..<width { divisor *= 31 }
    var rest = value
    for _ in 0..<width {
      byte(PageBuffer.creditAlphabet[rest / divisor % 31])
      rest %= divisor
      divisor = max(1, divisor / 31)
    }
  }

  private static let creditAlphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
}
