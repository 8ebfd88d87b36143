/// What showed who somebody is who decides: not who they say they are.
public struct Credential: Hashable, Sendable, CustomStringConvertible {
  /// `consumer NAME`, whose key was sent, or `account NAME` of the machine.
  public let holder: String
  /// The subject of the client certificate that the connection was made with, where it was made with one.
  public let certificate: String?

  public init(holder: String, certificate: String? = nil) {
    self.holder = holder
    self.certificate = certificate
  }

  /// Whether somebody else must have shown the other. Where both came with certificates, these tell; a certificate that is left away once makes nobody another.
  public func isAnother(than other: Credential) -> Bool {
    guard let certificate, let others = other.certificate else { return holder != other.holder }
    return certificate != others
  }

  public var description: String { holder + (certificate.map { ", certificate \($0)" } ?? "") }
}
