import COpenSSL

/// OpenSSL's settings for all connections of a server that speaks HTTP/1. At least TLS 1.2, always.
///
/// OpenSSL's TLS knows no SM2 certificates; 国密 TLS is terminated by a proxy in front.
@safe
public final class TLSServerContext: Sendable {
  /// An SSL_CTX counts its references itself and may be used from any thread once it is set up; nothing
  /// here changes it after `init`.
  nonisolated(unsafe) private let context: OpaquePointer

  /// - Parameters:
  ///   - certificateChain: PEM, the server's certificate first, then the intermediate ones.
  ///   - privateKey: PEM, PKCS #8 or the older forms.
  ///   - password: for an encrypted key.
  ///   - clientAuthorities: PEM; given, clients are asked for a certificate, and one that is shown must be signed by
  ///     one of these.
  ///   - requiresClientCertificate: a client without one gets no connection.
  /// - Throws: `.invalidCertificate`, `.invalidKey`, `.library`.
  public init(
    certificateChain: [UInt8], privateKey: [UInt8], password: String? = nil,
    clientAuthorities: [UInt8]? = nil, requiresClientCertificate: Bool = false
  ) throws(CryptoError) {
    discardLibraryErrors()
    guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
      throw TLSServerContext.failure(.library, "OpenSSL gave no TLS context")
    }
    unsafe self.context = context
    unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
    unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
    // Renegotiation is a way to burn our time, and the session ids must belong to this server when
    // client certificates are checked.
    unsafe SSL_CTX_set_options(context, UInt64(1) << 30 | UInt64(1) << 17)
    let name = Array("zhengdian".utf8)
    unsafe SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
    try useChain(certificateChain)
    try useKey(privateKey, password: password)
    if let clientAuthorities { try verifyClients(clientAuthorities, always: requiresClientCertificate) }
    selectProtocol()
  }

  deinit {
    unsafe SSL_CTX_free(context)
  }

  /// The `SSL *` of a new connection, nil when memory is out. The caller owns it: it is handed on to whoever frees
  /// it, or ended with ``TLSSession/free(_:)``.
  public func makeSession() -> OpaquePointer? {
    unsafe SSL_new(context)
  }

  private func useChain(_ pem: [UInt8]) throws(CryptoError) {
    let certificates = try TLSServerContext.certificates(pem, of: "the certificate chain")
    guard unsafe SSL_CTX_use_certificate(context, certificates[0].pointer) == 1 else {
      throw TLSServerContext.failure(.invalidCertificate, "the server certificate is not usable")
    }
    for certificate in certificates.dropFirst() {
      // 1: the context takes a reference of its own.
      let pointer = unsafe UnsafeMutableRawPointer(certificate.pointer)
      guard unsafe SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, pointer) == 1 else {
        throw TLSServerContext.failure(.invalidCertificate, "an intermediate certificate is not usable")
      }
    }
  }

  private func useKey(_ pem: [UInt8], password: String?) throws(CryptoError) {
    guard let source = unsafe BIO_new_mem_buf(pem, Int32(pem.count)) else {
      throw TLSServerContext.failure(.library, "OpenSSL gave no memory")
    }
    defer { unsafe BIO_free(source) }
    // Without a callback OpenSSL would ask on the terminal for a missing password; an empty one fails.
    var secret = Array((password ?? "").utf8CString)
    guard let key = unsafe PEM_read_bio_PrivateKey(source, nil, nil, &secret) else {
      throw TLSServerContext.failure(
        .invalidKey, "the private key is not PEM, or its password is missing or wrong")
    }
    defer { unsafe EVP_PKEY_free(key) }
    guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1, unsafe SSL_CTX_check_private_key(context) == 1
    else {
      throw TLSServerContext.failure(.invalidKey, "the private key does not belong to the certificate")
    }
  }

  private func verifyClients(_ pem: [UInt8], always: Bool) throws(CryptoError) {
    let authorities = try TLSServerContext.certificates(pem, of: "the client authorities")
    guard let store = unsafe SSL_CTX_get_cert_store(context) else {
      throw TLSServerContext.failure(.library, "OpenSSL gave no certificate store")
    }
    for authority in authorities {
      guard unsafe X509_STORE_add_cert(store, authority.pointer) == 1,
        unsafe SSL_CTX_add_client_CA(context, authority.pointer) == 1
      else { throw TLSServerContext.failure(.invalidCertificate, "a client authority is not usable") }
    }
    let mode = SSL_VERIFY_PEER | (always ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
    unsafe SSL_CTX_set_verify(context, mode, nil)
  }

  /// Clients that negotiate a protocol get HTTP/1, and no connection if they insist on another.
  private func selectProtocol() {
    unsafe SSL_CTX_set_alpn_select_cb(
      context,
      { _, chosen, chosenLength, offered, offeredLength, _ in
        guard let chosen = unsafe chosen, let chosenLength = unsafe chosenLength, let offered = unsafe offered
        else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var index = 0
        while index < Int(offeredLength) {
          let length = Int(unsafe offered[index])
          guard index + 1 + length <= Int(offeredLength) else { break }
          let name = unsafe UnsafeBufferPointer(start: offered + index + 1, count: length)
          if unsafe name.elementsEqual("http/1.1".utf8) || name.elementsEqual("http/1.0".utf8) {
            unsafe chosen.pointee = offered + index + 1
            unsafe chosenLength.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
          }
          index += 1 + length
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
      }, nil)
  }

  /// At least one certificate, and no damaged one after it.
  private static func certificates(_ pem: [UInt8], of role: String) throws(CryptoError)
    -> [TLSCertificate]
  {
    let list = TLSCertificate.list(pem)
    // Reading ends where no further certificate begins; any other end is damage.
    let end = ERR_peek_last_error()
    let isRegularEnd = end == 0 || Int32(truncatingIfNeeded: end & 0x7FFFFF) == PEM_R_NO_START_LINE
    guard !list.isEmpty, isRegularEnd else {
      throw failure(.invalidCertificate, "\(role) cannot be read as PEM certificates")
    }
    discardLibraryErrors()
    return list
  }

  private static func failure(_ code: CryptoError.Code, _ what: String) -> CryptoError {
    let reason = TLSSession.reason(ERR_peek_last_error())
    discardLibraryErrors()
    return CryptoError(code: code, message: reason.map { "\(what) (\($0))" } ?? what)
  }
}
