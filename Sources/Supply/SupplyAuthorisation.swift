import Registry
public import Authorisations
public import Certificates
public import CivilTime

/// 授权: by which a person lets the utility look up papers, as far as it is about one application.
public struct SupplyAuthorisation: Hashable, Sendable {
  public typealias Means = AuthorisationMeans

  /// Under which it is kept; nil where it is not.
  public let id: AuthorisationID?
  public let means: Means
  public let given: Timestamp
  /// The first moment at which it does not hold any more; nil: without end.
  public let until: Timestamp?
  public let revoked: Timestamp?
  /// The kinds it is about; nil: all.
  public let scope: Set<CertificateKind>?
  /// The code of whoever gave it, where it was established.
  public let person: String?
  /// It was given for this application and no other: who gave it face to face stands behind the application.
  public let isForThis: Bool

  public init(
    id: AuthorisationID? = nil, means: Means, given: Timestamp, until: Timestamp? = nil,
    revoked: Timestamp? = nil, scope: Set<CertificateKind>? = nil, person: String? = nil,
    isForThis: Bool = true
  ) {
    self.id = id
    self.means = means
    self.given = given
    self.until = until
    self.revoked = revoked
    self.scope = scope
    self.person = person
    self.isForThis = isForThis
  }

  /// One that is kept.
  init(_ kept: Authorisation, forApplication number: String) {
    self.init(
      id: kept.id, means: kept.means, given: kept.given, until: kept.until, revoked: kept.revoked,
      scope: kept.kinds, person: kept.holder?.code, isForThis: kept.application == number)
  }

  public func holds(at moment: Timestamp) -> Bool {
    given <= moment && (until.map { moment < $0 } ?? true) && (revoked.map { moment < $0 } ?? true)
  }

  /// Whether papers of a kind may be looked up by it.
  public func allows(_ kind: CertificateKind, at moment: Timestamp) -> Bool {
    holds(at: moment) && (scope?.contains(kind) ?? true)
  }
}

extension CertificateKind {
  /// Whether it is the paper of a person, which is looked up by authorisation only.
  func isPersonal(holderIsPerson: Bool) -> Bool {
    switch self {
    case .identityCard: true
    case .propertyDeed, .propertyRegistrationProof, .projectRegistration, .constructionPlanningPermit,
      .roadPermit, .greeningPermit, .approvalCase:
      holderIsPerson
    case .businessLicence, .contractorLicence, .designLicence: false
    }
  }
}
