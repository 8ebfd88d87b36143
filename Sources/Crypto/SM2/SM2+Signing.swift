import COpenSSL

extension SM2.PublicKey {
  /// The hash e that is signed: SM3(Z ‖ message), where Z binds identity, curve and key (GB/T 32918.2, 5.5).
  ///
  /// - Throws: `.invalidLength` for a user id beyond 8191 bytes.
  public func hash(
    for message: [UInt8], userID: [UInt8] = SM2.defaultUserID
  ) throws(CryptoError) -> [UInt8] {
    try SM2.requireUserID(userID)
    let bits = userID.count * 8
    var identity = DigestStream(.sm3)
    identity.update([UInt8(bits >> 8), UInt8(bits & 0xFF)])
    identity.update(userID)
    identity.update(SM2.curveAndGenerator)
    identity.update(bytes)
    var hash = DigestStream(.sm3)
    hash.update(identity.finish())
    hash.update(message)
    return hash.finish()
  }
}

extension SM2.PrivateKey {
  /// Signs SM3 of the identity's Z value and the message. Each signature of the same message differs.
  ///
  /// - Throws: `.invalidLength` for a user id beyond 8191 bytes.
  public func signature(
    for message: [UInt8], userID: [UInt8] = SM2.defaultUserID
  ) throws(CryptoError) -> SM2.Signature {
    let hash = try publicKey.hash(for: message, userID: userID)
    // DER of two numbers of 33 bytes needs 72.
    var der = [UInt8](repeating: 0, count: 80)
    let length = unsafe zd_sm2_sign(handle.pointer, hash, &der, der.count)
    guard length > 0 else {
      discardLibraryErrors()
      throw CryptoError(code: .library, message: "OpenSSL could not sign with SM2")
    }
    return try SM2.Signature(der: Array(der[..<length]))
  }
}

extension SM2.PublicKey {
  /// False also for numbers out of range.
  ///
  /// - Throws: `.invalidLength` for a user id beyond 8191 bytes.
  public func isValid(
    _ signature: SM2.Signature, for message: [UInt8], userID: [UInt8] = SM2.defaultUserID
  ) throws(CryptoError) -> Bool {
    let hash = try hash(for: message, userID: userID)
    guard SM2.isInRange(signature.r), SM2.isInRange(signature.s) else { return false }
    let der = signature.der
    let result = unsafe zd_sm2_verify(handle.pointer, hash, der, der.count)
    discardLibraryErrors()
    guard result >= 0 else {
      throw CryptoError(code: .library, message: "OpenSSL could not verify with SM2")
    }
    return result == 1
  }

  /// A signature in either form: DER, or r‖s of exactly 64 bytes. Malformed is the same as invalid here.
  ///
  /// - Throws: `.invalidLength` for a user id beyond 8191 bytes.
  public func isValid(
    encodedSignature bytes: [UInt8], for message: [UInt8], userID: [UInt8] = SM2.defaultUserID
  ) throws(CryptoError) -> Bool {
    // Sixty-four bytes may be both: a DER of short numbers, or numbers that happen to look like one.
    if let signature = SM2.attempt({ () throws(CryptoError) in try SM2.Signature(der: bytes) }),
      try isValid(signature, for: message, userID: userID)
    {
      return true
    }
    if let signature = SM2.attempt({ () throws(CryptoError) in try SM2.Signature(raw: bytes) }) {
      return try isValid(signature, for: message, userID: userID)
    }
    return false
  }
}
