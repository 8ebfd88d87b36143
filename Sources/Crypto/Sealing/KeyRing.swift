/// The master keys of a site by id. The current one wraps what is new; the others still unwrap what is old.
///
/// Wrapped key: version 1 ‖ length of id (1) ‖ id ‖ nonce (16) ‖ ciphertext ‖ tag (16).
public struct KeyRing: Sendable {
  static let version: UInt8 = 1

  /// In the order of the file.
  public var ids: [String] { keys.map(\.id) }
  /// The id of the key that wraps: the last of the file.
  public var currentID: String { keys[keys.count - 1].id }

  /// Never empty.
  private let keys: [MasterKey]

  init(keys: [MasterKey]) {
    precondition(!keys.isEmpty)
    self.keys = keys
  }

  /// One fresh key that lives in memory only: for demonstrations and tests. What it wraps is lost with it.
  public static func ephemeral() -> KeyRing {
    KeyRing(keys: [MasterKey(id: "ephemeral", secret: SecretBytes(random: MasterKey.byteCount))])
  }

  /// The id of the master key that wraps `wrapped`, for seeing what a rotation has left to do.
  public static func masterKeyID(of wrapped: [UInt8]) throws(CryptoError) -> String {
    try String(decoding: wrapped[idRange(in: wrapped)], as: UTF8.self)
  }

  /// The same key wrapped by the current master key. `context` must be the one it was wrapped for.
  public func rewrap(_ wrapped: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
    wrap(try unwrap(wrapped, context: context), context: context)
  }

  func wrap(_ secret: SecretBytes, context: [UInt8]) -> [UInt8] {
    let current = keys[keys.count - 1]
    let id = Array(current.id.utf8)
    return current.wrap(secret, header: [KeyRing.version, UInt8(id.count)] + id, context: context)
  }

  func unwrap(_ wrapped: [UInt8], context: [UInt8]) throws(CryptoError) -> SecretBytes {
    let range = try KeyRing.idRange(in: wrapped)
    let id = String(decoding: wrapped[range], as: UTF8.self)
    guard let key = keys.first(where: { $0.id == id }) else {
      throw CryptoError(
        code: .unknownKey, message: "a key is wrapped by the master key '\(id)', which is not at hand",
        remedy: "put the line of '\(id)' back into the key file; at hand: \(ids.joined(separator: ", "))")
    }
    guard let secret = key.unwrap(wrapped, headerByteCount: range.upperBound, context: context) else {
      throw CryptoError(
        code: .authenticationFailed, message: "the wrapped key does not open with the master key '\(id)'",
        remedy: "either the line of '\(id)' was changed, or the wrapped key was altered or moved")
    }
    return secret
  }

  private static func idRange(in wrapped: [UInt8]) throws(CryptoError) -> Range<Int> {
    guard wrapped.count > 2, wrapped[0] == version, wrapped[1] > 0,
      wrapped.count >= 2 + Int(wrapped[1]) + SealingContext.nonceByteCount + SealingContext.tagByteCount
    else {
      throw CryptoError(code: .malformedCiphertext, message: "this is no wrapped key")
    }
    return 2..<2 + Int(wrapped[1])
  }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
  public var description: String { "master keys \(ids.joined(separator: ", "))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
