import Certificates
import CivilTime
import Registry

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
    if !naming(certificate).isEmpty { return .replaced }
    let later = later(certificate)
    guard !later.isEmpty else { return nil }
    let isShared = ([certificate] + later).contains { Self.isShared($0.record) }
    // One that was cancelled itself may have been a mistake.
    return isShared || later.allSatisfy(isCancelled) ? .doubtful : .replaced
  }

  /// Whether there is a later one, whoever has it, that was not cancelled itself.
  func hasSuccessor(_ certificate: KnownCertificate) -> Bool {
    guard certificate.record.kind == .propertyDeed else { return false }
    var (known, next): (Set<CertificateID>, [KnownCertificate]) = ([certificate.id], [certificate])
    while let one = next.popLast() {
      for other in naming(one) + later(one) where known.insert(other.id).inserted {
        if !isCancelled(other) { return true }
        next.append(other)
      }
    }
    return false
  }

  /// Those that name it as the one before them.
  private func naming(_ certificate: KnownCertificate) -> [KnownCertificate] {
    guard let number = certificate.record.number.map({ LookupDomain.number.normal($0) }) else { return [] }
    return deeds.filter { other in
      other.id != certificate.id
        && other.record.specific.text(.previousDeedNumber).map { LookupDomain.number.normal($0) } == number
    }
  }

  /// Those of the same unit from behind its day.
  private func later(_ certificate: KnownCertificate) -> [KnownCertificate] {
    guard let unit = certificate.record.unitNumber.map({ LookupDomain.unitNumber.normal($0) }),
      let day = Self.day(certificate.record)
    else { return [] }
    return deeds.filter { other in
      other.record.unitNumber.map { LookupDomain.unitNumber.normal($0) } == unit
        && (Self.day(other.record).map { $0 > day } ?? false)
    }
  }

  private func isCancelled(_ certificate: KnownCertificate) -> Bool {
    [.cancelled, .revoked].contains(certificate.record.standing(on: day).state)
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
