public import Certificates
public import CivilTime
public import Registry

/// The number under which an authorisation is kept. Says nothing of anybody.
public struct AuthorisationID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }

  public var description: String { String(rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// 授权: what somebody agreed to, before it is kept.
public struct NewAuthorisation: Hashable, Sendable {
  public var means: AuthorisationMeans
  /// Who agreed: whose papers are looked up, or who stands for the organisation that applies.
  public var holder: PaperHolder
  public var given: Timestamp
  /// The first moment at which it does not hold any more; nil: until it is revoked.
  public var until: Timestamp?
  /// The kinds it is about; nil: all.
  public var kinds: Set<CertificateKind>?
  /// What papers may be looked up for, by the site's names; empty: whatever for.
  public var purposes: Set<String>
  /// The utility's own number of the one application it is about; nil: any.
  public var application: String?
  /// The consumer through which it came: a name of the site's.
  public var channel: String
  /// Who took it; sealed.
  public var `operator`: String
  /// What proves it elsewhere, such as the number of the recognition or of the signed paper; sealed.
  public var reference: String?

  public init(
    means: AuthorisationMeans, holder: PaperHolder, given: Timestamp, until: Timestamp? = nil,
    kinds: Set<CertificateKind>? = nil, purposes: Set<String>, application: String? = nil, channel: String,
    operator: String, reference: String? = nil
  ) {
    self.means = means
    self.holder = holder
    self.given = given
    self.until = until
    self.kinds = kinds
    self.purposes = purposes
    self.application = application
    self.channel = channel
    self.operator = `operator`
    self.reference = reference
  }
}

/// An authorisation as it is kept.
public struct Authorisation: Hashable, Sendable {
  public let id: AuthorisationID
  public let means: AuthorisationMeans
  public let given: Timestamp
  public let until: Timestamp?
  public let kinds: Set<CertificateKind>?
  public let purposes: Set<String>
  public let application: String?
  public let channel: String
  public let kept: Timestamp
  public let revoked: Timestamp?
  public let erased: Timestamp?
  /// nil once it was erased.
  public let holder: PaperHolder?
  public let `operator`: String?
  public let reference: String?

  /// Whether papers may be looked up by it at all.
  public func holds(at moment: Timestamp) -> Bool {
    given <= moment && (until.map { moment < $0 } ?? true) && (revoked.map { moment < $0 } ?? true)
      && erased == nil
  }

  /// Whether it is about this asking.
  ///
  /// - Parameters:
  ///   - purpose: what for; nil where nobody is asked anything.
  ///   - number: the utility's own number of the application; nil where it belongs to none.
  public func covers(purpose: String?, application number: String?) -> Bool {
    (purposes.isEmpty || purpose.map(purposes.contains) ?? false)
      && (application == nil || application == number)
  }
}
