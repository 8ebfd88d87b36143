import Crypto

/// Knows consumers by their keys. Keys are kept as keyed digests only, and compared in constant time.
public struct ConsumerDirectory: Sendable {
  /// Why a key is not taken.
  public enum Refusal: Error, Hashable {
    /// Shorter than ``shortestKey``, of too few different characters, or of such as a header cannot carry.
    case weak
    /// Already a key of the consumer named.
    case taken(by: String)
  }

  private struct Entry: Sendable {
    let digest: [UInt8]
    let consumer: Consumer
  }

  /// Shorter keys could be guessed.
  public static let shortestKey = 32

  private var entries: [Entry] = []
  /// Lives as long as the process, so that a copy of its memory does not give digests of use elsewhere.
  private let digestKey = HMACKey(.sm3, key: SecureRandom.bytes(32))

  public var names: [String] { Array(Set(entries.map(\.consumer.name))).sorted() }

  public init() {}

  /// Lets a consumer in by this key; it may have several.
  public mutating func add(_ consumer: Consumer, key: String) throws(Refusal) {
    guard Self.isUsable(key) else { throw .weak }
    let digest = digestKey.authenticate(Array(key.utf8))
    if let other = entries.first(where: { $0.digest == digest }) { throw .taken(by: other.consumer.name) }
    entries.append(Entry(digest: digest, consumer: consumer))
  }

  /// The consumer with this key. Takes the same time whichever key it is, and whether or not there is one.
  public func consumer(withKey key: String) -> Consumer? {
    let digest = digestKey.authenticate(Array(key.utf8))
    var found: Consumer?
    for entry in entries where constantTimeEquals(entry.digest, digest) { found = entry.consumer }
    return found
  }

  /// What a bearer token may be made of (RFC 6750), and not one character over and over.
  private static func isUsable(_ key: String) -> Bool {
    key.utf8.count >= shortestKey && key.utf8.count <= 512 && Set(key.utf8).count >= 8
      && key.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
          UInt8(ascii: "/"), UInt8(ascii: "="):
          true
        default: false
        }
      }
  }
}
