/// A key that works on data, kept wrapped beside the data it serves. This module makes, wraps and unwraps; who owns
/// the tables stores the id, the purpose and the wrapped bytes, and reads them all at start.
public struct DataKey: Sendable {
  /// What a key is for. Bound into the wrapping: a key stored for one purpose does not unwrap for another.
  public enum Purpose: String, CaseIterable, Sendable {
    /// Seals columns and small values (``Sealer``).
    case sealing
    /// Makes look-up tokens (``BlindIndex``). Changing it means computing every token again.
    case index
  }

  /// Chosen by whoever stores it; never used twice for different keys of a database.
  public let id: UInt32
  public let purpose: Purpose
  let secret: SecretBytes

  /// A fresh key.
  public init(id: UInt32, purpose: Purpose) {
    self.id = id
    self.purpose = purpose
    secret = SecretBytes(random: SealingContext.keyByteCount)
  }

  /// - Throws: `.unknownKey` when the master key is not at hand, `.authenticationFailed` when the wrapped key was
  ///   altered or belongs to another id or purpose.
  public init(unwrapping wrapped: [UInt8], id: UInt32, purpose: Purpose, with ring: KeyRing)
    throws(CryptoError)
  {
    secret = try ring.unwrap(wrapped, context: DataKey.context(id: id, purpose: purpose))
    guard secret.count == SealingContext.keyByteCount else {
      throw CryptoError(code: .malformedCiphertext, message: "the wrapped key \(id) is no data key")
    }
    self.id = id
    self.purpose = purpose
  }

  /// What to store. Differs on each call. After a new master key came, store this again in place of the old.
  public func wrapped(with ring: KeyRing) -> [UInt8] {
    ring.wrap(secret, context: DataKey.context(id: id, purpose: purpose))
  }

  private static func context(id: UInt32, purpose: Purpose) -> [UInt8] {
    Array("data-key/\(purpose.rawValue)/\(id)".utf8)
  }
}

extension DataKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "data key \(id) for \(purpose.rawValue)" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
