import COpenSSL

/// One X.509 certificate, freed with its last reference.
@safe
final class TLSCertificate {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  @unsafe
  private init(_ pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe X509_free(pointer)
  }

  /// Every certificate of a PEM text up to the first that cannot be read.
  static func list(_ pem: [UInt8]) -> [TLSCertificate] {
    guard let source = unsafe BIO_new_mem_buf(pem, Int32(pem.count)) else { return [] }
    defer { unsafe BIO_free(source) }
    var list: [TLSCertificate] = []
    while let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil) {
      unsafe list.append(TLSCertificate(certificate))
    }
    return list
  }
}
