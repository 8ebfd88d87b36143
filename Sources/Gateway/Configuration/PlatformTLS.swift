import Documents
import HTTPTransport

/// How a platform's certificate is verified and how we identify ourselves to it.
public struct PlatformTLS: Hashable, Sendable {
  public enum ClientCertificate: Hashable, Sendable {
    case pem(certificate: FileReference, key: FileReference, password: SecretReference?)
    case pkcs12(FileReference, password: SecretReference)
  }

  public enum Version: String, CaseIterable, Hashable, Sendable {
    case tls12 = "1.2"
    case tls13 = "1.3"
  }

  /// PEM; given, only these are trusted and no longer the system's.
  public var authorities: FileReference?
  public var minimumVersion = Version.tls12
  public var clientCertificate: ClientCertificate?
  public var verifiesHostName = true
  public var pinnedPublicKey: String?
  public var ciphers: String?

  public init() {}

  static func read(_ reader: ConfigurationReader?, _ place: FilePlace) -> PlatformTLS {
    var tls = PlatformTLS()
    guard let reader else { return tls }
    tls.authorities = place.reference("authorities", in: reader)
    tls.minimumVersion = reader.choice("minimumVersion", among: Version.self, default: .tls12)
    tls.verifiesHostName = reader.boolean("verifyHostName", default: true)
    tls.pinnedPublicKey = reader.parse(
      ifPresent: "pinnedPublicKey", "sha256// and the Base64 of the key's SHA-256 digest"
    ) { text in
      text.split(separator: ";", omittingEmptySubsequences: false)
        .allSatisfy { $0.hasPrefix("sha256//") && $0.utf8.count == 52 } ? text : nil
    }
    tls.ciphers = reader.text(ifPresent: "ciphers")
    if !tls.verifiesHostName {
      reader.warning("accepts a certificate of its authorities for any host", at: "verifyHostName")
    }
    if tls.ciphers != nil { reader.warning("changes the system's list and may weaken it", at: "ciphers") }
    if let own = reader.nested(ifPresent: "clientCertificate") {
      tls.clientCertificate = read(clientCertificate: own, place)
    }
    return tls
  }

  private static func read(
    clientCertificate reader: ConfigurationReader, _ place: FilePlace
  ) -> ClientCertificate? {
    let password = reader.value(ifPresent: "password").flatMap { SecretReference.read($0, place) }
    switch reader.exactlyOne(of: "certificate", "pkcs12") {
    case "certificate":
      guard let certificate = place.required("certificate", in: reader),
        let key = place.required("key", in: reader)
      else { return nil }
      return .pem(certificate: certificate, key: key, password: password)
    case "pkcs12":
      reader.refuse("key", "a PKCS#12 file holds the key too")
      guard let file = place.required("pkcs12", in: reader) else { return nil }
      guard let password else {
        reader.error("needs the key 'password' to open the PKCS#12 file")
        return nil
      }
      return .pkcs12(file, password: password)
    default: return nil
    }
  }

  /// What the transport takes; nil after a report.
  func resolve(_ secrets: SecretReader, _ diagnostics: Diagnostics) -> TLSOptions? {
    var options = TLSOptions(
      minimumVersion: minimumVersion == .tls13 ? .tls13 : .tls12, verifiesHostName: verifiesHostName,
      pinnedPublicKey: pinnedPublicKey, cipherList: ciphers)
    var isWhole = true
    if let authorities {
      if let bytes = secrets.bytes(authorities, diagnostics) {
        options.authorities = .pem(bytes)
      } else {
        isWhole = false
      }
    }
    switch clientCertificate {
    case nil: break
    case .pem(let certificate, let key, let password):
      let opening = password.map { secrets.value($0, diagnostics) }
      if let chain = secrets.bytes(certificate, diagnostics), let key = secrets.bytes(key, diagnostics),
        opening != .some(nil)
      {
        options.clientCertificate = .pem(certificate: chain, key: key, password: opening ?? nil)
      } else {
        isWhole = false
      }
    case .pkcs12(let file, let password):
      if let bytes = secrets.bytes(file, diagnostics), let opening = secrets.value(password, diagnostics) {
        options.clientCertificate = .pkcs12(bytes, password: opening)
      } else {
        isWhole = false
      }
    }
    return isWhole ? options : nil
  }
}

/// The proxy that calls to a platform go through.
public struct PlatformProxy: Hashable, Sendable {
  public enum Scheme: String, CaseIterable, Hashable, Sendable {
    case http, https, socks5
  }

  public let scheme: Scheme
  public let host: String
  public let port: Int
  public let username: String?
  public let password: SecretReference?

  static func read(_ reader: ConfigurationReader, _ place: FilePlace) -> PlatformProxy? {
    let scheme = reader.choice("scheme", among: Scheme.self, default: .http)
    let host = reader.text("host")
    let port = reader.integer("port", in: 1...65_535)
    let username = reader.text(ifPresent: "username")
    let password = reader.value(ifPresent: "password").flatMap { SecretReference.read($0, place) }
    if password != nil, username == nil { reader.error("has a password and no username", at: "password") }
    return PlatformProxy(scheme: scheme, host: host, port: port, username: username, password: password)
  }

  /// What the transport takes; nil after a report.
  func resolve(_ secrets: SecretReader, _ diagnostics: Diagnostics) -> ProxyOptions? {
    let opening = password.map { secrets.value($0, diagnostics) }
    if opening == .some(nil) { return nil }
    let scheme: ProxyOptions.Scheme =
      switch scheme {
      case .http: .http
      case .https: .https
      case .socks5: .socks5
      }
    return ProxyOptions(scheme: scheme, host: host, port: port, username: username, password: opening ?? nil)
  }
}
