import Certificates

/// Whether a certificate meets what an application needs, as far as whose and which it is.
struct CertificateMatch {
  private let holder: HolderMatch
  private let place: SupplyPlace
  private let address: AddressMatch

  /// - Parameter region: of the application.
  init(holder: HolderMatch, place: SupplyPlace, region: String) {
    self.holder = holder
    self.place = place
    address = AddressMatch(place, region: region)
  }

  func match(_ record: CertificateRecord) -> SupplyMatch {
    if isOfThisProject(record), record.holders.isEmpty { return .unsure(.hidden) }
    let found = holder.match(record)
    guard found != .different else { return .different }
    switch record.kind {
    case .propertyDeed, .propertyRegistrationProof: return property(record, found)
    case .projectRegistration, .constructionPlanningPermit, .roadPermit, .greeningPermit, .approvalCase:
      return project(record, found)
    case .identityCard, .businessLicence, .contractorLicence, .designLicence: return found
    }
  }

  private func property(_ record: CertificateRecord, _ found: SupplyMatch) -> SupplyMatch {
    let byNumber = number(record)
    if byNumber == .different { return .different }
    if byNumber == .same { return found == .unsure(.nameOnly) ? .same(.nameAndNumber) : found }
    guard let location = record.specific.text(.location) else { return doubted(found, .address) }
    switch address.compare(AddressMatch(location, area: record.area)) {
    case .same: return found == .unsure(.nameOnly) ? .same(.nameAndAddress) : found
    case .different: return .different
    case .unknown: return doubted(found, .address)
    }
  }

  /// A unit number tells; the number of a deed tells only where it is the same, for deeds are replaced.
  private func number(_ record: CertificateRecord) -> HolderMatch.Sameness {
    if let wanted = place.unitNumber, let unit = record.unitNumber {
      return LookupDomain.unitNumber.normal(wanted) == LookupDomain.unitNumber.normal(unit)
        ? .same : .different
    }
    guard let wanted = place.deedNumber, let number = record.number,
      LookupDomain.number.normal(wanted) == LookupDomain.number.normal(number)
    else { return .unknown }
    return .same
  }

  private func project(_ record: CertificateRecord, _ found: SupplyMatch) -> SupplyMatch {
    if let wanted = place.projectCode, let code = record.projectCode {
      return LookupDomain.projectCode.normal(wanted) == LookupDomain.projectCode.normal(code)
        ? found : .different
    }
    let site = record.specific.text(.place) ?? record.specific.text(.location)
    guard let site, address.compare(AddressMatch(site, area: record.area)) == .same else {
      return doubted(found, .project)
    }
    return found
  }

  /// Platforms of approvals tell of which project a permit is, and not of whom.
  private func isOfThisProject(_ record: CertificateRecord) -> Bool {
    switch record.kind {
    case .constructionPlanningPermit, .roadPermit, .greeningPermit, .approvalCase: break
    case .projectRegistration, .propertyDeed, .propertyRegistrationProof, .identityCard, .businessLicence,
      .contractorLicence, .designLicence:
      return false
    }
    guard let wanted = place.projectCode, let code = record.projectCode else { return false }
    return LookupDomain.projectCode.normal(wanted) == LookupDomain.projectCode.normal(code)
  }

  /// What was in doubt already stays so for its own reason.
  private func doubted(_ found: SupplyMatch, _ doubt: SupplyMatch.Doubt) -> SupplyMatch {
    if case .same = found { .unsure(doubt) } else { found }
  }
}

extension CertificateRecord {
  /// Where what it is about lies, as far as a number or the platform says it.
  fileprivate var area: String? { unitNumber.flatMap(AddressMatch.area(ofUnit:)) ?? basic.text(.areaCode) }
}

extension Field {
  fileprivate static let place = FieldSchema.field(path: "specific.place", kind: .projectRegistration)!
}
