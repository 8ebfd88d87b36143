import COpenSSL

/// What is asked of one connection's `SSL *`, which belongs to whoever serves the connection and is used on that
/// one's thread only.
public enum TLSSession {
  /// The subject of the peer's certificate by RFC 2253, if one was shown and verified.
  public static func peerSubject(_ session: OpaquePointer) -> String? {
    guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
    defer { unsafe X509_free(certificate) }
    guard unsafe SSL_get_verify_result(session) == X509_V_OK,
      let memory = unsafe BIO_new(BIO_s_mem())
    else { return nil }
    defer { unsafe BIO_free(memory) }
    // RFC 2253 with UTF-8 left readable instead of escaped, for Chinese organisation names.
    let escapes = ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT
    let dumps = ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER | XN_FLAG_DUMP_UNKNOWN_FIELDS
    let flags = UInt(escapes | dumps | XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN)
    guard unsafe X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, flags) >= 0 else {
      return nil
    }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    while true {
      let count = unsafe BIO_read(memory, &buffer, Int32(buffer.count))
      guard count > 0 else { break }
      text.append(contentsOf: buffer.prefix(Int(count)))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Tells the peer that nothing more follows.
  public static func close(_ session: OpaquePointer) {
    discardLibraryErrors()
    unsafe SSL_shutdown(session)
    discardLibraryErrors()
  }

  /// Ends a session that nobody took over.
  public static func free(_ session: OpaquePointer) {
    unsafe SSL_free(session)
  }

  /// OpenSSL's words for an error number; they name no data of the peer.
  public static func reason(_ number: UInt) -> String? {
    guard number != 0, let text = unsafe ERR_reason_error_string(number) else { return nil }
    return unsafe String(cString: text)
  }
}
