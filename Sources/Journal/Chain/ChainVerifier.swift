internal import Crypto

/// Follows the links of a chain and the checkpoints over it. Pure: entries come from a database or an export.
struct ChainVerifier {
  private(set) var number: Int64
  private(set) var link: [UInt8]
  private let expectedKey: SM2.PublicKey?
  private var checkpoints: ArraySlice<JournalCheckpoint>
  private(set) var publicKeys: Set<String> = []
  private(set) var signedUpTo: Int64 = 0
  private(set) var checkpointCount: Int64 = 0

  /// - Parameters:
  ///   - number, link: of the entry before the first one to come.
  ///   - checkpoints: in the order of their numbers.
  ///   - key: the only one that may have signed; nil: any.
  init(
    after number: Int64 = 0, link: [UInt8] = JournalEntry.linkBeforeFirst, checkpoints: [JournalCheckpoint],
    key: SM2.PublicKey?
  ) {
    self.number = number
    self.link = link
    self.checkpoints = checkpoints[...]
    expectedKey = key
  }

  /// Takes the next entry with the link that is stored for it. nil when it follows.
  mutating func take(_ entry: JournalEntry, storedLink: [UInt8]) throws -> JournalFinding? {
    guard entry.number == number + 1 else {
      return JournalFinding(
        kind: .gap, entry: number + 1, exchange: nil,
        message: "entries \(number + 1) to \(entry.number - 1) are missing or out of their order")
    }
    let computed = entry.link(after: link)
    guard computed == storedLink else {
      return JournalFinding(
        kind: .brokenLink, entry: entry.number, exchange: entry.exchange,
        message: "the link does not follow: this entry, what it commits to, or the one before it was changed")
    }
    (number, link) = (entry.number, computed)
    while let checkpoint = checkpoints.first, checkpoint.number <= number {
      checkpoints.removeFirst()
      if let finding = try check(checkpoint) { return finding }
    }
    return nil
  }

  /// To be asked when no entry is left: checkpoints beyond the last one tell that the end was cut off.
  func finish() -> JournalFinding? {
    guard let checkpoint = checkpoints.first else { return nil }
    return JournalFinding(
      kind: .truncated, entry: number + 1, exchange: nil,
      message: "a checkpoint covers entries up to \(checkpoint.number), and the chain ends at \(number)")
  }

  private mutating func check(_ checkpoint: JournalCheckpoint) throws -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: checkpoint.number, exchange: nil, message: message)
    }
    guard checkpoint.number == number, checkpoint.link == link else {
      return finding(.badCheckpoint, "the checkpoint was signed over another chain")
    }
    guard try checkpoint.isSigned() else {
      return finding(.badCheckpoint, "the checkpoint's signature is not its key's")
    }
    if let expectedKey, checkpoint.publicKey != expectedKey {
      return finding(.foreignKey, "the checkpoint was signed with another key than the one given")
    }
    publicKeys.insert(checkpoint.publicKey.hex)
    signedUpTo = number
    checkpointCount += 1
    return nil
  }
}
