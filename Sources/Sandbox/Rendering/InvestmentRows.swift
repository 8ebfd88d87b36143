import CivilTime

/// The rows of the investment platform (投资项目在线审批监管平台 3.0): projects and their approvals, with the field names
/// Zhejiang uses.
enum InvestmentRows {
  static func projects(_ population: Population) -> DataSet {
    .json("projects", population.projects, rowBytes: 1_100) { buffer, row in
      writeProject(population.project(row.index, version: row.version), row, population, to: &buffer)
    }
  }

  static func approvals(_ population: Population) -> DataSet {
    .json("approvals", population.approvals, rowBytes: 620) { buffer, row in
      writeApproval(population.approval(row.index, version: row.version), row, population, to: &buffer)
    }
  }

  private static func writeProject(
    _ project: SyntheticProject, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = population.lexicon
    let sponsor = population.company(project.sponsor)
    let head = population.person(sponsor.representative)
    buffer.ascii(row.poison == .wrongType ? #"{"projectCode":["# : #"{"projectCode":"#)
    buffer.ascii("\"")
    project.writeCode(to: &buffer)
    // A project code's check digit only warns; one digit too many does not.
    if row.poison == .brokenCheck { buffer.ascii("7") }
    buffer.ascii(row.poison == .wrongType ? #""],"projectName":""# : #"","projectName":""#)
    project.writeName(to: &buffer)
    switch project.procedure {
    case 0: buffer.ascii(#"","projectType":"A00001","projectNature":""#)
    case 1: buffer.ascii(#"","projectType":"A00002","projectNature":""#)
    default: buffer.ascii(#"","projectType":"A00003","projectNature":""#)
    }
    buffer.number(project.nature)
    buffer.ascii(#"","applyDate":""#)
    buffer.date(project.coded)
    buffer.ascii(#"","divisionCode":""#)
    buffer.padded(project.region.inventedAreaNumber, width: 6)
    buffer.ascii(#"","enterpriseName":""#)
    sponsor.writeName(to: &buffer)
    buffer.ascii(#"","lerepCerttype":"A05300","lerepCertno":""#)
    sponsor.writeCode(to: &buffer)
    buffer.ascii(#"","contactName":""#)
    head.writeName(to: &buffer)
    buffer.ascii(#"","contactTel":""#)
    head.writePhone(to: &buffer)
    buffer.ascii(#"","principalName":""#)
    head.writeName(to: &buffer)
    buffer.ascii(#"","principalTel":""#)
    head.writePhone(to: &buffer)
    buffer.ascii(#"","industry":""#)
    buffer.word(lexicon.industryCodes, project.trade)
    buffer.ascii(#"","industryName":""#)
    buffer.word(lexicon.industries, project.trade)
    buffer.ascii(#"","landArea":""#)
    if project.landHundredths == 0 { buffer.ascii("/") } else { buffer.hundredths(project.landHundredths) }
    buffer.ascii(#"","builtArea":""#)
    buffer.hundredths(project.builtHundredths)
    buffer.ascii(#"","placeCode":""#)
    buffer.padded(project.region.inventedAreaNumber, width: 6)
    buffer.ascii(#"","placeCodeDetail":""#)
    buffer.word(lexicon.cities, project.region.rawValue)
    buffer.word(lexicon.districts, project.address.district)
    project.address.writeStreet(to: &buffer, lexicon)
    buffer.ascii(#"","scaleContent":""#)
    buffer.phrase(.content, lexicon)
    buffer.number(project.builtHundredths / 100)
    buffer.phrase(.squareMetres, lexicon)
    buffer.ascii(#"","startYear":""#)
    buffer.padded(project.coded.year, width: 4)
    buffer.ascii(#"","endYear":""#)
    buffer.padded(project.coded.year + 2, width: 4)
    buffer.ascii(#"","totalMoney":"#)
    buffer.hundredths(project.moneyHundredths)
    buffer.ascii(
      project.isValid ? #","validityFlag":"1","updateTime":""# : #","validityFlag":"0","updateTime":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }

  private static func writeApproval(
    _ approval: SyntheticApproval, _ row: Row, _ population: Population, to buffer: inout PageBuffer
  ) {
    let lexicon = population.lexicon
    let project = population.project(approval.project)
    buffer.ascii(#"{"approvalItemid":"SP"#)
    buffer.padded(approval.index, width: 10)
    buffer.ascii(row.poison == .wrongType ? #"","projectCode":[""# : #"","projectCode":""#)
    project.writeCode(to: &buffer)
    if row.poison == .brokenCheck { buffer.ascii("7") }
    buffer.ascii(row.poison == .wrongType ? #""],"projectName":""# : #"","projectName":""#)
    project.writeName(to: &buffer)
    buffer.ascii(#"","itemCode":""#)
    buffer.string(SyntheticApproval.itemCodes[approval.item])
    buffer.ascii(#"","itemName":""#)
    buffer.word(lexicon.approvalItems, approval.item)
    buffer.ascii(#"","currentState":""#)
    buffer.word(lexicon.approvalStates, approval.state)
    buffer.ascii(#"","approvalNumber":""#)
    if approval.state == 1 { buffer.approvalNumber(approval) }
    buffer.ascii(#"","approvalTitle":""#)
    if approval.state == 1 {
      project.writeName(to: &buffer)
      buffer.word(lexicon.approvalItems, approval.item)
    } else {
      buffer.ascii("/")
    }
    buffer.ascii(#"","dealTime":""#)
    buffer.dateTime(seconds: row.updated - 3_600)
    buffer.ascii(#"","deptCode":"11"#)
    buffer.padded(project.region.inventedAreaNumber, width: 6)
    buffer.ascii("00")
    buffer.number(approval.item % 3 + 1)
    buffer.ascii(#"","deptName":""#)
    buffer.word(lexicon.cities, project.region.rawValue)
    buffer.word(lexicon.approvalDepartments, approval.item)
    buffer.ascii(#"","divisionCode":""#)
    buffer.padded(project.region.inventedAreaNumber, width: 6)
    buffer.ascii(#"","filePath":""#)
    if approval.state == 1 {
      buffer.ascii("/files/")
      buffer.padded(approval.index, width: 10)
      buffer.ascii(".pdf")
    }
    buffer.ascii(#"","validityDate":""#)
    if approval.state == 1 {
      buffer.date(project.coded.adding(months: 12 * approval.validYears + 6))
    } else {
      buffer.noValue(row.index, lexicon)
    }
    buffer.ascii(#"","updateTime":""#)
    buffer.dateTime(seconds: row.updated)
    buffer.ascii(#""}"#)
  }
}

extension PageBuffer {
  /// `NZ-03-0012345`: by item and serial, so no two approvals share a number.
  mutating func approvalNumber(_ approval: SyntheticApproval) {
    ascii("NZ-")
    padded(approval.item + 1, width: 2)
    ascii("-")
    padded(approval.serial, width: 7)
  }
}
