import Certificates
import CivilTime
import Registry

/// What the certificates about one project code amount to. Pure: the same certificates give the same, in whatever order
/// they came.
struct ReserveSketch: Hashable, Sendable {
  /// Where a project code stands that means the certificate's own project.
  static let kinds: Set<CertificateKind> = [
    .projectRegistration, .constructionPlanningPermit, .roadPermit, .greeningPermit, .approvalCase,
  ]

  let code: String
  let parentCode: String?
  let region: String
  /// As the registration says it; where it does not, whoever reads the certificates may know it from elsewhere.
  var capacity: String?
  let isWithdrawn: Bool
  let content: ReserveContent

  var permits: Int { content.approvals.count { $0.holds } }
  var underWay: Int { content.approvals.count { $0.progress?.isOpen == true } }

  /// The code of a record's project in its normal form; nil where it is none, so that nobody's number is taken for one.
  static func code(of record: CertificateRecord) -> String? {
    guard kinds.contains(record.kind) else { return nil }
    return record.projectCode.flatMap(normal)
  }

  static func normal(_ text: String) -> String? {
    let report = Identifier.inspect(.projectCode, text)
    return report.isValid ? report.normal : nil
  }

  /// - Returns: nil where the registration is not among them: of a project that only its permits name nobody knows whose it is.
  init?(_ code: String, _ certificates: [Certificate]) {
    let own = certificates.filter { Self.code(of: $0.record) == code }
    let registrations = own.filter { $0.record.kind == .projectRegistration }
    guard
      let registration = registrations.max(by: { ($0.changed, $0.id.rawValue) < ($1.changed, $1.id.rawValue) }
      )
    else { return nil }
    let record = registration.record
    self.code = code
    parentCode = record.specific.text(.parentProjectCode).flatMap(Self.normal).flatMap {
      $0 == code ? nil : $0
    }
    region = Self.region(record, code)
    capacity = record.specific.text(.plannedCapacity)
    isWithdrawn = Self.hasEnded(record, registration.changed)
    let permits = own.filter { ![.projectRegistration, .approvalCase].contains($0.record.kind) }
    // What became of a case is told by its permit.
    let granted = Set(permits.compactMap { $0.record.specific.text(.caseNumber) })
    let cases = own.filter { one in
      one.record.kind == .approvalCase
        && one.record.specific.text(.caseNumber).map { !granted.contains($0) } ?? true
    }
    let approvals = (permits + cases).map { ReserveContent.Approval($0) }
      .sorted { $0.certificate.rawValue < $1.certificate.rawValue }
    content = ReserveContent(
      record, certificate: registration.id, approvals: approvals)
  }

  /// By the place of the registration, else by the code itself, whose second group is an area.
  private static func region(_ record: CertificateRecord, _ code: String) -> String {
    let given = record.basic.text(.areaCode).flatMap { text -> String? in
      let report = Identifier.inspect(.areaCode, text)
      return report.isValid && text.utf8.count == 6 ? text : nil
    }
    return given ?? String(code.split(separator: "-")[1])
  }

  /// Of the day nothing depends: that a date passes is no change that anybody told.
  static func hasEnded(_ record: CertificateRecord, _ moment: Timestamp) -> Bool {
    if record.state == .lapsed { return true }
    return switch record.standing(on: moment.civil(offsetSeconds: UTCOffset.china).date).state {
    case .cancelled, .revoked: true
    case .valid, .expired, .notYetValid, .seized, .unknown: false
    }
  }
}

extension ReserveContent {
  fileprivate init(
    _ record: CertificateRecord, certificate: CertificateID, approvals: [Approval]
  ) {
    // Others than developers may stand there too: whoever designs.
    let developers = record.holders.filter { $0.text(.holderRole) == "developer" }
    let holders = developers + record.holders.filter { $0.text(.holderRole) == nil }
    self.init(
      name: record.specific.text(.projectName), place: record.specific.text(.place),
      scale: record.specific.text(.scale), industry: record.specific.text(.industryName),
      startYear: record.specific.text(.startYear), endYear: record.specific.text(.endYear),
      owners: (holders.isEmpty ? record.holders : holders).compactMap { Owner($0) },
      representative: record.specific.text(.legalRepresentative), certificate: certificate,
      approvals: approvals)
  }
}

extension ReserveContent.Owner {
  fileprivate init?(_ holder: FieldValues) {
    guard let name = holder.text(.holderName) else { return nil }
    self.init(
      name: name, code: holder.text(.holderCode), isPerson: !CertificateRecord.isOrganisation(holder))
  }
}

extension ReserveContent.Approval {
  fileprivate init(_ certificate: Certificate) {
    let record = certificate.record
    self.init(
      certificate: certificate.id, kind: record.kind,
      item: record.specific.text(.permitItem),
      decided: record.specific.date(.decisionDate) ?? record.issuedDate,
      holds: record.kind != .approvalCase && !ReserveSketch.hasEnded(record, certificate.changed)
        && record.state != .suspended,
      state: record.specific.text(.caseState),
      progress: record.specific.text(.caseProgress).flatMap { ApprovalProgress(rawValue: $0) })
  }
}
