import CivilTime

/// The rows of the national exchange's services: licences of electric-installation contractors and of design
/// units, and property registration proofs.
enum NationalRows {
  static func contractorLicences(_ population: Population) -> DataSet {
    .json("contractorLicences", population.contractorLicences, rowBytes: 480) { buffer, row in
      let licence = population.contractorLicence(row.index, version: row.version)
      begin(row, "xkzbh", licence.writeNumber, licence.company, population, to: &buffer)
      buffer.ascii(#"","xkzlb":""#)
      licence.writeClasses(to: &buffer, population.lexicon)
      end(
        row, .regulator, licence.company, licence.issued, licence.expires, licence.isCancelled, population,
        to: &buffer)
    }
  }

  static func designLicences(_ population: Population) -> DataSet {
    .json("designLicences", population.designLicences, rowBytes: 520) { buffer, row in
      let licence = population.designLicence(row.index, version: row.version)
      begin(row, "zsbh", licence.writeNumber, licence.company, population, to: &buffer)
      buffer.ascii(#"","zzlbdj":""#)
      licence.writeClasses(to: &buffer, population.lexicon)
      end(
        row, .constructionAuthority, licence.company, licence.issued, licence.expires, licence.isCancelled,
        population, to: &buffer)
    }
  }

  static func proofs(_ population: Population) -> DataSet {
    .json("proofs", population.proofs, rowBytes: 720) { buffer, row in
      writeProof(population.proof(row.index, version: row.version), row, population, to: &buffer)
    }
  }

  /// The number of a licence, and whose it is.
  private static func begin(
    _ row: Row, _ numberName: StaticString, _ writeNumber: (inout PageBuffer) -> Void, _ holder: Int,
    _ population: Population, to buffer: inout PageBuffer
  ) {
    let company = population.company(holder)
    buffer.ascii(#"{""#)
    buffer.ascii(numberName)
    buffer.ascii(#"":""#)
    writeNumber(&buffer)
    buffer.ascii(#"","qymc":""#)
    company.writeName(to: &buffer)
    buffer.ascii(row.poison == .wrongType ? #"","tyshxydm":[""# : #"","tyshxydm":""#)
    company.writeCode(to: &buffer)
    if row.poison == .brokenCheck { buffer.breakLast() }
    buffer.ascii(row.poison == .wrongType ? #""],"fddbr":""# : #"","fddbr":""#)
    population.person(company.representative).writeName(to: &buffer)
  }

  /// Who gave a licence, and how long it holds.
  private static func end(
    _ row: Row, _ issuer: Lexicon.Phrase, _ holder: Int, _ issued: CivilDate, _ expires: CivilDate,
    _ isCancelled: Bool, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = population.lexicon
    buffer.ascii(#"","zcdz":""#)
    population.company(holder).address.write(to: &buffer, lexicon)
    buffer.ascii(#"","fzjg":""#)
    buffer.phrase(issuer, lexicon)
    buffer.ascii(#"","fzrq":""#)
    buffer.untidyDate(issued, form: row.index, lexicon)
    buffer.ascii(#"","yxqz":""#)
    buffer.date(expires)
    buffer.ascii(isCancelled ? #"","zt":"04","gxsj":""# : #"","zt":"01","gxsj":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }

  private static func writeProof(
    _ proof: SyntheticProof, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = population.lexicon
    let house = proof.house
    buffer.ascii(#"{"ZZBS":""#)
    proof.writeIdentifier(to: &buffer)
    if row.poison == .brokenCheck { buffer.breakLast() }
    buffer.ascii(#"","bdcdjzmh":""#)
    proof.writeNumber(to: &buffer)
    buffer.ascii(row.poison == .wrongType ? #"","bdcdyh":[""# : #"","bdcdyh":""#)
    house.writeUnitNumber(to: &buffer)
    if row.poison == .brokenCheck { buffer.ascii("9") }
    buffer.ascii(row.poison == .wrongType ? #""],"zmqlhsx":""# : #"","zmqlhsx":""#)
    buffer.phrase(proof.isAdvanceNotice ? .advanceNotice : .mortgage, lexicon)
    let beneficiary = population.company(proof.beneficiary)
    buffer.ascii(#"","qlr":""#)
    beneficiary.writeName(to: &buffer)
    buffer.ascii(#"","qlrzjh":""#)
    beneficiary.writeCode(to: &buffer)
    buffer.ascii(#"","ywr":""#)
    for (place, holder) in house.holders.enumerated() {
      if place > 0 { buffer.phrase(.comma, lexicon) }
      population.writeHolder(holder, to: &buffer)
    }
    buffer.ascii(#"","zl":""#)
    house.address.writeLocal(to: &buffer, lexicon)
    buffer.ascii(#"","bdcqzh":""#)
    house.writeDeedNumber(to: &buffer, fullWidth: false)
    buffer.ascii(#"","bdbzqse":""#)
    if proof.isAdvanceNotice { buffer.ascii("/") } else { buffer.hundredths(proof.securedHundredths) }
    buffer.ascii(#"","djjg":""#)
    buffer.word(lexicon.cities, house.region.rawValue)
    buffer.phrase(.realEstateCentre, lexicon)
    buffer.ascii(#"","djsj":""#)
    buffer.date(proof.registered, separator: nil)
    buffer.ascii("102030")
    buffer.ascii(proof.isEnded ? #"","zt":"04","gxsj":""# : #"","zt":"01","gxsj":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }
}
