public import Certificates
public import CivilTime
public import Policies
public import Registry

/// How one requirement of an application stands, and by which rule it is one.
public struct RequirementVerdict: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    /// No rule demands it of this application.
    case notRequired
    /// A certificate of the registry meets it.
    case certificate(Evidence)
    /// A file meets it.
    case material(SupplyMaterial, isEquivalent: Bool)
    /// The applicant was recognised (刷脸).
    case identified
    /// 容缺: it may be supplied later.
    case deferred(SupplyDeferral.End, because: Absence)
    /// Nobody can tell now: never a reason to ask the customer.
    case unchecked(Obstacle)
    /// It has to be brought.
    case missing(Absence)
    /// The policy depends on facts that are not known.
    case undecided([Fact])
    /// The policy says nothing of it.
    case silent
    /// It is demanded without a document, which is a mistake of the policy: nobody is asked.
    case baseless
  }

  /// The certificate by which it is met, and how it is known to be the applicant's.
  public struct Evidence: Hashable, Sendable {
    public let certificate: CertificateID
    public let kind: CertificateKind
    public let version: Int
    public let platform: String
    public let seen: Timestamp
    public let exchange: Int64
    public let origin: KnownCertificate.Origin
    public let basis: SupplyMatch.Basis
    public let isEquivalent: Bool
  }

  /// Why it is not there.
  public enum Absence: String, CaseIterable, Hashable, Sendable {
    /// It is the customer's to bring.
    case notHandedIn = "not-handed-in"
    /// The platforms have none.
    case notFound = "not-found"
    /// No platform of the site has such papers.
    case noPlatform = "no-platform"
    /// A person has not agreed to having it looked up.
    case notAuthorised = "not-authorised"
  }

  /// Why nobody can tell.
  public enum Obstacle: Hashable, Sendable {
    /// Platforms do not answer; and the record that was known, if there is one.
    case unreachable([String], stale: CertificateID?)
    /// What is known is too old to rely on.
    case stale(CertificateID, seen: Timestamp)
    /// There is one that may be it: somebody has to look.
    case doubtful(CertificateID, SupplyMatch.Doubt)
    /// Only a paper says it, which is not enough: somebody has to look.
    case paper(SupplyMaterial, PaperDoubt)
  }

  /// Why a paper by itself does not meet what it is for.
  public enum PaperDoubt: String, CaseIterable, Hashable, Sendable {
    /// The platforms know of no such certificate.
    case notFound = "not-found"
    /// What stands on it is not read, and so not up to which voltage its holder may design or build.
    case level
  }

  /// A certificate of the applicant that does not count, and why.
  public struct Refused: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
      case standing(Standing.State)
      /// A later one has taken its place.
      case superseded
      /// Its holder may not design or build for this voltage.
      case level
    }

    public let certificate: CertificateID
    public let kind: CertificateKind
    public let reason: Reason
  }

  /// The clause that an outcome rests on.
  public struct Source: Hashable, Sendable {
    public let policy: String
    public let rule: String
    public let clause: Clause
    public let title: String
    public let number: String?
    public let isAssumed: Bool
    public let isContinued: Bool

    init<Outcome>(_ ruling: Ruling<Outcome>) {
      policy = ruling.policy
      rule = ruling.rule.id
      clause = ruling.rule.clause
      title = ruling.document.title
      number = ruling.document.number
      isAssumed = ruling.document.isAssumed
      isContinued = ruling.isContinued
    }
  }

  public let requirement: SupplyRequirement
  public let demand: SupplyDemand?
  public var state: State
  /// By which it is demanded, or not; nil where no rule says.
  public let source: Source?
  /// By which what meets it counts, what is missing may wait, or nobody is asked.
  public var reason: Source?
  public let refused: [Refused]
  /// What the customer may bring for it.
  public let means: [Means]
  /// Where it may wait: until when, should it come to that.
  public var deferral: SupplyDeferral.End?

  /// One way of meeting it.
  public struct Means: Hashable, Sendable {
    public let kinds: [CertificateKind]
    public let materials: [String]
    public let isEquivalent: Bool
    public let clause: Clause
  }

  /// Whether nothing more is needed for it.
  public var isMet: Bool {
    switch state {
    case .notRequired, .certificate, .material, .identified, .baseless: true
    case .deferred, .unchecked, .missing, .undecided, .silent: false
    }
  }

  /// Whether the customer brought a paper for it with this application, or has to.
  public var isBorne: Bool {
    switch state {
    case .missing: true
    case .material(let material, _): material.earlier == nil
    case .notRequired, .certificate, .identified, .deferred, .unchecked, .undecided, .silent, .baseless:
      false
    }
  }
}
