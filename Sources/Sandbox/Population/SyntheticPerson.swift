import Certificates
public import CivilTime

/// An invented citizen. Computed from the index; nothing is stored.
public struct SyntheticPerson: Sendable {
  public let index: Int
  public let region: Region
  public let isMale: Bool
  public let birth: CivilDate
  public let address: SyntheticAddress
  public let issued: CivilDate
  /// Nil for 长期, which people of 46 and more get.
  public let expires: CivilDate?
  let lexicon: Lexicon
  let sequence: Int
  let surname: Int
  let givenFirst: Int
  let givenSecond: Int?
  let nation: Int
  let phone: Int
  let persona: Int?

  /// Births lie in 24,000 days from 1940-01-01 (to 2005), with 900 sequence numbers a day: 21.6 million people a
  /// region before a number would repeat.
  static let days = 24_000
  static let sequences = 900
  private static let firstBirth = -10_957

  init(index: Int, version: Int, population: Population) {
    let region = Region.of(index: index)
    var draw = Draw(seed: population.seed, .person, index)
    let slot = population.personScatter(index)
    let birth = CivilDate(daysSinceEpoch: SyntheticPerson.firstBirth + slot % SyntheticPerson.days)
    self.index = index
    self.region = region
    lexicon = population.lexicon
    sequence = slot / SyntheticPerson.days + 1
    isMale = sequence & 1 == 1
    self.birth = birth
    surname = draw.below(lexicon.surnames.count)
    givenFirst = draw.below(lexicon.givenFirst.count)
    givenSecond = draw.oneIn(5) ? nil : draw.below(lexicon.givenSecond.count)
    nation = draw.below(lexicon.nations.count)
    phone = draw.below(100_000_000)
    // A second version is a person who moved.
    let home = SyntheticAddress(region: region, draw: &draw)
    let next = SyntheticAddress(region: region, draw: &draw)
    address = version == 1 ? home : next
    let first = CivilDate(daysSinceEpoch: 14_975 + draw.below(5_400))
    issued = version == 1 ? first : first.adding(days: 300)
    let age = issued.year - birth.year
    expires = age >= 46 ? nil : issued.adding(months: age >= 26 ? 240 : age >= 16 ? 120 : 60)
    persona = index < Personas.ceiling ? Personas.people.firstIndex { $0.index == index } : nil
  }

  public var name: String { PageBuffer.text(writeName) }
  /// 公民身份号码 with the right check character and a county that does not exist.
  public var citizenNumber: String { PageBuffer.text(writeNumber) }
  public var phoneNumber: String { PageBuffer.text(writePhone) }
  public var addressText: String { PageBuffer.text { address.write(to: &$0, lexicon) } }

  func writeName(to buffer: inout PageBuffer) {
    if let persona {
      buffer.word(lexicon.personaNames, persona)
      return
    }
    buffer.word(lexicon.surnames, surname)
    buffer.word(lexicon.givenFirst, givenFirst)
    if let givenSecond { buffer.word(lexicon.givenSecond, givenSecond) }
  }

  func writeNumber(to buffer: inout PageBuffer) {
    buffer.padded(region.inventedAreaNumber, width: 6)
    buffer.date(birth, separator: nil)
    buffer.padded(sequence, width: 3)
    buffer.check(over: 17, CheckCharacter.citizenNumber)
  }

  /// 154 is a mobile prefix no operator has been given.
  func writePhone(to buffer: inout PageBuffer) {
    buffer.ascii("154")
    buffer.padded(phone, width: 8)
  }
}

extension PageBuffer {
  /// Appends the check character that an identifier's own rule gives for the last `count` bytes. None means that these
  /// were not of the identifier's alphabet: a defect of the generator.
  mutating func check(over count: Int, _ rule: (borrowing Span<UInt8>) -> UInt8?) {
    guard let character = rule(bytes.span.extracting(last: count)) else {
      preconditionFailure("the sandbox made an identifier outside its alphabet")
    }
    byte(character)
  }
}
