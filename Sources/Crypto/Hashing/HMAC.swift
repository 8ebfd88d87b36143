import Pools

/// Keyed hash of one message after RFC 2104. For many messages under one key keep an ``HMACKey``.
public enum HMAC {
  /// A key of any length, the empty one included.
  public static func authenticate(_ digest: Digest, key: [UInt8], message: [UInt8]) -> [UInt8] {
    let context = HMACContext(digest)
    context.setKey(key.span)
    context.update(message.span)
    return context.finish()
  }
}

/// A key for many messages. Its contexts are set up once and reused; safe to use from several threads.
public final class HMACKey: Sendable {
  public let digest: Digest
  private let pool: ContextPool<HMACContext>

  public convenience init(_ digest: Digest, key: [UInt8]) {
    self.init(digest, secret: SecretBytes(key.span))
  }

  init(_ digest: Digest, secret: SecretBytes) {
    self.digest = digest
    pool = ContextPool {
      let context = HMACContext(digest)
      unsafe secret.withBytes { unsafe context.setKey($0) }
      return context
    }
  }

  public func authenticate(_ message: [UInt8]) -> [UInt8] {
    authenticate(message.span)
  }

  public func authenticate(_ message: Span<UInt8>) -> [UInt8] {
    withContext { context in
      context.restart()
      context.update(message)
      return context.finish()
    }
  }

  /// Compares in constant time.
  public func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool {
    constantTimeEquals(code, authenticate(message))
  }

  func withContext<Result>(_ body: (HMACContext) -> Result) -> Result {
    pool.withContext(body)
  }
}
