import CivilTime

/// The rows of 浙江 公共数据平台: flat JSON objects, with the untidiness such platforms have. Dates come in four forms,
/// "no value" as an empty text, a stroke or 无.
enum PublicDataRows {
  static func businessLicence(_ population: Population) -> DataSet {
    .json("businessLicence", population.companies, rowBytes: 900) { buffer, row in
      let company = population.company(row.index, version: row.version)
      writeLicence(company, row, population, to: &buffer)
    }
  }

  static func identityCard(_ population: Population) -> DataSet {
    .json("identityCard", population.persons, rowBytes: 420) { buffer, row in
      writeCard(population.person(row.index, version: row.version), row, to: &buffer)
    }
  }

  static func propertyDeed(_ population: Population) -> DataSet {
    .json("propertyDeed", population.houses, rowBytes: 800) { buffer, row in
      writeDeed(population.house(row.index, version: row.version), row, population, to: &buffer)
    }
  }

  private static func writeLicence(
    _ company: SyntheticCompany, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = population.lexicon
    let head = population.person(company.representative)
    buffer.ascii(row.poison == .wrongType ? #"{"uniscid":[""# : #"{"uniscid":""#)
    company.writeCode(to: &buffer)
    if row.poison == .brokenCheck { buffer.breakLast() }
    buffer.ascii(row.poison == .wrongType ? #""],"entName":""# : #"","entName":""#)
    company.writeName(to: &buffer)
    buffer.ascii(
      company.isSoleTrader ? #"","entType":"9500","entTypeName":""# : #"","entType":"1130","entTypeName":""#)
    company.writeKind(to: &buffer)
    buffer.ascii(#"","lerep":""#)
    head.writeName(to: &buffer)
    buffer.ascii(#"","lerepCertNo":""#)
    head.writeNumber(to: &buffer)
    buffer.ascii(#"","dom":""#)
    company.address.write(to: &buffer, lexicon)
    buffer.ascii(#"","opScope":""#)
    buffer.word(lexicon.tradeScopes, company.trade)
    buffer.ascii(#"","regCap":"#)
    buffer.hundredths(company.capitalHundredths)
    buffer.ascii(#","regCapCur":""#)
    buffer.phrase(.yuan, lexicon)
    buffer.ascii(#"","estDate":""#)
    buffer.untidyDate(company.founded, form: row.index, lexicon)
    buffer.ascii(#"","opFrom":""#)
    buffer.date(company.founded)
    buffer.ascii(#"","opTo":""#)
    if let end = company.endOfTerm {
      buffer.date(end)
    } else if row.index & 1 == 0 {
      buffer.phrase(.longTerm, lexicon)
    } else {
      buffer.noValue(row.index, lexicon)
    }
    buffer.ascii(#"","apprDate":""#)
    buffer.date(company.approved)
    buffer.ascii(#"","issueDate":""#)
    buffer.date(company.approved, separator: nil)
    buffer.ascii(#"","regOrg":""#)
    buffer.padded(company.region.inventedAreaNumber, width: 6)
    buffer.ascii(#"","regOrgName":""#)
    buffer.word(lexicon.cities, company.region.rawValue)
    buffer.phrase(.marketAuthority, lexicon)
    switch company.state {
    case .open: buffer.ascii(#"","regState":"1","state":"normal","updateTime":""#)
    case .revoked: buffer.ascii(#"","regState":"2","state":"normal","updateTime":""#)
    case .cancelled: buffer.ascii(#"","regState":"4","state":"normal","updateTime":""#)
    }
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }

  private static func writeCard(_ person: SyntheticPerson, _ row: Row, to buffer: inout PageBuffer) {
    let lexicon = person.lexicon
    buffer.ascii(#"{"xm":""#)
    person.writeName(to: &buffer)
    buffer.ascii(row.poison == .wrongType ? #"","gmsfhm":[""# : #"","gmsfhm":""#)
    person.writeNumber(to: &buffer)
    if row.poison == .brokenCheck { buffer.breakLast() }
    if row.poison == .wrongType { buffer.ascii(#""],"xb":""#) } else { buffer.ascii(#"","xb":""#) }
    buffer.ascii(person.isMale ? #"1","mz":""# : #"2","mz":""#)
    buffer.word(lexicon.nations, person.nation)
    buffer.ascii(#"","csrq":""#)
    buffer.date(person.birth, separator: nil)
    buffer.ascii(#"","zz":""#)
    person.address.write(to: &buffer, lexicon)
    buffer.ascii(#"","qfjg":""#)
    buffer.word(lexicon.cities, person.region.rawValue)
    buffer.phrase(.publicSecurity, lexicon)
    buffer.ascii(#"","yxqqsrq":""#)
    buffer.date(person.issued, separator: nil)
    buffer.ascii(#"","yxqjzrq":""#)
    if let expires = person.expires {
      buffer.date(expires, separator: nil)
    } else {
      buffer.phrase(.longTerm, lexicon)
    }
    buffer.ascii(#"","zjzt":"01","updateTime":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }

  private static func writeDeed(
    _ house: SyntheticHouse, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = house.lexicon
    buffer.ascii(#"{"bdcqzh":""#)
    house.writeDeedNumber(to: &buffer, fullWidth: row.index % 7 == 3)
    buffer.ascii(row.poison == .wrongType ? #"","bdcdyh":[""# : #"","bdcdyh":""#)
    house.writeUnitNumber(to: &buffer)
    if row.poison == .brokenCheck { buffer.ascii("9") }
    buffer.ascii(row.poison == .wrongType ? #""],"zl":""# : #"","zl":""#)
    house.address.writeLocal(to: &buffer, lexicon)
    buffer.ascii(#"","qllx":"4","qlxz":""#)
    buffer.phrase(house.isDwelling ? .granted : .allocated, lexicon)
    buffer.ascii(#"","yt":""#)
    buffer.phrase(house.isDwelling ? .dwelling : .commercial, lexicon)
    buffer.ascii(#"","jzmj":""#)
    // The copy of one house states another area than the register does.
    buffer.hundredths(house.areaHundredths + (row.index == Personas.disputedHouse.index ? 50 : 0))
    buffer.ascii(#"","gyfs":""#)
    buffer.number(house.ownership.rawValue)
    buffer.ascii(#"","djjg":""#)
    buffer.word(lexicon.cities, house.region.rawValue)
    buffer.phrase(.realEstateCentre, lexicon)
    buffer.ascii(#"","djsj":""#)
    buffer.untidyDate(house.registered, form: row.index, lexicon)
    buffer.ascii(house.isEnded ? #"","qszt":"2","sfcf":""# : #"","qszt":"1","sfcf":""#)
    buffer.ascii(house.isSeized ? #"1","bz":""# : #"0","bz":""#)
    buffer.noValue(row.index, lexicon)
    buffer.ascii(#"","qlrlb":["#)
    for (place, holder) in house.holders.enumerated() {
      buffer.ascii(place == 0 ? #"{"sxh":"# : #",{"sxh":"#)
      buffer.number(place + 1)
      buffer.ascii(#","qlrmc":""#)
      population.writeHolder(holder, to: &buffer)
      switch holder {
      case .person: buffer.ascii(#"","zjzl":"1","zjh":""#)
      case .company: buffer.ascii(#"","zjzl":"7","zjh":""#)
      }
      population.writeHolderNumber(holder, to: &buffer)
      buffer.ascii(#"","qlbl":""#)
      buffer.share(of: house, lexicon)
      buffer.ascii(#""}"#)
    }
    buffer.ascii(#"],"updateTime":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }
}

extension Population {
  func writeHolder(_ holder: Holder, to buffer: inout PageBuffer) {
    switch holder {
    case .person(let index): person(index).writeName(to: &buffer)
    case .company(let index): company(index).writeName(to: &buffer)
    }
  }

  func writeHolderNumber(_ holder: Holder, to buffer: inout PageBuffer) {
    switch holder {
    case .person(let index): person(index).writeNumber(to: &buffer)
    case .company(let index): company(index).writeCode(to: &buffer)
    }
  }
}

extension PageBuffer {
  /// A date in one of the four forms platforms use, chosen by `form`.
  mutating func untidyDate(_ date: CivilDate, form: Int, _ lexicon: Lexicon) {
    switch form & 3 {
    case 0: self.date(date)
    case 1: self.date(date, separator: nil)
    case 2: chineseDate(date, padded: false, lexicon)
    default: chineseDate(date, padded: true, lexicon)
    }
  }

  /// `2019年3月4日` or `2019年03月04日`
  mutating func chineseDate(_ date: CivilDate, padded isPadded: Bool, _ lexicon: Lexicon) {
    padded(date.year, width: 4)
    phrase(.year, lexicon)
    if isPadded { padded(date.month, width: 2) } else { number(date.month) }
    phrase(.month, lexicon)
    if isPadded { padded(date.day, width: 2) } else { number(date.day) }
    phrase(.day, lexicon)
  }

  /// One of the three ways to say that there is nothing.
  mutating func noValue(_ form: Int, _ lexicon: Lexicon) {
    switch form % 3 {
    case 0: break
    case 1: byte(UInt8(ascii: "/"))
    default: phrase(.none, lexicon)
    }
  }

  /// `50%` of a house held in equal shares; a stroke when it is not held in shares.
  mutating func share(of house: SyntheticHouse, _ lexicon: Lexicon) {
    guard house.ownership == .shares else {
      byte(UInt8(ascii: "/"))
      return
    }
    hundredths(10_000 / house.holders.count)
    byte(UInt8(ascii: "%"))
  }
}
