public import CivilTime
internal import Crypto

/// A signed statement: up to this entry the journal was thus. Nobody without the signing key can write a journal that fits it.
public struct JournalCheckpoint: Hashable, Sendable {
  /// Of the last entry it covers.
  public let number: Int64
  public let made: Timestamp
  public let link: [UInt8]
  /// x‖y, 64 bytes. As it stands there: whether it is a key at all shows when the signature is looked at.
  public let publicKey: [UInt8]
  /// r‖s, 64 bytes.
  public let signature: [UInt8]

  init(number: Int64, made: Timestamp, link: [UInt8], publicKey: [UInt8], signature: [UInt8]) {
    self.number = number
    self.made = made
    self.link = link
    self.publicKey = publicKey
    self.signature = signature
  }

  init(number: Int64, made: Timestamp, link: [UInt8], signedBy key: SM2.PrivateKey) throws(CryptoError) {
    self.init(
      number: number, made: made, link: link, publicKey: key.publicKey.bytes,
      signature: try key.signature(for: Self.statement(number, made, link)).raw)
  }

  /// Whether the signature is the key's, in the one form in which it is written.
  ///
  /// - Parameter key: that of the checkpoint before, and then of this one: a key that is opened takes kilobytes, and one signs for years.
  private func isSigned(_ key: inout SM2.PublicKey?) throws(CryptoError) -> Bool {
    do throws(CryptoError) {
      if key?.bytes != publicKey { key = try SM2.PublicKey(bytes: publicKey) }
      guard let key, key.bytes == publicKey else { return false }
      return try key.isValid(SM2.Signature(raw: signature), for: Self.statement(number, made, link))
    } catch {
      guard error.code != .library else { throw error }
      // No point of the curve, or no two numbers.
      return false
    }
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
    var key: SM2.PublicKey?
    for checkpoint in checkpoints where try !checkpoint.isSigned(&key) { return checkpoint }
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
