/// How `https` servers are verified and how we identify ourselves. There is no switch that turns verification
/// off: a server with a certificate of its own making is trusted by naming that certificate as the authority.
public struct TLSOptions: Sendable, Hashable {
  public enum Authorities: Sendable, Hashable {
    /// The certificates the operating system trusts.
    case system
    /// Only those in a PEM file; the system's are not trusted any more.
    case file(String)
    /// Only these, in PEM; the system's are not trusted any more.
    case pem([UInt8])
  }

  public enum Version: Sendable, Hashable {
    case tls12
    case tls13
  }

  /// Our certificate and private key, from memory.
  public enum ClientCertificate: Sendable, Hashable {
    /// The certificate (followed by its chain, if any) and its key in PEM; the password opens an encrypted key.
    case pem(certificate: [UInt8], key: [UInt8], password: String? = nil)
    /// A PKCS#12 file with certificate, key and chain.
    case pkcs12([UInt8], password: String)
  }

  public var authorities: Authorities
  public var minimumVersion: Version
  public var clientCertificate: ClientCertificate?
  /// `false` still requires a certificate from the authorities but not the host name in it: for servers reached
  /// by an address their certificate does not name. Reported by ``isWeakened``.
  public var verifiesHostName: Bool
  /// The server's public key, `sha256//` and Base64, several separated by `;`. Checked beside everything else.
  public var pinnedPublicKey: String?
  /// An OpenSSL cipher list for servers that need an older one (`DEFAULT@SECLEVEL=1`); `nil` keeps the system's.
  public var cipherList: String?

  public init(
    authorities: Authorities = .system, minimumVersion: Version = .tls12,
    clientCertificate: ClientCertificate? = nil, verifiesHostName: Bool = true,
    pinnedPublicKey: String? = nil, cipherList: String? = nil
  ) {
    self.authorities = authorities
    self.minimumVersion = minimumVersion
    self.clientCertificate = clientCertificate
    self.verifiesHostName = verifiesHostName
    self.pinnedPublicKey = pinnedPublicKey
    self.cipherList = cipherList
  }

  /// Whether anything is set below the default strength, so that a program can say so when it starts.
  public var isWeakened: Bool { !verifiesHostName || cipherList != nil }

  func check() throws(TransportError) {
    if case .file(let path) = authorities, path.isEmpty || path.utf8.contains(0) {
      throw .invalidRequest("the path of the authorities is empty", remedy: "Name a PEM file.")
    }
    if let pin = pinnedPublicKey {
      let keys = pin.split(separator: ";", omittingEmptySubsequences: false)
      guard keys.allSatisfy({ $0.hasPrefix("sha256//") && $0.utf8.count == 52 }) else {
        throw .invalidRequest(
          "the pinned public key is not in the form sha256//Base64",
          remedy: "Write sha256// and the Base64 of the key's SHA-256 digest; separate several by ';'.")
      }
    }
    if let list = cipherList, list.isEmpty || !list.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw .invalidRequest("the cipher list is empty or not ASCII", remedy: "Write an OpenSSL cipher list.")
    }
  }
}
