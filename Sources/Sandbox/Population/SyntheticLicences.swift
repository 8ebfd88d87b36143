import Certificates
public import CivilTime

/// 承装(修、试)电力设施许可证 of an invented company.
public struct SyntheticContractorLicence: Sendable {
  public let index: Int
  public let version: Int
  public let company: Int
  /// One to five for each of 承装, 承修, 承试; nil when not licensed for it.
  public let grades: [Int?]
  public let issued: CivilDate
  public let expires: CivilDate
  public let isCancelled: Bool
  let serial: Int

  /// Region of the regulator 1–6, series 1–9, serial 5 digits.
  static let serials = 6 * 9 * 99_999

  init(index: Int, version: Int, population: Population) {
    var draw = Draw(seed: population.seed, .contractorLicence, index)
    self.index = index
    self.version = version
    let region = Region.of(index: index)
    let holder = population.companyIndex(near: draw.below(max(1, population.sizes.companies)), region: region)
    company = index == 0 ? Personas.contractor.index : holder
    serial = population.licenceScatter(index)
    let grade = draw.below(5) + 1
    let kinds = draw.below(7) + 1
    grades = [
      kinds & 1 != 0 ? grade : nil, kinds & 2 != 0 ? grade : nil, kinds & 4 != 0 ? min(5, grade + 1) : nil,
    ]
    let first = CivilDate(daysSinceEpoch: 17_500 + draw.below(2_000))
    issued = version == 1 ? first : first.adding(days: 365)
    expires = issued.adding(months: 72)
    isCancelled = index != 0 && (draw.oneIn(30) || (version == 2 && index % 4 == 1))
  }

  /// `4-1-00033-2006`
  public var number: String { PageBuffer.text(writeNumber) }

  func writeNumber(to buffer: inout PageBuffer) {
    buffer.number(serial / 99_999 / 9 + 1)
    buffer.ascii("-")
    buffer.number(serial / 99_999 % 9 + 1)
    buffer.ascii("-")
    buffer.padded(serial % 99_999 + 1, width: 5)
    buffer.ascii("-")
    // The year of the first issue stays in the number when a licence is renewed.
    buffer.padded(version == 1 ? issued.year : issued.adding(days: -365).year, width: 4)
  }

  /// `承装三级、承修三级`
  func writeClasses(to buffer: inout PageBuffer, _ lexicon: Lexicon) {
    var isFirst = true
    for (kind, grade) in grades.enumerated() {
      guard let grade else { continue }
      if !isFirst { buffer.phrase(.comma, lexicon) }
      isFirst = false
      buffer.word(lexicon.licenceClasses, kind)
      buffer.word(lexicon.gradeNumerals, grade - 1)
      buffer.phrase(.grade, lexicon)
    }
  }
}

/// 不动产登记证明: a mortgage or an advance notice on a house.
public struct SyntheticProof: Sendable {
  public let index: Int
  public let version: Int
  public let house: SyntheticHouse
  /// The company the right is registered for.
  public let beneficiary: Int
  public let isAdvanceNotice: Bool
  public let registered: CivilDate
  /// 万元, hundredths
  public let securedHundredths: Int
  public let isEnded: Bool
  let serial: Int
  let lexicon: Lexicon

  init(index: Int, version: Int, population: Population) {
    var draw = Draw(seed: population.seed, .proof, index)
    self.index = index
    self.version = version
    lexicon = population.lexicon
    let number = population.sizes.houses == 0 ? 0 : index % population.sizes.houses
    house = SyntheticHouse(index: number, version: 1, population: population)
    beneficiary = population.companyIndex(
      near: draw.below(max(1, population.sizes.companies)), region: house.region)
    isAdvanceNotice = draw.oneIn(4)
    registered = house.registered.adding(days: draw.below(600))
    securedHundredths = (draw.below(600) + 20) * 100
    isEnded = draw.oneIn(20) || version == 2
    serial = population.proofScatter(index)
  }

  /// `浙(2019)杭州市不动产证明第0012345号`
  public var number: String { PageBuffer.text(writeNumber) }
  /// 电子证照标识 with a right check character; the issuer's credit code is invented.
  public var certificateIdentifier: String { PageBuffer.text(writeIdentifier) }

  func writeNumber(to buffer: inout PageBuffer) {
    buffer.word(lexicon.provinceSigns, house.region.rawValue)
    buffer.bracket(open: true, fullWidth: false)
    buffer.padded(registered.year, width: 4)
    buffer.bracket(open: false, fullWidth: false)
    if house.region == .chongqing {
      buffer.word(lexicon.districts, house.address.district)
    } else {
      buffer.word(lexicon.cities, house.region.rawValue)
    }
    buffer.phrase(.proofOfRight, lexicon)
    let width = house.region == .chongqing ? 9 : serial == 0 ? 8 : 7
    buffer.padded(serial == 0 ? SyntheticHouse.serials : serial, width: width)
    buffer.phrase(.ordinal, lexicon)
  }

  /// `1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`; the check leaves out root and dots.
  func writeIdentifier(to buffer: inout PageBuffer) {
    var checked = PageBuffer(capacity: 56)
    checked.ascii("11100000MB03271699022")
    checked.ascii("11")
    checked.padded(house.region.inventedAreaNumber, width: 6)
    checked.ascii("TXDJ0001")
    checked.check(over: 8, CheckCharacter.organisationCode)
    checked.check(over: 17, CheckCharacter.socialCreditCode)
    checked.padded(registered.year, width: 4)
    checked.padded(index, width: 9)
    checked.ascii("001")
    buffer.ascii("1.2.156.3005.2.")
    // Type, issuer, serial and version.
    var place = 0
    for end in [21, 39, 52, 55] {
      buffer.append(checked.bytes[place..<end])
      buffer.ascii(".")
      place = end
    }
    checked.check(over: 55, CheckCharacter.certificateIdentifier)
    buffer.byte(checked.bytes[55])
  }
}
