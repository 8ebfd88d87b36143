import Certificates
import CivilTime

/// Which deeds were replaced by later ones, by what the deeds themselves say.
struct Supersession {
  enum Finding: Hashable {
    case replaced
    /// A later deed of the same unit may stand beside it, as those of several owners do.
    case doubtful
  }

  private let deeds: [KnownCertificate]
  private let day: CivilDate

  init(_ certificates: [KnownCertificate], on day: CivilDate) {
    self.day = day
    deeds = certificates.filter { $0.record.kind == .propertyDeed }
  }

  /// nil: nothing says that it was replaced.
  func finding(_ certificate: KnownCertificate) -> Finding? {
    guard certificate.record.kind == .propertyDeed else { return nil }
    let others = deeds.filter { $0.id != certificate.id }
    if let number = certificate.record.number {
      let normal = LookupDomain.number.normal(number)
      let isNamed = others.contains { other in
        other.record.specific.text(.previousDeedNumber).map { LookupDomain.number.normal($0) } == normal
      }
      if isNamed { return .replaced }
    }
    guard let unit = certificate.record.unitNumber.map({ LookupDomain.unitNumber.normal($0) }),
      let day = Self.day(certificate.record)
    else { return nil }
    let later = others.filter { other in
      other.record.unitNumber.map { LookupDomain.unitNumber.normal($0) } == unit
        && (Self.day(other.record).map { $0 > day } ?? false)
    }
    guard !later.isEmpty else { return nil }
    let isShared = ([certificate] + later).contains { Self.isShared($0.record) }
    // One that was cancelled itself may have been a mistake.
    let isGone = later.allSatisfy { $0.record.standing(on: self.day).state == .cancelled }
    return isShared || isGone ? .doubtful : .replaced
  }

  private static func day(_ record: CertificateRecord) -> CivilDate? {
    record.specific.date(.registeredDate) ?? record.issuedDate
  }

  private static func isShared(_ record: CertificateRecord) -> Bool {
    if record.holders.count > 1 { return true }
    // 单独所有 is 0.
    return record.specific.text(.coOwnership).map { $0 != "0" } ?? false
  }
}

extension Field {
  fileprivate static let previousDeedNumber =
    FieldSchema.field(path: "specific.previousDeedNumber", kind: .propertyDeed)!
  fileprivate static let registeredDate =
    FieldSchema.field(path: "specific.registeredDate", kind: .propertyDeed)!
  fileprivate static let coOwnership =
    FieldSchema.field(path: "specific.coOwnership", kind: .propertyDeed)!
}
