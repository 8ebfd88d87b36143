public import CivilTime
public import Crypto

/// A signed statement: up to this entry the journal was thus. Nobody without the signing key can write a journal that fits it.
public struct JournalCheckpoint: Hashable, Sendable {
  /// Of the last entry it covers.
  public let number: Int64
  public let made: Timestamp
  public let link: [UInt8]
  public let publicKey: SM2.PublicKey
  /// r‖s, 64 bytes.
  public let signature: [UInt8]

  init(number: Int64, made: Timestamp, link: [UInt8], publicKey: SM2.PublicKey, signature: [UInt8]) {
    self.number = number
    self.made = made
    self.link = link
    self.publicKey = publicKey
    self.signature = signature
  }

  init(number: Int64, made: Timestamp, link: [UInt8], signedBy key: SM2.PrivateKey) throws(CryptoError) {
    self.init(
      number: number, made: made, link: link, publicKey: key.publicKey,
      signature: try key.signature(for: Self.statement(number, made, link)).raw)
  }

  /// Whether the signature is the key's.
  func isSigned() throws(CryptoError) -> Bool {
    try publicKey.isValid(encodedSignature: signature, for: Self.statement(number, made, link))
  }

  /// What is signed, readable, so that it can be checked with any tool that knows SM2.
  private static func statement(_ number: Int64, _ made: Timestamp, _ link: [UInt8]) -> [UInt8] {
    Array("zhengdian journal checkpoint 1\n\(number)\n\(made.milliseconds)\n\(Hex.encode(link))\n".utf8)
  }
}
