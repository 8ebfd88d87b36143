public import CivilTime

/// Somebody who holds a right: a person or a company of the population.
public enum Holder: Hashable, Sendable {
  case person(Int)
  case company(Int)

  var isCompany: Bool {
    switch self {
    case .person: false
    case .company: true
    }
  }
}

/// 共有方式; the raw value is GYFS.
public enum Ownership: Int, Sendable {
  case sole = 0
  /// 共同共有
  case joint = 1
  /// 按份共有: equal shares here.
  case shares = 2
}

/// An invented house with its deed: one real-estate unit, one to four right holders.
public struct SyntheticHouse: Sendable {
  public let index: Int
  public let version: Int
  public let region: Region
  public let address: SyntheticAddress
  public let holders: [Holder]
  public let ownership: Ownership
  public let isSeized: Bool
  /// 注销: the right has ended.
  public let isEnded: Bool
  public let registered: CivilDate
  /// Square metres, hundredths.
  public let areaHundredths: Int
  /// The part of the area that is shared with others.
  public let sharedHundredths: Int
  public let isDwelling: Bool
  let lexicon: Lexicon
  let serial: Int
  let floors: Int
  let oldDeed: Int?

  static let serials = 10_000_000

  init(index: Int, version: Int, population: Population) {
    let region = Region.of(index: index)
    var draw = Draw(seed: population.seed, .house, index)
    let persona = index < Personas.ceiling ? Personas.houses.first { $0.index == index } : nil
    self.index = index
    self.version = version
    self.region = region
    lexicon = population.lexicon
    serial = population.houseScatter(index)
    address = SyntheticAddress(region: region, draw: &draw).inDistrict(persona?.district)
    let byCompany = draw.oneIn(6)
    isDwelling = persona.map { !$0.holders.contains(where: \.isCompany) } ?? !byCompany
    let drawn = SyntheticHouse.drawHolders(byCompany: byCompany, region: region, &draw, population)
    holders = persona?.holders ?? drawn
    ownership = persona?.ownership ?? (holders.count == 1 ? .sole : draw.oneIn(3) ? .shares : .joint)
    registered = CivilDate(daysSinceEpoch: 17_000 + draw.below(2_500))
    // A second version is a corrected area; one in four is a right that has ended, one in eight a seizure.
    let correction = version == 1 ? 0 : 137
    areaHundredths = 3_000 + draw.below(17_000) + correction
    sharedHundredths = areaHundredths / 6
    floors = max(address.floor, draw.below(28) + 5)
    let fate = draw.below(8)
    isSeized = persona?.seized ?? (draw.oneIn(40) || (version == 2 && fate == 2))
    isEnded = persona == nil && version == 2 && fate < 2
    oldDeed = index < Personas.ceiling ? Personas.oldDeeds.firstIndex { $0.house == index } : nil
  }

  private static func drawHolders(
    byCompany: Bool, region: Region, _ draw: inout Draw, _ population: Population
  ) -> [Holder] {
    if byCompany {
      return [
        .company(
          population.companyIndex(near: draw.below(max(1, population.sizes.companies)), region: region))
      ]
    }
    let number = [1, 1, 1, 2, 2, 2, 3, 4][draw.below(8)]
    let first = draw.below(max(1, population.sizes.persons))
    var holders: [Holder] = []
    for place in 0..<number {
      // Neighbours in the population of the region, so that no holder appears twice.
      holders.append(.person(population.personIndex(near: first + place * 8, region: region)))
    }
    return holders
  }

  /// 不动产单元号, 28 characters.
  public var unitNumber: String { PageBuffer.text(writeUnitNumber) }
  /// 不动产权证号 as the register writes it: `浙(2019)杭州市不动产权第0012345号`.
  public var deedNumber: String { PageBuffer.text { writeDeedNumber(to: &$0, fullWidth: false) } }
  public var location: String { PageBuffer.text { address.writeLocal(to: &$0, lexicon) } }

  func writeUnitNumber(to buffer: inout PageBuffer) {
    buffer.padded(region.inventedAreaNumber, width: 6)
    buffer.padded(serial / 1_000_000 + 1, width: 3)
    buffer.padded(serial / 100_000 % 10 + 1, width: 3)
    buffer.ascii("GB")
    buffer.padded(serial % 100_000, width: 5)
    buffer.ascii("F")
    buffer.padded(address.building, width: 4)
    buffer.padded(address.unit * 1000 + address.floor * 10 + address.room, width: 4)
  }

  /// The number on the deed. Some systems write it with full-width brackets.
  func writeDeedNumber(to buffer: inout PageBuffer, fullWidth: Bool) {
    if let oldDeed {
      buffer.word(lexicon.personaDeeds, oldDeed)
      return
    }
    writeStem(to: &buffer, fullWidth: fullWidth)
    buffer.phrase(.deed, lexicon)
    writeSerial(to: &buffer)
    buffer.phrase(.ordinal, lexicon)
  }

  /// `浙(2019)杭州市`; deeds of 重庆 name the district instead of the city.
  func writeStem(to buffer: inout PageBuffer, fullWidth: Bool) {
    buffer.word(lexicon.provinceSigns, region.rawValue)
    buffer.bracket(open: true, fullWidth: fullWidth)
    buffer.padded(registered.year, width: 4)
    buffer.bracket(open: false, fullWidth: fullWidth)
    if region == .chongqing {
      buffer.word(lexicon.districts, address.district)
    } else {
      buffer.word(lexicon.cities, region.rawValue)
    }
  }

  func writeSerial(to buffer: inout PageBuffer) {
    let width = region == .chongqing ? 9 : serial == 0 ? 8 : 7
    buffer.padded(serial == 0 ? SyntheticHouse.serials : serial, width: width)
  }
}
