import Pools

/// The key of one journal body, kept wrapped beside it. Whoever destroys the wrapped key erases the body, wherever
/// its ciphertext still lies, and a hash chain over the ciphertext stays whole.
///
/// Sealed body: version 2 ‖ nonce (16) ‖ ciphertext ‖ tag (16).
public struct SealedBodyKey: Sendable {
  public static let overhead = 1 + SealingContext.nonceByteCount + SealingContext.tagByteCount

  private static let version: UInt8 = 2
  /// Body keys come and go, so their contexts are shared and keyed for each call.
  private static let contexts = ContextPool { SealingContext() }

  private let secret: SecretBytes

  /// A fresh key.
  public init() {
    secret = SecretBytes(random: SealingContext.keyByteCount)
  }

  /// - Parameter context: the one it was wrapped for.
  /// - Throws: `.unknownKey` when the master key is not at hand, `.authenticationFailed` when the wrapped key was
  ///   altered or belongs to another context.
  public init(unwrapping wrapped: [UInt8], context: String, with ring: KeyRing) throws(CryptoError) {
    secret = try ring.unwrap(wrapped, context: SealedBodyKey.wrapContext(context))
    guard secret.count == SealingContext.keyByteCount else {
      throw CryptoError(code: .malformedCiphertext, message: "the wrapped key is no body key")
    }
  }

  /// What to store beside the body. `context` says which body it belongs to (its exchange and side).
  public func wrapped(context: String, with ring: KeyRing) -> [UInt8] {
    ring.wrap(secret, context: SealedBodyKey.wrapContext(context))
  }

  /// The stored key under the current master key, without touching the body.
  public static func rewrap(
    _ wrapped: [UInt8], context: String, with ring: KeyRing
  ) throws(CryptoError) -> [UInt8] {
    try ring.rewrap(wrapped, context: wrapContext(context))
  }

  public func seal(_ plain: [UInt8], context: String) -> [UInt8] {
    SealedBodyKey.contexts.withContext { sealing in
      sealing.setKey(secret)
      return sealing.seal(plain.span, header: [SealedBodyKey.version], context: context.utf8.span)
    }
  }

  /// - Throws: `.malformedCiphertext`, `.authenticationFailed`.
  public func open(_ sealed: [UInt8], context: String) throws(CryptoError) -> [UInt8] {
    guard sealed.count >= SealedBodyKey.overhead, sealed[0] == SealedBodyKey.version else {
      throw CryptoError(code: .malformedCiphertext, message: "this is no sealed body")
    }
    let plain = SealedBodyKey.contexts.withContext { sealing in
      sealing.setKey(secret)
      return sealing.open(sealed.span, headerByteCount: 1, context: context.utf8.span)
    }
    guard let plain else {
      throw CryptoError(
        code: .authenticationFailed,
        message: "a sealed body was altered, or belongs to another exchange than it was found in",
        remedy: "run the journal's verifier to see how far the damage goes")
    }
    return plain
  }

  private static func wrapContext(_ context: String) -> [UInt8] {
    Array("body-key/\(context)".utf8)
  }
}

/// A body with its wrapped key, for the common case of sealing and opening at once.
public struct SealedBody: Hashable, Sendable {
  /// Store these apart, so that the key can be destroyed alone.
  public var wrappedKey: [UInt8]
  public var sealed: [UInt8]

  public init(wrappedKey: [UInt8], sealed: [UInt8]) {
    self.wrappedKey = wrappedKey
    self.sealed = sealed
  }

  /// Seals under a fresh key.
  public init(sealing plain: [UInt8], context: String, with ring: KeyRing) {
    let key = SealedBodyKey()
    wrappedKey = key.wrapped(context: context, with: ring)
    sealed = key.seal(plain, context: context)
  }

  public func open(context: String, with ring: KeyRing) throws(CryptoError) -> [UInt8] {
    try SealedBodyKey(unwrapping: wrappedKey, context: context, with: ring).open(sealed, context: context)
  }
}
