import Crypto
import Synchronization

/// Makes synthetic keys and secrets: hexadecimal, derived from the seed, so that a run can be repeated byte for byte.
/// Nothing here is secret.
final class SecretMint: Sendable {
  private let seed: UInt64
  private let salt: String
  private let issued = Mutex(0)

  init(seed: UInt64, salt: String) {
    self.seed = seed
    self.salt = salt
  }

  /// The same at every call: 32 characters.
  func fixed(_ purpose: String) -> String {
    SecretMint.hex("\(seed)/\(salt)/\(purpose)")
  }

  /// Another at every call: 32 characters.
  func next(_ purpose: String) -> String {
    let number = issued.withLock { issued in
      issued += 1
      return issued
    }
    return SecretMint.hex("\(seed)/\(salt)/\(purpose)/\(number)")
  }

  private static func hex(_ text: String) -> String {
    Hex.encode(Array(Digest.sm3.hash(text).prefix(16)))
  }
}
