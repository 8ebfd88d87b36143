public import Certificates
public import CivilTime
public import Exchanges

/// What the registry holds to be true about one certificate, resolved from its observations.
public struct Certificate: Hashable, Sendable {
  /// Opaque; says nothing about the holder, so it may stand in addresses and logs.
  public let id: CertificateID
  public let record: CertificateRecord
  /// Counts the changes of what it says, from 1.
  public let version: Int
  /// The platform whose word counts.
  public let platform: String
  /// The mapping by which its word was understood.
  public let mapping: DefinitionID
  public let created: Timestamp
  /// When this version came.
  public let changed: Timestamp
  /// When a platform last confirmed it.
  public let seen: Timestamp
}

public struct CertificateID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String

  /// Fails for a text that cannot be an id, so that no look-up is made with somebody's number.
  public init?(rawValue: String) {
    guard rawValue.hasPrefix(Self.prefix), rawValue.utf8.count == Self.prefix.utf8.count + Self.length,
      rawValue.utf8.dropFirst(Self.prefix.utf8.count).allSatisfy(Self.alphabet.contains)
    else { return nil }
    self.rawValue = rawValue
  }

  /// An id from thirteen random bytes.
  init(random: [UInt8]) {
    var bits = 0
    var held = 0
    var text = Array(Self.prefix.utf8)
    for byte in random {
      held = held << 8 | Int(byte)
      bits += 8
      while bits >= 5, text.count < Self.prefix.utf8.count + Self.length {
        bits -= 5
        text.append(Self.alphabet[held >> bits & 31])
      }
      held &= (1 << bits) - 1
    }
    rawValue = String(decoding: text, as: UTF8.self)
  }

  /// All ids fit it and nothing else does; for descriptions of interfaces.
  public static let pattern =
    "^\(prefix)[\(String(decoding: alphabet, as: UTF8.self))]{\(length)}$"

  static let randomByteCount = 13
  private static let prefix = "crt-"
  private static let length = 20
  /// Without letters that are easily misread.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  public var description: String { rawValue }
}

/// One observation as the registry keeps it: the evidence of a version, or another platform's word.
public struct StoredObservation: Hashable, Sendable {
  public let platform: String
  public let record: CertificateRecord
  public let exchange: ExchangeID
  public let locator: RecordLocator
  public let mapping: DefinitionID
  public let adapter: DefinitionID
  public let received: Timestamp
  /// When the platform said the same again.
  public let lastSeen: Timestamp
  public let lastExchange: ExchangeID
  /// The version it made; nil when another platform's word counted more, or a newer one was known.
  public let version: Int?
}
