/// Seals small values: SM4-CTR with HMAC-SM3 over context and ciphertext. Safe to use from several threads.
///
/// Sealed value: version 1 ‖ id of the data key (4, big-endian) ‖ nonce (16) ‖ ciphertext ‖ tag (16); 37 bytes longer
/// than the plain one. The context says where the value belongs (table, column, row): it is not stored, and a value
/// moved elsewhere does not open.
public final class Sealer: Sendable {
  public static let overhead = headerByteCount + SealingContext.nonceByteCount + SealingContext.tagByteCount

  static let version: UInt8 = 1
  private static let headerByteCount = 5

  public let currentKeyID: UInt32
  private let current: SealingKey
  private let keys: [UInt32: SealingKey]

  /// - Parameter currentKeyID: the key that seals; all of them open.
  /// - Throws: `.missingKeys` when the current key is not among them, `.invalidKey` for two keys with one id or for
  ///   keys of another purpose.
  public init(keys: [DataKey], currentKeyID: UInt32) throws(CryptoError) {
    var byID: [UInt32: SealingKey] = [:]
    for key in keys {
      guard key.purpose == .sealing else {
        throw CryptoError(code: .invalidKey, message: "\(key) does not seal")
      }
      guard byID.updateValue(SealingKey(key.secret), forKey: key.id) == nil else {
        throw CryptoError(code: .invalidKey, message: "two data keys have the id \(key.id)")
      }
    }
    guard let current = byID[currentKeyID] else {
      throw CryptoError(
        code: .missingKeys, message: "the current data key \(currentKeyID) is not at hand",
        remedy: "the database's table of keys is incomplete: restore it from a backup")
    }
    self.currentKeyID = currentKeyID
    self.current = current
    self.keys = byID
  }

  public func seal(_ plain: [UInt8], context: String) -> [UInt8] {
    seal(plain.span, context: context.utf8.span)
  }

  public func seal(_ plain: [UInt8], context: [UInt8]) -> [UInt8] {
    seal(plain.span, context: context.span)
  }

  public func seal(_ plain: Span<UInt8>, context: Span<UInt8>) -> [UInt8] {
    let id = currentKeyID
    let header: [UInt8] = [
      Sealer.version, UInt8(truncatingIfNeeded: id >> 24), UInt8(truncatingIfNeeded: id >> 16),
      UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id),
    ]
    return current.withContext { $0.seal(plain, header: header, context: context) }
  }

  /// - Throws: `.malformedCiphertext` for what was never sealed, `.unknownKey`, `.authenticationFailed` for what was
  ///   altered or belongs to another context.
  public func open(_ sealed: [UInt8], context: String) throws(CryptoError) -> [UInt8] {
    try open(sealed.span, context: context.utf8.span)
  }

  public func open(_ sealed: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
    try open(sealed.span, context: context.span)
  }

  public func open(_ sealed: Span<UInt8>, context: Span<UInt8>) throws(CryptoError) -> [UInt8] {
    let id = try Sealer.keyID(of: sealed)
    guard let key = keys[id] else {
      throw CryptoError(
        code: .unknownKey, message: "a value is sealed with the data key \(id), which is not at hand",
        remedy: "the database's table of keys is incomplete: restore it from a backup")
    }
    guard
      let plain = key.withContext({
        $0.open(sealed, headerByteCount: Sealer.headerByteCount, context: context)
      })
    else {
      throw CryptoError(
        code: .authenticationFailed,
        message: "a sealed value was altered, or belongs to another place than it was found in",
        remedy: "treat the row as damaged: compare it with a backup")
    }
    return plain
  }

  /// Which data key sealed this, without opening it.
  public static func keyID(of sealed: [UInt8]) throws(CryptoError) -> UInt32 {
    try keyID(of: sealed.span)
  }

  /// True when an older key sealed this, so that a rotation has to seal it again.
  public func isOutdated(_ sealed: [UInt8]) throws(CryptoError) -> Bool {
    try Sealer.keyID(of: sealed) != currentKeyID
  }

  private static func keyID(of sealed: Span<UInt8>) throws(CryptoError) -> UInt32 {
    guard sealed.count >= overhead, sealed[0] == version else {
      throw CryptoError(code: .malformedCiphertext, message: "this is no sealed value")
    }
    return UInt32(sealed[1]) << 24 | UInt32(sealed[2]) << 16 | UInt32(sealed[3]) << 8 | UInt32(sealed[4])
  }
}
