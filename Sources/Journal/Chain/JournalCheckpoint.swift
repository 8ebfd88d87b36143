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

  /// The first of some whose signature is not its key's, in the order of their numbers. On all processors: each takes half a millisecond, and there is one for each minute
  /// in which something was added.
  ///
  /// - Throws: `CryptoError` where SM2 itself does not work; `CancellationError`.
  static func firstForged(among checkpoints: [JournalCheckpoint]) async throws -> JournalFinding? {
    try await withThrowingTaskGroup(of: JournalCheckpoint?.self) { group in
      for start in stride(from: 0, to: checkpoints.count, by: checkedAtOnce) {
        let some = checkpoints[start..<min(start + checkedAtOnce, checkpoints.count)]
        group.addTask {
          try Task.checkCancellation()
          return try firstForged(in: some)
        }
      }
      var first: JournalCheckpoint?
      while let answer = try await group.next() {
        if let answer, answer.number < first?.number ?? .max { first = answer }
      }
      return first?.forgery
    }
  }

  private static let checkedAtOnce = 32

  /// The first of some, in their order, whose signature is not its key's.
  static func firstForged(in checkpoints: some Sequence<JournalCheckpoint>) throws -> JournalCheckpoint? {
    for checkpoint in checkpoints where try !checkpoint.isSigned() { return checkpoint }
    return nil
  }

  var forgery: JournalFinding {
    JournalFinding(
      kind: .badCheckpoint, entry: number, exchange: nil,
      message: "the checkpoint's signature is not its key's")
  }

  /// What is signed, readable, so that it can be checked with any tool that knows SM2.
  private static func statement(_ number: Int64, _ made: Timestamp, _ link: [UInt8]) -> [UInt8] {
    Array("zhengdian journal checkpoint 1\n\(number)\n\(made.milliseconds)\n\(Hex.encode(link))\n".utf8)
  }
}
