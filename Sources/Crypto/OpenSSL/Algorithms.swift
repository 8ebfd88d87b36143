import COpenSSL

/// OpenSSL's algorithms, fetched once. A fetch by name walks the providers under a lock; what it returns never
/// changes afterwards and may be used from every thread, which is why the pointers are `nonisolated(unsafe)`.
enum Algorithms {
  nonisolated(unsafe) static let md5 = unsafe digest("MD5")
  nonisolated(unsafe) static let sha1 = unsafe digest("SHA1")
  nonisolated(unsafe) static let sha256 = unsafe digest("SHA256")
  nonisolated(unsafe) static let sha384 = unsafe digest("SHA384")
  nonisolated(unsafe) static let sha512 = unsafe digest("SHA512")
  nonisolated(unsafe) static let sm3 = unsafe digest("SM3")

  nonisolated(unsafe) static let hmac: OpaquePointer = unsafe required(
    EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")

  nonisolated(unsafe) static let sm4ECB = unsafe cipher("SM4-ECB")
  nonisolated(unsafe) static let sm4CBC = unsafe cipher("SM4-CBC")
  nonisolated(unsafe) static let sm4CTR = unsafe cipher("SM4-CTR")
  nonisolated(unsafe) static let aes128ECB = unsafe cipher("AES-128-ECB")
  nonisolated(unsafe) static let aes128CBC = unsafe cipher("AES-128-CBC")
  nonisolated(unsafe) static let aes128CTR = unsafe cipher("AES-128-CTR")
  nonisolated(unsafe) static let aes192ECB = unsafe cipher("AES-192-ECB")
  nonisolated(unsafe) static let aes192CBC = unsafe cipher("AES-192-CBC")
  nonisolated(unsafe) static let aes192CTR = unsafe cipher("AES-192-CTR")
  nonisolated(unsafe) static let aes256ECB = unsafe cipher("AES-256-ECB")
  nonisolated(unsafe) static let aes256CBC = unsafe cipher("AES-256-CBC")
  nonisolated(unsafe) static let aes256CTR = unsafe cipher("AES-256-CTR")

  private static func digest(_ name: String) -> OpaquePointer {
    unsafe required(EVP_MD_fetch(nil, name, nil), name)
  }

  private static func cipher(_ name: String) -> OpaquePointer {
    unsafe required(EVP_CIPHER_fetch(nil, name, nil), name)
  }

  private static func required(_ pointer: OpaquePointer?, _ name: String) -> OpaquePointer {
    guard let pointer = unsafe pointer else {
      fatalError("OpenSSL offers no \(name): check OPENSSL_CONF and the providers it loads")
    }
    return unsafe pointer
  }
}

/// Clears OpenSSL's error queue of this thread. A failed call leaves its errors there, and the next TLS call on the
/// thread would take them for its own.
func discardLibraryErrors() {
  ERR_clear_error()
}

/// For calls that fail only when memory runs out, where Swift itself would stop as well.
func expectSuccess(_ result: Int32, _ operation: StaticString) {
  guard result == 1 else { fatalError("OpenSSL could not \(operation)") }
}
