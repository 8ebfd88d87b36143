import Crypto

/// What a server needs to speak TLS. At least TLS 1.2, always.
///
/// OpenSSL's TLS knows no SM2 certificates; 国密 TLS is terminated by a proxy in front.
public struct TLSServerConfiguration: Sendable {
  /// Whether clients are asked for a certificate.
  public enum ClientCertificates: Sendable {
    case none
    /// Asked for; one that is shown must be signed by one of these authorities (PEM).
    case optional(authorities: [UInt8])
    /// A client without a certificate signed by one of these authorities (PEM) gets no connection.
    case required(authorities: [UInt8])
  }

  /// PEM: the server's certificate first, then the intermediate ones.
  public var certificateChain: [UInt8]
  /// PEM, PKCS #8 or the older forms.
  public var privateKey: [UInt8]
  /// For an encrypted key.
  public var privateKeyPassword: String?
  public var clientCertificates: ClientCertificates

  public init(
    certificateChain: [UInt8], privateKey: [UInt8], privateKeyPassword: String? = nil,
    clientCertificates: ClientCertificates = .none
  ) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
    self.privateKeyPassword = privateKeyPassword
    self.clientCertificates = clientCertificates
  }

  /// Reads the PEM files; throws `.tls` naming the file that cannot be read.
  public init(
    certificateFile: String, privateKeyFile: String, privateKeyPassword: String? = nil,
    clientCertificates: ClientCertificates = .none
  ) throws(HTTPServiceError) {
    self.init(
      certificateChain: try TLSServerConfiguration.read(certificateFile),
      privateKey: try TLSServerConfiguration.read(privateKeyFile), privateKeyPassword: privateKeyPassword,
      clientCertificates: clientCertificates)
  }

  /// Throws `.tls` with what is not usable.
  func makeContext() throws(HTTPServiceError) -> TLSServerContext {
    let (authorities, isRequired): ([UInt8]?, Bool) =
      switch clientCertificates {
      case .none: (nil, false)
      case .optional(let authorities): (authorities, false)
      case .required(let authorities): (authorities, true)
      }
    do throws(CryptoError) {
      return try TLSServerContext(
        certificateChain: certificateChain, privateKey: privateKey, password: privateKeyPassword,
        clientAuthorities: authorities, requiresClientCertificate: isRequired)
    } catch {
      throw HTTPServiceError(.tls, "TLS cannot be spoken: \(error).")
    }
  }
}
