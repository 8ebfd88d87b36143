import Certificates
import CivilTime
import TestSupport
import Testing

@Suite struct MaskingTests {
  @Test(arguments: [
    ("张三", "张*"), ("张三丰", "张**"), ("欧阳修文", "欧阳**"), ("欧阳修", "欧阳*"), ("上官", "上*"), ("买买提·艾力", "买**"),
    ("John Smith", "J**"), ("王", "*"), ("", ""), ("阿里木江吐尔逊", "阿**"),
  ])
  func names(_ name: String, _ masked: String) {
    #expect(Masking.personName(name) == masked)
  }

  @Test(arguments: [
    ("320400199003071232", "3204**********1232"), ("320400900307123", "3204*******7123"),
    ("E12345678", "E1*****78"),
    ("123", "***"),
  ])
  func codes(_ code: String, _ masked: String) {
    #expect(Masking.code(code) == masked)
  }

  @Test func numbersPhonesAddresses() {
    #expect(Masking.phone("13812341234") == "138****1234")
    #expect(Masking.phone("85551") == "8***1")
    #expect(Masking.number("苏(2019)常州市不动产权第0012345号") == "苏(2019)常州市不动产权第*****45号")
    #expect(Masking.number("常房新字00050538") == "常房新字******38")
    #expect(Masking.address("常州市新北区通江路88号1幢甲单元501室") == "常州市新北区通江路***")
    #expect(Masking.address("新县苏河镇张湾村5组") == "新县苏河镇张***")
    #expect(Masking.address("") == "***")
  }

  @Test func personsAreHiddenAndOrganisationsShown() {
    let deed = Samples.deed.masked()
    #expect(deed.record.holders[0].text(.holderName) == "张*")
    #expect(deed.record.holders[0].text(.holderCode) == "3204**********1232")
    #expect(deed.record.unitNumber != Samples.deed.unitNumber)
    #expect(
      deed.hiddenPaths == [
        "basic.number", "holders[0].name", "holders[0].code", "holders[1].name", "holders[1].code",
        "specific.unitNumber",
        "specific.location",
      ])
    let licence = Samples.licence.masked()
    #expect(licence.record.holders == Samples.licence.holders)
    #expect(licence.record.number == Samples.licence.number)
    #expect(licence.hiddenPaths == ["specific.legalRepresentative"])
    let card = Samples.card.masked()
    #expect(card.record.specific.date(.birthDate) == nil)
    #expect(card.record.specific.text(.sex) == nil)
    #expect(card.hiddenPaths.contains("specific.birthDate"))
    #expect(card.record.number == "3204**********1232")
  }

  @Test func aOneManBusinessLivesAtHome() {
    var licence = Samples.licence
    licence[.number] = .text("92330100MA2X0000XA")
    licence.holders = [Samples.holder("某某小吃店", "92330100MA2X0000XA", type: .socialCreditCode)]
    #expect(licence.masked().hiddenPaths.contains("specific.address"))
  }

  @Test func aPurposeRevealsItsFields() {
    let deed = Samples.deed.masked(revealing: [.location, .holderName])
    #expect(deed.record.specific.text(.location) == Samples.deed.specific.text(.location))
    #expect(deed.record.holders[0].text(.holderName) == "张三")
    #expect(deed.record.holders[0].text(.holderCode) != "320400199003071232")
    #expect(Samples.deed.masked(revealing: Set(FieldSchema.all)).record == Samples.deed)
  }

  /// What a person builds is called after the person, and stands where the person lives.
  @Test func theProjectOfAPersonTellsWhoThatIs() {
    var project = CertificateRecord(kind: .projectRegistration)
    project[.projectName] = .text("张三养殖项目")
    project[Samples.field("specific.place", .projectRegistration)] = .text("新县拟一路2号")
    var permit = CertificateRecord(kind: .roadPermit)
    permit[.projectName] = .text("张三养殖项目")
    #expect(project.masked().hiddenPaths == [] && permit.masked().hiddenPaths == [], "nobody owns it")
    project.holders = [Samples.holder("某某公司", "91330106MA2CFRTX5K", type: .socialCreditCode)]
    permit.holders = project.holders
    #expect(project.masked().hiddenPaths == [] && permit.masked().hiddenPaths == [])
    project.holders = [Samples.holder("张三", "320400199003071232", type: .citizenNumber)]
    permit.holders = project.holders
    #expect(
      project.masked().hiddenPaths
        == ["holders[0].name", "holders[0].code", "specific.projectName", "specific.place"])
    #expect(
      project.masked().record.specific.text(Samples.field("specific.place", .projectRegistration))
        == "新县***")
    #expect(permit.masked().hiddenPaths.last == "specific.projectName")
    #expect(permit.masked(revealing: [.projectName]).record.specific.text(.projectName) == "张三养殖项目")
  }

  @Test func inDoubtItIsAPerson() {
    var deed = Samples.deed
    deed.holders[0][.holderCodeType] = nil
    deed.holders[0][.holderCode] = nil
    #expect(deed.masked().record.holders[0].text(.holderName) == "张*")
  }

  @Test func anyRecordCanBeMasked() {
    var random = SplitMix64(seed: 21)
    for _ in 0..<300 {
      let record = Samples.random(using: &random)
      let masked = record.masked()
      #expect(masked.record.holders.count == record.holders.count)
      #expect(masked.record.masked(revealing: Set(FieldSchema.all)).record == masked.record)
      for holder in masked.record.holders {
        if let phone = holder.text(.holderPhone), phone.count >= 4 { #expect(phone.contains("*")) }
      }
    }
  }
}

extension Field {
  static var holderPhone: Field { Samples.field("holder.phone", .propertyDeed) }
}
