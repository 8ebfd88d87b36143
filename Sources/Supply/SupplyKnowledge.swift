public import Certificates
public import CivilTime
public import Registry

/// A file that was handed in, now or for other business.
public struct SupplyMaterial: Hashable, Sendable {
  /// By which policies speak of it.
  public let code: String
  /// The day it was handed in for other business; nil: with this application.
  public let earlier: CivilDate?
  /// The last day on which it holds; nil: without end.
  public let validTo: CivilDate?
  /// Of the file, in hexadecimal.
  public let sm3: String

  public init(code: String, earlier: CivilDate? = nil, validTo: CivilDate? = nil, sm3: String) {
    self.code = code
    self.earlier = earlier
    self.validTo = validTo
    self.sm3 = sm3
  }

  public func holds(on day: CivilDate) -> Bool { validTo.map { day <= $0 } ?? true }
}

/// A certificate of the registry that may be about the application.
public struct KnownCertificate: Hashable, Sendable {
  public enum Origin: String, CaseIterable, Hashable, Sendable {
    /// Pulled or asked for.
    case registry
    /// A partner department sent it by itself.
    case push
  }

  public let id: CertificateID
  public let record: CertificateRecord
  public let version: Int
  public let platform: String
  /// When a platform last confirmed it.
  public let seen: Timestamp
  /// Since when its platform says nothing that can be understood; nil: it does.
  public let staleSince: Timestamp?
  /// The number of the exchange in the journal that told it.
  public let exchange: Int64
  public let origin: Origin

  public init(
    id: CertificateID, record: CertificateRecord, version: Int, platform: String, seen: Timestamp,
    staleSince: Timestamp? = nil, exchange: Int64, origin: Origin = .registry
  ) {
    self.id = id
    self.record = record
    self.version = version
    self.platform = platform
    self.seen = seen
    self.staleSince = staleSince
    self.exchange = exchange
    self.origin = origin
  }
}

/// Who tells of a kind: what the absence of a certificate means.
public struct SupplyReach: Hashable, Sendable {
  public struct Source: Hashable, Sendable {
    public let platform: String
    /// When it last told everything it has; nil: never.
    public let told: Timestamp?
    /// The last attempt to learn from it failed.
    public let isFailing: Bool

    public init(platform: String, told: Timestamp?, isFailing: Bool = false) {
      self.platform = platform
      self.told = told
      self.isFailing = isFailing
    }
  }

  public let sources: [Source]

  public init(_ sources: [Source]) { self.sources = sources }

  /// No platform of the site tells of it: it can only be brought.
  public static let absent = SupplyReach([])

  /// The platforms from whose silence nothing follows: they fail, never told, or told before `oldest`.
  func silent(since oldest: Timestamp?) -> [String] {
    let silent = sources.filter { source in
      guard let told = source.told, !source.isFailing else { return true }
      return oldest.map { told < $0 } ?? false
    }
    return Set(silent.map(\.platform)).sorted()
  }
}

/// Everything that is known when an application is judged.
public struct SupplyKnowledge: Hashable, Sendable {
  public let certificates: [KnownCertificate]
  /// By kind; a kind that is not in it is absent.
  public let reach: [CertificateKind: SupplyReach]

  public init(certificates: [KnownCertificate] = [], reach: [CertificateKind: SupplyReach] = [:]) {
    self.certificates = certificates
    self.reach = reach
  }

  func reach(_ kind: CertificateKind) -> SupplyReach { reach[kind] ?? .absent }
}
