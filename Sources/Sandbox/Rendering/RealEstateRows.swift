import CivilTime
import Documents

/// The tables of the real-estate message, one after the other as registries write them: houses, right holders, rights
/// and acceptances, joined by the unit number. Columns are attributes; an empty value is a stroke.
enum RealEstateRows {
  static func houses(_ population: Population) -> DataSet {
    DataSet(name: "houses", timeline: population.houses, charset: .gb18030, rowBytes: 1_300) { buffer, rows in
      // The houses are computed once and kept for the four tables of the page.
      let houses = rows.map { population.house($0.index, version: $0.version) }
      for (row, house) in zip(rows, houses) { writeHouse(house, row, to: &buffer) }
      for (row, house) in zip(rows, houses) {
        for place in house.holders.indices { writeHolder(house, place, row, population, to: &buffer) }
      }
      for (row, house) in zip(rows, houses) { writeRight(house, row, to: &buffer) }
      for (row, house) in zip(rows, houses) { writeAcceptance(house, row, to: &buffer) }
    }
  }

  private static func writeUnit(_ house: SyntheticHouse, _ row: Row, to buffer: inout PageBuffer) {
    house.writeUnitNumber(to: &buffer)
    if row.poison == .brokenCheck { buffer.ascii("9") }
  }

  private static func writeHouse(_ house: SyntheticHouse, _ row: Row, to buffer: inout PageBuffer) {
    let lexicon = house.lexicon
    buffer.ascii(#"<KTT_FW_H BDCDYH=""#)
    writeUnit(house, row, to: &buffer)
    buffer.ascii(#"" ZL=""#)
    house.address.writeLocal(to: &buffer, lexicon)
    buffer.ascii(#"" SJCS=""#)
    buffer.number(house.floors)
    buffer.ascii(#"" HH=""#)
    house.address.writeRoom(to: &buffer)
    buffer.ascii(house.isDwelling ? #"" FWYT1="10" SCJZMJ=""# : #"" FWYT1="30" SCJZMJ=""#)
    if row.poison == .wrongType { buffer.ascii("x") }
    buffer.hundredths(house.areaHundredths)
    buffer.ascii(#"" FTTDMJ=""#)
    if house.isDwelling { buffer.hundredths(house.sharedHundredths) } else { buffer.ascii("/") }
    buffer.ascii(house.isDwelling ? #"" FWLX="1" FWXZ="0" QXDM=""# : #"" FWLX="2" FWXZ="/" QXDM=""#)
    buffer.padded(house.region.inventedAreaNumber, width: 6)
    buffer.ascii(#"" GXSJ=""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii("\"/>\n")
  }

  private static func writeHolder(
    _ house: SyntheticHouse, _ place: Int, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let holder = house.holders[place]
    buffer.ascii(#"<ZTT_GY_QLR BDCDYH=""#)
    writeUnit(house, row, to: &buffer)
    buffer.ascii(#"" SXH=""#)
    buffer.number(place + 1)
    buffer.ascii(#"" QLRMC=""#)
    population.writeHolder(holder, to: &buffer)
    buffer.ascii(#"" BDCQZH=""#)
    house.writeDeedNumber(to: &buffer, fullWidth: false)
    switch holder {
    case .person(let index):
      let person = population.person(index)
      buffer.ascii(#"" ZJZL="1" ZJH=""#)
      person.writeNumber(to: &buffer)
      buffer.ascii(#"" GJ="156" DH=""#)
      person.writePhone(to: &buffer)
      buffer.ascii(#"" DZ=""#)
      person.address.write(to: &buffer, house.lexicon)
      buffer.ascii(#"" QLRLX="1" QLBL=""#)
    case .company(let index):
      buffer.ascii(#"" ZJZL="7" ZJH=""#)
      population.company(index).writeCode(to: &buffer)
      buffer.ascii(#"" GJ="156" DH="/" DZ="/" QLRLX="2" QLBL=""#)
    }
    buffer.share(of: house, house.lexicon)
    buffer.ascii(#"" GYFS=""#)
    buffer.number(house.ownership.rawValue)
    buffer.ascii("\"/>\n")
  }

  private static func writeRight(_ house: SyntheticHouse, _ row: Row, to buffer: inout PageBuffer) {
    let lexicon = house.lexicon
    buffer.ascii(#"<QLT_FW_FDCQ_YZ BDCDYH=""#)
    writeUnit(house, row, to: &buffer)
    buffer.ascii(#"" YWH=""#)
    buffer.businessNumber(house)
    buffer.ascii(#"" QLLX="4" DJLX=""#)
    buffer.registrationKind(house)
    buffer.ascii(#"" DJYY="/" JZMJ=""#)
    if row.poison == .wrongType { buffer.ascii("x") }
    buffer.hundredths(house.areaHundredths)
    buffer.ascii(#"" BDCQZH=""#)
    house.writeDeedNumber(to: &buffer, fullWidth: false)
    buffer.ascii(#"" DJJG=""#)
    buffer.word(lexicon.cities, house.region.rawValue)
    buffer.phrase(.realEstateCentre, lexicon)
    buffer.ascii(#"" DBR=""#)
    buffer.phrase(.registrar, lexicon)
    buffer.ascii(#"" DJSJ=""#)
    if row.index & 1 == 0 {
      buffer.date(house.registered)
      buffer.ascii(" 10:20:30")
    } else {
      buffer.date(house.registered, separator: nil)
      buffer.ascii("102030")
    }
    buffer.ascii(house.isEnded ? #"" QSZT="2" GHYT=""# : #"" QSZT="1" GHYT=""#)
    buffer.ascii(house.isDwelling ? "10\"/>\n" : "30\"/>\n")
  }

  private static func writeAcceptance(_ house: SyntheticHouse, _ row: Row, to buffer: inout PageBuffer) {
    buffer.ascii(#"<DJT_DJ_SL BDCDYH=""#)
    writeUnit(house, row, to: &buffer)
    buffer.ascii(#"" YWH=""#)
    buffer.businessNumber(house)
    buffer.ascii(#"" SLRY=""#)
    buffer.phrase(.clerk, house.lexicon)
    buffer.ascii(#"" SLSJ=""#)
    buffer.date(house.registered.adding(days: -3))
    buffer.ascii(" 09:00:00\" AJZT=\"4\"/>\n")
  }
}

extension PageBuffer {
  /// The registry's number of the registration: `201903000012345V1`.
  fileprivate mutating func businessNumber(_ house: SyntheticHouse) {
    padded(house.registered.year * 100 + house.registered.month, width: 6)
    padded(house.serial, width: 9)
    ascii("V")
    number(house.version)
  }

  /// DJLX: 800 查封, 400 注销, 300 变更, 200 转移, 100 首次.
  fileprivate mutating func registrationKind(_ house: SyntheticHouse) {
    if house.isSeized {
      ascii("800")
    } else if house.isEnded {
      ascii("400")
    } else if house.version == 2 {
      ascii("300")
    } else {
      ascii(house.index % 3 == 0 ? "100" : "200")
    }
  }
}
