public import Certificates
public import CivilTime

/// 授权: by which a person lets the utility look up papers.
public struct SupplyAuthorisation: Hashable, Sendable {
  public enum Means: String, CaseIterable, Hashable, Sendable {
    /// 刷脸.
    case face
    /// 扫码.
    case code = "qr"
    /// 柜台.
    case counter
    /// 书面.
    case paper

    public var title: String {
      switch self {
      case .face: "人脸识别"
      case .code: "扫码授权"
      case .counter: "柜台授权"
      case .paper: "书面授权"
      }
    }
  }

  public let means: Means
  public let given: Timestamp
  /// The first moment at which it does not hold any more; nil: without end.
  public let until: Timestamp?
  public let revoked: Timestamp?
  /// The kinds it is about; nil: all.
  public let scope: Set<CertificateKind>?
  /// The code of whoever gave it, where it was established.
  public let person: String?

  public init(
    means: Means, given: Timestamp, until: Timestamp? = nil, revoked: Timestamp? = nil,
    scope: Set<CertificateKind>? = nil, person: String? = nil
  ) {
    self.means = means
    self.given = given
    self.until = until
    self.revoked = revoked
    self.scope = scope
    self.person = person
  }

  public func holds(at moment: Timestamp) -> Bool {
    given <= moment && (until.map { moment < $0 } ?? true) && (revoked.map { moment < $0 } ?? true)
  }

  /// Whether papers of a kind may be looked up by it.
  public func allows(_ kind: CertificateKind, at moment: Timestamp) -> Bool {
    holds(at: moment) && (scope?.contains(kind) ?? true)
  }
}
