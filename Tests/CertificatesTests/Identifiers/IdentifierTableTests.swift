import Certificates
import CivilTime
import Testing

/// One text and what is expected of it. All numbers are made up; the check characters were computed by another
/// program.
struct IdentifierCase: Sendable, CustomTestStringConvertible {
  let kind: IdentifierKind
  let text: String
  let normal: String?
  var reasons: [String] = []
  var warnings: [String] = []
  var parts: [String: String] = [:]

  var testDescription: String { "\(kind.rawValue) \(text)" }
}

@Suite struct IdentifierTableTests {
  static let today = CivilDate(year: 2026, month: 6, day: 1)

  private func check(_ item: IdentifierCase) {
    let report = Identifier.inspect(item.kind, item.text, today: Self.today)
    #expect(report.input == item.text)
    #expect(report.normal == item.normal)
    #expect(report.isValid == (item.normal != nil))
    #expect(Set(report.reasons.map(\.code.rawValue)) == Set(item.reasons), "\(report.reasons)")
    #expect(Set(report.warnings.map(\.code.rawValue)) == Set(item.warnings), "\(report.warnings)")
    for (name, value) in item.parts {
      #expect(report.part(name) == value, "part \(name)")
    }
  }

  @Test(arguments: [
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TE8T16E", normal: "91320400MA1TE8T16E",
      parts: [
        "registrationDepartment": "9", "category": "1", "area": "320400", "organisationCode": "MA1TE8T16",
        "check": "E", "departmentTitle": "市场监管", "categoryTitle": "企业",
      ]),
    IdentifierCase(
      kind: .socialCreditCode, text: " 91320400ma1te8t16e ", normal: "91320400MA1TE8T16E",
      warnings: ["blanks", "lower-case"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "９１３２０４００ＭＡ１ＴＥ８Ｔ１６Ｅ", normal: "91320400MA1TE8T16E",
      warnings: ["full-width"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "11320400007000012F", normal: "11320400007000012F",
      warnings: ["inner-check"]),
    IdentifierCase(kind: .socialCreditCode, text: "11100000000013338W", normal: "11100000000013338W"),
    IdentifierCase(kind: .socialCreditCode, text: "11100000MB03271699", normal: "11100000MB03271699"),
    IdentifierCase(kind: .socialCreditCode, text: "91610800064834709T", normal: "91610800064834709T"),
    IdentifierCase(
      kind: .socialCreditCode, text: "B13204000070000112", normal: "B13204000070000112",
      warnings: ["unknown-code"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "A13204000070000113", normal: "A13204000070000113"),
    IdentifierCase(
      kind: .socialCreditCode, text: "N1320400007000011N", normal: "N1320400007000011N"),
    IdentifierCase(
      kind: .socialCreditCode, text: "Y1320400007000011E", normal: "Y1320400007000011E"),
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TE8T16F", normal: nil, reasons: ["wrong-check"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TE8T61E", normal: nil, reasons: ["wrong-check"],
      warnings: ["inner-check"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "9132040OMA1TE8T16E", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TESTI6E", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "913204A0MA1TE8T16E", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TE8T16", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .socialCreditCode, text: "91320400MA1TE8T16E1", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(kind: .socialCreditCode, text: "320400000012345", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(kind: .socialCreditCode, text: "91320400****8T16E", normal: nil, reasons: ["masked"]),
    IdentifierCase(kind: .socialCreditCode, text: "", normal: nil, reasons: ["empty"]),
    IdentifierCase(kind: .socialCreditCode, text: " \u{3000}\t", normal: nil, reasons: ["empty"]),
    IdentifierCase(kind: .socialCreditCode, text: "无", normal: nil, reasons: ["illegal-character"]),
  ])
  func socialCreditCode(_ item: IdentifierCase) { check(item) }

  @Test(arguments: [
    IdentifierCase(
      kind: .citizenNumber, text: "320400199003071232", normal: "320400199003071232",
      parts: ["area": "320400", "birthDate": "1990-03-07", "sequence": "123", "sex": "male", "check": "2"]),
    IdentifierCase(
      kind: .citizenNumber, text: "32040019900307007x", normal: "32040019900307007X",
      warnings: ["lower-case"],
      parts: ["check": "X", "sex": "male"]),
    IdentifierCase(
      kind: .citizenNumber, text: "32040019900307007Ⅹ", normal: "32040019900307007X", warnings: ["full-width"]
    ),
    IdentifierCase(
      kind: .citizenNumber, text: "３２０４００19900307007Ｘ", normal: "32040019900307007X", warnings: ["full-width"]
    ),
    IdentifierCase(
      kind: .citizenNumber, text: "320400 19900307 1232", normal: "320400199003071232", warnings: ["blanks"]),
    IdentifierCase(
      kind: .citizenNumber, text: "320400200002290017", normal: "320400200002290017",
      parts: ["birthDate": "2000-02-29", "sequence": "001"]),
    IdentifierCase(
      kind: .citizenNumber, text: "320400900307123", normal: "320400199003071232", warnings: ["legacy"],
      parts: ["legacy": "320400900307123", "birthDate": "1990-03-07", "sex": "male"]),
    IdentifierCase(
      kind: .citizenNumber, text: "320400100307998", normal: "320400100307998",
      warnings: ["legacy", "unlikely"]),
    IdentifierCase(
      kind: .citizenNumber, text: "320400901307123", normal: nil, reasons: ["impossible-date"],
      warnings: ["legacy"]),
    IdentifierCase(
      kind: .citizenNumber, text: "810000198506110045", normal: "810000198506110045",
      parts: ["residencePermit": "hong-kong", "sex": "female"]),
    IdentifierCase(
      kind: .citizenNumber, text: "820000198506110055", normal: "820000198506110055",
      parts: ["residencePermit": "macao"]),
    IdentifierCase(
      kind: .citizenNumber, text: "830000198506110065", normal: "830000198506110065",
      parts: ["residencePermit": "taiwan"]),
    IdentifierCase(
      kind: .citizenNumber, text: "932410198506110014", normal: "932410198506110014", warnings: ["unlikely"]),
    IdentifierCase(
      kind: .citizenNumber, text: "320400189912310019", normal: "320400189912310019",
      warnings: ["unlikely-date"]),
    IdentifierCase(kind: .citizenNumber, text: "320400199003071233", normal: nil, reasons: ["wrong-check"]),
    IdentifierCase(kind: .citizenNumber, text: "320400199003072132", normal: nil, reasons: ["wrong-check"]),
    IdentifierCase(
      kind: .citizenNumber, text: "32040019900230123X", normal: nil,
      reasons: ["impossible-date", "wrong-check"]),
    IdentifierCase(
      kind: .citizenNumber, text: "3204001990X3071232", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(
      kind: .citizenNumber, text: "32O400199003071232", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(kind: .citizenNumber, text: "32040019900307123", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(kind: .citizenNumber, text: "3204001990030712321", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(kind: .citizenNumber, text: "3204**********1232", normal: nil, reasons: ["masked"]),
  ])
  func citizenNumber(_ item: IdentifierCase) { check(item) }

  @Test func birthInTheFutureNeedsADate() throws {
    var digits = Array("32040020990101001".utf8)
    digits.append(try #require(CheckCharacter.citizenNumber(digits)))
    let text = String(decoding: digits, as: UTF8.self)
    #expect(Identifier.inspect(.citizenNumber, text).isValid)
    let report = Identifier.inspect(.citizenNumber, text, today: Self.today)
    #expect(report.reasons.map(\.code) == [.impossibleDate])
  }

  @Test(arguments: [
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029F00010002", normal: "320402001003GB00029F00010002",
      parts: [
        "area": "320402", "cadastralArea": "001", "cadastralSubarea": "003", "parcelCharacter": "GB",
        "parcelNumber": "00029", "fixtureCharacter": "F", "fixtureUnit": "00010002", "building": "0001",
        "household": "0002", "parcel": "320402001003GB00029",
      ]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402 001003 GB00029 F00010002", normal: "320402001003GB00029F00010002"),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402 001003GB00029 F00010002", normal: "320402001003GB00029F00010002",
      warnings: ["blanks"]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003gb00029f00010002", normal: "320402001003GB00029F00010002",
      warnings: ["lower-case"]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029W00000000", normal: "320402001003GB00029W00000000"),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029W00010002", normal: "320402001003GB00029W00010002",
      warnings: ["unlikely"]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003JC00029F00010001", normal: "320402001003JC00029F00010001"),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GC00029F00010001", normal: "320402001003GC00029F00010001",
      warnings: ["unlikely"]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003XB00029F00010002", normal: nil, reasons: ["illegal-character"]
    ),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GI00029F00010002", normal: nil, reasons: ["illegal-character"]
    ),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029A00010002", normal: nil, reasons: ["illegal-character"]
    ),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB0O029F00010002", normal: nil, reasons: ["illegal-character"]
    ),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029F0001000", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .realEstateUnit, text: "320402001003GB00029", normal: nil, reasons: ["wrong-length"],
      parts: ["area": "320402"]),
  ])
  func realEstateUnit(_ item: IdentifierCase) { check(item) }

  @Test(arguments: [
    IdentifierCase(
      kind: .projectCode, text: "2101-320411-89-01-123454", normal: "2101-320411-89-01-123454",
      parts: [
        "form": "new", "year": "2021", "month": "01", "area": "320411", "department": "89",
        "projectType": "01",
        "serial": "12345", "check": "4",
      ]),
    IdentifierCase(
      kind: .projectCode, text: "2012-411523-04-01-000014", normal: "2012-411523-04-01-000014",
      parts: ["form": "new", "year": "2020"]),
    IdentifierCase(
      kind: .projectCode, text: "2101-320411-89-01-123455", normal: "2101-320411-89-01-123455",
      warnings: ["inferred-check"]),
    IdentifierCase(
      kind: .projectCode, text: "2019-330108-65-03-000123", normal: "2019-330108-65-03-000123",
      parts: ["form": "old", "year": "2019", "industry": "65", "projectType": "03", "serial": "000123"]),
    IdentifierCase(
      kind: .projectCode, text: "21013204118901123454", normal: "2101-320411-89-01-123454",
      warnings: ["separators"]),
    IdentifierCase(
      kind: .projectCode, text: "2101－320411－89－01－123454", normal: "2101-320411-89-01-123454",
      warnings: ["full-width"]),
    IdentifierCase(
      kind: .projectCode, text: "2101–320411—89-01-123454", normal: "2101-320411-89-01-123454",
      warnings: ["separators"]),
    IdentifierCase(
      kind: .projectCode, text: "2113-320411-89-01-123454", normal: nil, reasons: ["impossible-date"]),
    IdentifierCase(
      kind: .projectCode, text: "2612-320411-89-01-123454", normal: nil, reasons: ["impossible-date"],
      warnings: ["inferred-check"]),
    IdentifierCase(
      kind: .projectCode, text: "1999-320411-89-01-123454", normal: nil, reasons: ["impossible-date"]),
    IdentifierCase(
      kind: .projectCode, text: "2101-32041-89-01-123454", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .projectCode, text: "2101-320411-89-01-12345A", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(kind: .projectCode, text: "2101-320411-89-123454", normal: nil, reasons: ["wrong-length"]),
  ])
  func projectCode(_ item: IdentifierCase) { check(item) }

  @Test(arguments: [
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
      normal: "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
      parts: [
        "root": "1.2.156.3005.2", "type": "11100000000013338W011", "issuer": "11430000006122244L",
        "serial": "20230000403", "version": "001", "check": "U", "typeTitle": "住房和城乡建设部证照",
      ]),
    IdentifierCase(
      kind: .certificateIdentifier, text: "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
      normal: "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", warnings: ["non-standard"],
      parts: ["typeTitle": "不动产登记证明"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.001.2",
      normal: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.001.2"),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3003.2.11100000000013338W050.91610800064834709T.2023000001.001.2",
      normal: "1.2.156.3003.2.11100000000013338W050.91610800064834709T.2023000001.001.2",
      warnings: ["non-standard"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "１.2.156.3005.2.11100000000013338w050．91610800064834709T。2023000001.001.2",
      normal: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.001.2",
      warnings: ["full-width", "lower-case", "separators"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.001.Y",
      normal: nil, reasons: ["wrong-check"], parts: ["serial": "2023000001", "check": "Y"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.840.3005.2.11100000000013338W050.91610800064834709T.2023000001.001.2",
      normal: nil, reasons: ["wrong-form"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.20230001.001.X",
      normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.01.X",
      normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .certificateIdentifier,
      text: "1.2.156.3005.2.11100000000013338W050.91610800064834709T.2023000001.001",
      normal: nil, reasons: ["wrong-form"]),
    IdentifierCase(
      kind: .certificateIdentifier, text: "11100000000013338W050.91610800064834709T.2023000001.001.2",
      normal: nil, reasons: ["wrong-form"]),
  ])
  func certificateIdentifier(_ item: IdentifierCase) { check(item) }

  @Test(arguments: [
    IdentifierCase(
      kind: .installerLicence, text: "4-1-00033-2006", normal: "4-1-00033-2006",
      parts: ["region": "4", "series": "1", "serial": "00033", "year": "2006"]),
    IdentifierCase(
      kind: .installerLicence, text: "4－1－00033－2006", normal: "4-1-00033-2006", warnings: ["full-width"]),
    IdentifierCase(
      kind: .installerLicence, text: "4-1-00033-1999", normal: "4-1-00033-1999", warnings: ["unlikely-date"]),
    IdentifierCase(
      kind: .installerLicence, text: "4-1-000331-2016", normal: "4-1-000331-2016", warnings: ["unlikely"]),
    IdentifierCase(kind: .installerLicence, text: "4-1-00033", normal: nil, reasons: ["wrong-form"]),
    IdentifierCase(
      kind: .installerLicence, text: "4-1-00O33-2006", normal: nil, reasons: ["illegal-character"]),
    IdentifierCase(kind: .installerLicence, text: "4-1-00033-206", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .installerLicence, text: "4-1-00033-2206", normal: nil, reasons: ["impossible-date"]),
    IdentifierCase(kind: .accountNumber, text: "3201234567890", normal: "3201234567890"),
    IdentifierCase(kind: .accountNumber, text: "0123456789", normal: "0123456789", warnings: ["legacy"]),
    IdentifierCase(kind: .accountNumber, text: "01234567891", normal: nil, reasons: ["wrong-length"]),
    IdentifierCase(
      kind: .areaCode, text: "320400", normal: "320400",
      parts: ["province": "32", "city": "04", "county": "00"]),
    IdentifierCase(kind: .areaCode, text: "990000", normal: "990000", warnings: ["unknown-code"]),
    IdentifierCase(kind: .areaCode, text: "32040", normal: nil, reasons: ["wrong-length"]),
  ])
  func smallNumbers(_ item: IdentifierCase) { check(item) }
}
