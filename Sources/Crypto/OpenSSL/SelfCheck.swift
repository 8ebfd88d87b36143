import COpenSSL

/// Looks once, at start, whether the OpenSSL at hand computes what this module relies on. A configuration file that
/// loads only a restricted provider takes MD5 or the SM algorithms away, and it is better to say so before work
/// begins than to stop in the middle of it.
public enum CryptoLibrary {
  /// The version of OpenSSL that runs, as it calls itself.
  public static var version: String {
    unsafe OpenSSL_version(OPENSSL_VERSION).map { unsafe String(cString: $0) } ?? "unknown"
  }

  /// Fetches each algorithm and computes known answers.
  ///
  /// - Throws: `.library`, naming what lacks or is wrong.
  public static func check() throws(CryptoError) {
    for name in ["MD5", "SHA1", "SHA256", "SHA384", "SHA512", "SM3"] {
      let digest = unsafe EVP_MD_fetch(nil, name, nil)
      defer { unsafe EVP_MD_free(digest) }
      guard unsafe digest != nil else { throw missing(name) }
    }
    for cipher in ["SM4", "AES-128", "AES-192", "AES-256"] {
      for mode in ["ECB", "CBC", "CTR"] {
        let found = unsafe EVP_CIPHER_fetch(nil, "\(cipher)-\(mode)", nil)
        defer { unsafe EVP_CIPHER_free(found) }
        guard unsafe found != nil else { throw missing("\(cipher)-\(mode)") }
      }
    }
    let hmac = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
    defer { unsafe EVP_MAC_free(hmac) }
    guard unsafe hmac != nil else { throw missing("HMAC") }

    try expect(Hex.encode(Digest.sm3.hash("abc")) == sm3OfABC, "SM3")
    let block = try Hex.decode("0123456789abcdeffedcba9876543210")
    let encrypted = try SM4.encrypt(block, key: block, mode: .ecb, padding: .none)
    try expect(Hex.encode(encrypted) == "681edf34d206965e86b3e94f536e4246", "SM4")
    let key = SM2.PrivateKey()
    let signature = try key.signature(for: block)
    try expect(try key.publicKey.isValid(signature, for: block), "SM2 signatures")
    try expect(try !key.publicKey.isValid(signature, for: encrypted), "SM2 signatures")
    try expect(try key.decrypt(key.publicKey.encrypt(block)) == block, "SM2 encryption")
  }

  private static let sm3OfABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"

  private static func expect(_ condition: Bool, _ name: String) throws(CryptoError) {
    guard condition else {
      throw CryptoError(
        code: .library, message: "\(version) computes \(name) wrongly",
        remedy: "reinstall the package libssl3")
    }
  }

  private static func missing(_ name: String) -> CryptoError {
    discardLibraryErrors()
    return CryptoError(
      code: .library, message: "\(version) offers no \(name)",
      remedy: "check OPENSSL_CONF and the providers it loads; Debian's own configuration has them all")
  }
}
