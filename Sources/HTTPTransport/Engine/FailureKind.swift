internal import CCurl

/// What one of curl's result codes means to us.
struct FailureKind {
  let code: TransportError.Code
  let message: String
  let remedy: String

  private init(_ code: TransportError.Code, _ message: String, _ remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }

  init(_ curlCode: CURLcode, detail: String, transfer: Transfer) {
    let proxyReply = transfer.easy.number(CURLINFO_HTTP_CONNECTCODE)
    if transfer.request.proxy != nil && transfer.attempts == 0 && proxyReply >= 300 {
      self = Self.proxyRefused(proxyReply)
      return
    }
    switch curlCode {
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
      self = Self.broken(detail, transfer)
    case CURLE_COULDNT_CONNECT where transfer.request.proxy != nil:
      self = FailureKind(
        .proxy, "no connection to the proxy could be made", "Check the proxy's host and port.")
    case CURLE_OPERATION_TIMEDOUT:
      self = transfer.connectedAt == nil ? Self.timeout(.timeoutConnect) : Self.timeout(.timeoutTotal)
    case CURLE_OUT_OF_MEMORY where transfer.hasSentBytes && !transfer.head.isComplete:
      // How curl reports one header line of more than 100 KB.
      self = Self.headersTooLarge
    default:
      self = Self.plain[curlCode.rawValue] ?? Self.unknown
    }
  }

  /// What has timed out, in words.
  static func timeout(_ code: TransportError.Code) -> FailureKind {
    switch code {
    case .timeoutConnect:
      FailureKind(
        code, "no connection was ready in time",
        "Check that the platform can be reached from here (route, firewall, proxy).")
    case .timeoutIdle:
      FailureKind(
        code, "no byte was sent or received for too long",
        "Ask the platform; raise the idle timeout if it needs the time.")
    case .timeoutDeadline:
      FailureKind(code, "the deadline passed", "Send earlier or allow more time.")
    default:
      FailureKind(code, "the call took too long", "Ask for less at a time or raise the total timeout.")
    }
  }

  /// Sending or receiving failed on a connection that stood.
  private static func broken(_ detail: String, _ transfer: Transfer) -> FailureKind {
    if detail.contains("SSL routines") || detail.contains("OpenSSL") && detail.contains("alert") {
      return FailureKind(
        .tls, "the server ended the TLS connection with an alert",
        "Check the client certificate and what TLS versions and ciphers the server takes.")
    }
    if detail.contains("chunk") || detail.contains("Chunk") { return malformed }
    if transfer.request.proxy != nil && transfer.attempts == 0 {
      return FailureKind(.proxy, "the connection broke at the proxy", "Check the proxy.")
    }
    return FailureKind(
      .reset, "the connection broke",
      transfer.hasSentBytes
        ? "If the request changes something, find out whether it was carried out." : "Try again later.")
  }

  private static func proxyRefused(_ status: Int) -> FailureKind {
    FailureKind(
      .proxy, "the proxy refused the connection with status \(status)",
      status == 407 ? "Check the proxy's user name and password." : "Allow the destination at the proxy.")
  }

  private static let malformed = FailureKind(
    .malformedResponse, "what came back is not HTTP, or breaks its rules",
    "Check the port and what answers there: a proxy or a broken gateway may stand in between.")
  private static let headersTooLarge = FailureKind(
    .headersTooLarge, "the reply has a header line that is longer than is accepted",
    "Check what answers there.")
  private static let unknown = FailureKind(
    .internalFailure, "the transfer failed", "See the detail; report it if it comes back.")
  private static let tlsRefused = FailureKind(
    .tls, "the TLS handshake or the verification of the server's certificate failed",
    "Check the certificate's authority, dates and host name, and the TLS versions the server offers.")
  private static let tlsMaterial = FailureKind(
    .tlsConfiguration, "our certificate or key cannot be used",
    "Check that the certificate and key belong together, the format and the password (PKCS#12 files made with RC2 must be converted)."
  )
  private static let badAuthorities = FailureKind(
    .tlsConfiguration, "the file or text of the authorities cannot be used",
    "Check that it exists, can be read and holds PEM certificates.")

  private static let plain: [UInt32: FailureKind] = [
    CURLE_COULDNT_RESOLVE_HOST.rawValue: FailureKind(
      .resolve, "the host name could not be resolved", "Check the name and the DNS of this machine."),
    CURLE_COULDNT_RESOLVE_PROXY.rawValue: FailureKind(
      .proxy, "the proxy's name could not be resolved", "Check the proxy's name."),
    CURLE_PROXY.rawValue: FailureKind(.proxy, "the proxy refused the connection", "Check the proxy."),
    CURLE_COULDNT_CONNECT.rawValue: FailureKind(
      .connect, "no connection could be made", "Check that the platform is up, its port, and the firewall."),
    CURLE_GOT_NOTHING.rawValue: FailureKind(
      .closedWithoutReply, "the server closed the connection without a reply",
      "If the request changes something, find out whether it was carried out."),
    CURLE_PARTIAL_FILE.rawValue: FailureKind(
      .partialBody, "the body ended before its declared end",
      "Ask again; if it keeps happening, something between here and the platform cuts replies off."),
    CURLE_UNSUPPORTED_PROTOCOL.rawValue: malformed,
    CURLE_WEIRD_SERVER_REPLY.rawValue: malformed,
    CURLE_SSL_CONNECT_ERROR.rawValue: tlsRefused,
    CURLE_PEER_FAILED_VERIFICATION.rawValue: tlsRefused,
    CURLE_SSL_PINNEDPUBKEYNOTMATCH.rawValue: FailureKind(
      .tls, "the server's public key is not the pinned one",
      "Make sure the server is the platform's; then correct the pin."),
    CURLE_SSL_INVALIDCERTSTATUS.rawValue: tlsRefused,
    CURLE_SSL_ISSUER_ERROR.rawValue: tlsRefused,
    CURLE_SSL_CERTPROBLEM.rawValue: tlsMaterial,
    CURLE_SSL_CIPHER.rawValue: FailureKind(
      .tlsConfiguration, "the cipher list cannot be used", "Write a list OpenSSL knows."),
    CURLE_SSL_CACERT_BADFILE.rawValue: badAuthorities,
    CURLE_SSL_CRL_BADFILE.rawValue: badAuthorities,
  ]
}
