import COpenSSL

extension SM2.PublicKey {
  /// Encrypts at least one byte. Each ciphertext of the same text differs.
  public func encrypt(
    _ plain: [UInt8], form: SM2.CiphertextForm = .raw(.c1c3c2)
  ) throws(CryptoError) -> [UInt8] {
    guard !plain.isEmpty else {
      throw CryptoError(code: .invalidLength, message: "SM2 encrypts one byte at least")
    }
    guard let der = SM2.crypt(handle, plain, encrypting: true) else {
      throw CryptoError(code: .library, message: "OpenSSL could not encrypt with SM2")
    }
    if form == .der { return der }
    guard let ciphertext = SM2.Ciphertext(der: der) else {
      throw CryptoError(code: .library, message: "OpenSSL wrote an unknown form of SM2 ciphertext")
    }
    switch form {
    case .der: return der
    case .raw(let order): return [4] + ciphertext.raw(order)
    case .unprefixed(let order): return ciphertext.raw(order)
    }
  }
}

extension SM2.PrivateKey {
  /// Decrypts and checks the hash inside. For the raw forms the 04 in front may be there or not, whichever of the
  /// two was asked for: both are tried, and the hash decides.
  ///
  /// - Throws: `.malformedCiphertext` or `.decryptionFailed` (wrong key, wrong order, damaged).
  public func decrypt(
    _ cipher: [UInt8], form: SM2.CiphertextForm = .raw(.c1c3c2)
  ) throws(CryptoError) -> [UInt8] {
    let readings: [SM2.Ciphertext?]
    switch form {
    case .der: readings = [SM2.Ciphertext(der: cipher)]
    case .raw(let order), .unprefixed(let order):
      readings = [
        cipher.first == 4 ? SM2.Ciphertext(unprefixed: cipher.dropFirst(), order: order) : nil,
        SM2.Ciphertext(unprefixed: cipher[...], order: order),
      ]
    }
    guard readings.contains(where: { $0 != nil }) else {
      throw CryptoError(
        code: .malformedCiphertext,
        message: form == .der
          ? "the SM2 ciphertext is not the DER sequence of x, y, hash and text"
          : "an SM2 ciphertext has more than 96 bytes after its 04, not \(cipher.count)")
    }
    for case let reading? in readings {
      if let plain = SM2.crypt(handle, reading.der, encrypting: false) { return plain }
    }
    throw CryptoError(
      code: .decryptionFailed, message: "the SM2 ciphertext does not open",
      remedy: "check the private key and the order of the parts (C1C3C2 or C1C2C3)")
  }
}

extension SM2 {
  /// DER in or out by `encrypting`; nil when OpenSSL refuses.
  static func crypt(_ handle: SM2KeyHandle, _ input: [UInt8], encrypting: Bool) -> [UInt8]? {
    var output: UnsafeMutablePointer<UInt8>?
    var length = 0
    guard unsafe zd_sm2_crypt(handle.pointer, encrypting ? 1 : 0, input, input.count, &output, &length) == 1,
      let output = unsafe output
    else {
      discardLibraryErrors()
      return nil
    }
    defer { unsafe zd_clear_free(output, length) }
    return unsafe [UInt8](UnsafeBufferPointer(start: output, count: length))
  }
}
