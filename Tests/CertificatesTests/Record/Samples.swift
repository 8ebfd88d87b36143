import Certificates
import CivilTime
import TestSupport

/// Synthetic records, and any record at random.
enum Samples {
  static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
    CivilDate(year: year, month: month, day: day) ?? CivilDate(daysSinceEpoch: 0)
  }

  static func field(_ path: String, _ kind: CertificateKind) -> Field {
    FieldSchema.field(path: path, kind: kind) ?? .number
  }

  static func holder(_ name: String, _ code: String, type: HolderCodeType) -> FieldValues {
    var holder = FieldValues()
    holder[.holderName] = .text(name)
    holder[.holderCode] = .text(code)
    holder[.holderCodeType] = .text(type.rawValue)
    return holder
  }

  static var deed: CertificateRecord {
    var record = CertificateRecord(kind: .propertyDeed)
    record[.number] = .text("苏(2019)常州市不动产权第0012345号")
    record[.unitNumber] = .text("320402001003GB00029F00010002")
    record[.location] = .text("常州市新北区通江路88号1幢甲单元501室")
    record[.rightState] = .text("1")
    record[field("specific.buildingArea", .propertyDeed)] = .decimal("89.5")
    record[field("specific.registeredDate", .propertyDeed)] = .date(day(2019, 3, 4))
    record[.sourceUpdatedAt] = .timestamp(Timestamp(milliseconds: 1_551_657_600_123))
    record.holders = [
      holder("张三", "320400199003071232", type: .citizenNumber),
      holder("李四", "32040019900307007X", type: .citizenNumber),
    ]
    return record
  }

  static var licence: CertificateRecord {
    var record = CertificateRecord(kind: .businessLicence)
    record[.number] = .text("91320400MA1TE8T16E")
    record[.state] = .text("01")
    record[.longTerm] = .flag(true)
    record[field("specific.registeredCapital", .businessLicence)] = .decimal("1000")
    record[field("specific.legalRepresentative", .businessLicence)] = .text("欧阳修文")
    record[field("specific.address", .businessLicence)] = .text("常州市武进区延政大道1号")
    record.holders = [holder("常州测试电气有限公司", "91320400MA1TE8T16E", type: .socialCreditCode)]
    return record
  }

  static var card: CertificateRecord {
    var record = CertificateRecord(kind: .identityCard)
    record[.number] = .text("320400199003071232")
    record[.validFrom] = .date(day(2015, 1, 1))
    record[.validTo] = .date(day(2035, 1, 1))
    record[.birthDate] = .date(day(1990, 3, 7))
    record[.sex] = .text("1")
    record.holders = [holder("张三", "320400199003071232", type: .citizenNumber)]
    return record
  }

  static func random(using random: inout SplitMix64) -> CertificateRecord {
    let kind = CertificateKind.allCases.randomElement(using: &random) ?? .propertyDeed
    var record = CertificateRecord(kind: kind)
    record.basic = values(.basic, kind, &random)
    record.specific = values(.specific, kind, &random)
    record.management = values(.management, kind, &random)
    record.holders = (0..<Int.random(in: 0...3, using: &random)).map { _ in values(.holder, kind, &random) }
    return record
  }

  private static func values(
    _ group: Field.Group, _ kind: CertificateKind, _ random: inout SplitMix64
  ) -> FieldValues {
    var values = FieldValues()
    for field in FieldSchema.fields(group, kind: kind).shuffled(using: &random)
    where Bool.random(using: &random) {
      values[field] = value(field.type, &random)
    }
    return values
  }

  private static func value(_ type: FieldType, _ random: inout SplitMix64) -> FieldValue {
    switch type {
    case .text, .identifier: return .text(text(&random))
    case .code(let list): return .text(list.entries.randomElement(using: &random)?.code ?? "")
    case .texts: return .texts((0..<Int.random(in: 0...3, using: &random)).map { _ in text(&random) })
    case .date: return .date(CivilDate(daysSinceEpoch: Int.random(in: -30000...60000, using: &random)))
    case .timestamp:
      return .timestamp(Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random)))
    case .decimal:
      return .decimal(DecimalText.canonical("\(Int.random(in: -99999...99999, using: &random)).50") ?? "0")
    case .flag: return .flag(Bool.random(using: &random))
    }
  }

  private static func text(_ random: inout SplitMix64) -> String {
    let alphabet: [Unicode.Scalar] = [
      "张", "常", "a", "\"", "\\", "\n", "\u{1}", "😀", "（", "1", " ", "\u{2028}", "/",
    ]
    var view = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      if let scalar = alphabet.randomElement(using: &random) { view.append(scalar) }
    }
    return String(view)
  }
}
