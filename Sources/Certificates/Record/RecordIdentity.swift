/// What makes two observations the same certificate: equal for all spellings, different for different certificates.
///
/// | kind | rule |
/// |---|---|
/// | identity card | the citizen number (certificate number, else the first holder's code) |
/// | business licence | the social credit code (holder's code of type 001, else certificate number, else holder's code) |
/// | property deed, registration proof | the deed number, and the unit number where it is given: one deed may cover several units |
/// | project registration | the project code |
/// | construction planning, road, greening permit | the permit's number (else the decision's) with its issuer (code, else name, else area), and what of a road it is for where the gateway says it: one document may allow occupying and digging |
/// | approval case | the platform's number of it, with the project code |
/// | contractor licence, design licence | the licence number |
///
/// Where that is missing, the certificate identifier (证照标识) without version and check stands in. A record with
/// neither has no identity and cannot be kept.
///
/// The text holds personal data: store only a keyed digest of it.
public struct RecordIdentity: Hashable, Sendable {
  public let kind: CertificateKind
  /// The kind and what identifies within it; the input of a blind index.
  public let text: String
}

extension CertificateRecord {
  /// See ``RecordIdentity`` for the rule of each kind; `nil` when the record does not hold what the rule needs.
  public var identity: RecordIdentity? {
    let own: String? =
      switch kind {
      case .identityCard: lookupText(.citizenNumber, number ?? holders.first?.text(.holderCode))
      case .businessLicence: lookupText(.socialCreditCode, businessCode)
      case .propertyDeed, .propertyRegistrationProof: propertyIdentity
      case .projectRegistration: lookupText(.projectCode, projectCode)
      case .constructionPlanningPermit, .roadPermit, .greeningPermit: permitIdentity
      case .approvalCase: approvalIdentity
      case .contractorLicence: lookupText(.installerLicence, number)
      case .designLicence: designIdentity
      }
    if let own { return RecordIdentity(kind: kind, text: "\(kind.rawValue):\(own)") }
    guard let identifier = lookupText(.certificateIdentifier, certificateIdentifier) else { return nil }
    let groups = identifier.split(separator: ".", omittingEmptySubsequences: false)
    let lasting = groups.count == 10 ? groups.dropLast(2).joined(separator: ".") : identifier
    return RecordIdentity(kind: kind, text: "\(kind.rawValue):id:\(lasting)")
  }

  private var businessCode: String? {
    let coded = holders.first { $0.text(.holderCodeType) == HolderCodeType.socialCreditCode.rawValue }
    return coded?.text(.holderCode) ?? number ?? holders.first?.text(.holderCode)
  }

  private var propertyIdentity: String? {
    guard let deed = lookupText(.deedNumber, number) else { return nil }
    guard let unit = lookupText(.realEstateUnit, unitNumber) else { return deed }
    return "\(deed)|\(unit)"
  }

  private var permitIdentity: String? {
    guard let number = number ?? specific.text(.decisionNumber), !number.isEmpty,
      let issuer = basic.text(.issuerCode) ?? basic.text(.issuerName) ?? basic.text(.areaCode),
      !issuer.isEmpty
    else { return nil }
    let document = "\(Identifier.tidied(number))|\(Identifier.tidied(issuer))"
    guard kind == .roadPermit, let item = specific.text(.itemCode), Self.roadItems.contains(item) else {
      return document
    }
    return "\(document)|\(item)"
  }

  private var approvalIdentity: String? {
    guard let number = number ?? specific.text(.caseNumber), !number.isEmpty,
      let code = lookupText(.projectCode, projectCode)
    else { return nil }
    return "\(Identifier.tidied(number))|\(code)"
  }

  private var designIdentity: String? {
    guard let number, !number.isEmpty else { return nil }
    return Identifier.tidied(number)
  }

  /// The gateway's own words for its permit items of the kind: platforms have others, of which nobody knows here how many one document is about.
  private static let roadItems: Set<String> = ["road-occupation", "road-digging"]

  private func lookupText(_ kind: IdentifierKind, _ text: String?) -> String? {
    guard let text else { return nil }
    let normal = Identifier.lookupText(kind, text)
    return normal.isEmpty ? nil : normal
  }
}
