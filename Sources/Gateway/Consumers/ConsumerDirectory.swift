import Crypto
public import Documents

/// Knows consumers by their keys. Keys are kept as keyed digests only, and compared in constant time.
public struct ConsumerDirectory: Sendable {
  private struct Entry: Sendable {
    let digest: [UInt8]
    let consumer: Consumer
  }

  /// Shorter keys could be guessed.
  public static let shortestKey = 32

  private let entries: [Entry]
  /// Lives as long as the process, so that a copy of its memory does not give digests of use elsewhere.
  private let digestKey: HMACKey

  public var names: [String] { Array(Set(entries.map(\.consumer.name))).sorted() }

  /// Reads the consumers' keys where the configuration says they are. What is wrong is reported, and that key is left out.
  public init(_ configuration: SiteConfiguration, _ secrets: SecretReader, _ diagnostics: Diagnostics) {
    let digestKey = HMACKey(.sm3, key: SecureRandom.bytes(32))
    var entries: [Entry] = []
    let purposes = Dictionary(uniqueKeysWithValues: configuration.purposes.map { ($0.name, $0) })
    for settings in configuration.consumers {
      let consumer = Consumer(
        name: settings.name, scopes: settings.scopes,
        purposes: purposes.filter { settings.purposes.contains($0.key) },
        limiter: RateLimiter(settings.rate))
      for reference in settings.keys {
        guard let key = secrets.value(reference, diagnostics) else { continue }
        guard Self.isUsable(key) else {
          diagnostics.error(
            "\(reference.path): a consumer's key has at least \(Self.shortestKey) letters, digits and characters of '-._~+/=' and is random; make one with 'openssl rand -hex 32'",
            at: reference.mark)
          continue
        }
        let digest = digestKey.authenticate(Array(key.utf8))
        if let other = entries.first(where: { $0.digest == digest }) {
          diagnostics.error(
            "\(reference.path): the key is also one of '\(other.consumer.name)'; every key belongs to one consumer",
            at: reference.mark)
          continue
        }
        entries.append(Entry(digest: digest, consumer: consumer))
      }
    }
    self.entries = entries
    self.digestKey = digestKey
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
