import Certificates
import CivilTime
import Exchanges
import Registry

/// The person whose papers the tests look at: nothing of theirs may show where it must not.
enum Person {
  static let name = "拟慕容雪"
  static let code = citizenNumber("33019919900307001")
  static let birthDate = "1990-03-07"
  static let deed = "浙(2021)拟州市不动产权第0012345号"
  static let unit = "330199001001GB00001F00010001"
  static let street = "拟州市拟江区拟一路88号3幢"
  static let phone = "15400001234"

  static let company = "拟某电气有限公司"
  static let companyCode = "91330199TX00000017"

  /// What must never stand in a log, a metric, an address or a masked answer.
  static let secrets = [name, code, birthDate, deed, unit, street, phone, "88号", "0012345"]

  /// GB 11643: the check character of seventeen digits.
  static func citizenNumber(_ digits: String) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    var sum = 0
    for (digit, weight) in zip(digits.utf8, weights) { sum += Int(digit - 0x30) * weight }
    return digits + String(Array("10X98765432")[sum % 11])
  }

  static func holder(name: String = name, code: String = code, type: String = "111") -> FieldValues {
    var holder = FieldValues()
    holder[.holderName] = .text(name)
    holder[.holderCode] = .text(code)
    if let field = FieldSchema.field(path: "holder.phone", kind: .propertyDeed) {
      holder[field] = .text(phone)
    }
    return holder
  }

  static var identityCard: CertificateRecord {
    var record = CertificateRecord(kind: .identityCard)
    record[.number] = .text(code)
    record[.validTo] = CivilDate(year: 2099, month: 12, day: 31).map(FieldValue.date)
    record.holders = [holder()]
    record[.birthDate] = CivilDate(iso: birthDate).map(FieldValue.date)
    if let field = FieldSchema.field(path: "specific.residence", kind: .identityCard) {
      record[field] = .text(street)
    }
    return record
  }

  static func propertyDeed(state: String = "1", area: String = "89.5") -> CertificateRecord {
    var record = CertificateRecord(kind: .propertyDeed)
    record[.number] = .text(deed)
    record.holders = [holder(), holder(name: "拟某甲", code: citizenNumber("33019919850101002"))]
    record[.unitNumber] = .text(unit)
    record[.location] = .text(street)
    record[.rightState] = .text(state)
    if let field = FieldSchema.field(path: "specific.buildingArea", kind: .propertyDeed) {
      record[field] = .decimal(area)
    }
    return record
  }

  static func licence(validTo: CivilDate? = nil) -> CertificateRecord {
    var record = CertificateRecord(kind: .businessLicence)
    record[.number] = .text(companyCode)
    record[.validTo] = validTo.map(FieldValue.date)
    var holder = FieldValues()
    holder[.holderName] = .text(company)
    holder[.holderCode] = .text(companyCode)
    holder[.holderCodeType] = .text("001")
    record.holders = [holder]
    return record
  }
}
