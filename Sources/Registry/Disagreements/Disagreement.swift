public import Certificates
public import CivilTime

/// Two platforms that say different things of one field of one certificate. Both observations are kept; precedence decides which one is the record. What they
/// say is not in here: it shows where records are opened.
public struct Disagreement: Hashable, Sendable {
  public enum State: String, CaseIterable, Hashable, Sendable {
    case open
    /// The platform that is thought to be wrong has been told.
    case objected
    /// They agree again.
    case resolved
    /// Somebody has decided that nothing is to be done.
    case dismissed
  }

  public let id: DisagreementID
  public let certificate: CertificateID
  public let kind: CertificateKind
  /// A path of ``CertificateRecord/disagreements(with:)``.
  public let field: String
  /// In the order of their names, and the numbers of the observations in which they said it last.
  public let platforms: [String]
  public let observations: [Int64]
  /// The platform whose word is the record; it may be a third one.
  public let prevailing: String
  public let state: State
  public let opened: Timestamp
  /// When the two came to say what they say; nothing else moves it.
  public let saidSince: Timestamp
  /// When one of them said something else, or the state changed.
  public let updated: Timestamp
  /// When it was resolved or dismissed.
  public let ended: Timestamp?
  /// Who dismissed it, and why.
  public let endedBy: String?
  public let reason: String?
}

public struct DisagreementID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: Int64
  public init(rawValue: Int64) { self.rawValue = rawValue }
  public var description: String { String(rawValue) }
}

/// Which disagreements to list, the newest number first; what is nil does not restrict.
public struct DisagreementFilter: Hashable, Sendable {
  public var kind: CertificateKind?
  public var field: String?
  /// One of the two.
  public var platform: String?
  public var certificate: CertificateID?
  /// All, if empty.
  public var states: Set<Disagreement.State>
  public var after: DisagreementID?
  public var limit: Int

  public init(
    kind: CertificateKind? = nil, field: String? = nil, platform: String? = nil,
    certificate: CertificateID? = nil, states: Set<Disagreement.State> = [.open, .objected],
    after: DisagreementID? = nil, limit: Int = 100
  ) {
    self.kind = kind
    self.field = field
    self.platform = platform
    self.certificate = certificate
    self.states = states
    self.after = after
    self.limit = limit
  }
}
