import Crypto

/// The secret that a receiver shares, and what is signed with it, after the Standard Webhooks specification 1.0.
public struct WebhookSecret: Hashable, Sendable {
  static let prefix = "whsec_"
  /// The specification wants 24 to 64.
  static let length = 32

  let key: [UInt8]

  init(key: [UInt8]) {
    self.key = key
  }

  /// As receivers' libraries take it; nil for what is none.
  init?(text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    do throws(CryptoError) {
      key = try Base64.decode(String(text.dropFirst(Self.prefix.count)))
    } catch {
      return nil
    }
    guard (24...64).contains(key.count) else { return nil }
  }

  /// `whsec_` and the key in Base64.
  public var text: String { Self.prefix + Base64.encode(key) }

  /// `v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64.
  ///
  /// - Parameter timestamp: of this try, in seconds: a receiver refuses what is old, so that nobody can send it again.
  func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    "v1,"
      + Base64.encode(
        HMAC.authenticate(.sha256, key: key, message: Array("\(id).\(timestamp).".utf8) + body))
  }
}
