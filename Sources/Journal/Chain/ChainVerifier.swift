internal import Crypto

/// Follows the links of a chain and the checkpoints over it. Pure: entries come from a database or an export.
///
/// A signature takes as long as hundreds of links: whether it is its key's is asked apart, of what ``takeUnproven()`` gives.
struct ChainVerifier {
  private(set) var number: Int64
  private(set) var link: [UInt8]
  private let expectedKey: SM2.PublicKey?
  private let note: JournalPosition?
  private var checkpoints: ArraySlice<JournalCheckpoint>
  private(set) var publicKeys: Set<String> = []
  private(set) var signedUpTo: Int64 = 0
  private(set) var checkpointCount: Int64 = 0
  private(set) var delay = SigningDelay()
  /// Checkpoints that fit the chain and whose signatures nobody has looked at yet.
  private var unproven: [JournalCheckpoint] = []

  /// - Parameters:
  ///   - number, link: of the entry before the first one to come.
  ///   - checkpoints: in the order of their numbers.
  ///   - key: the only one that may have signed; nil: any.
  ///   - note: an entry that has to be there, with its link.
  init(
    after number: Int64 = 0, link: [UInt8] = JournalEntry.linkBeforeFirst, checkpoints: [JournalCheckpoint],
    key: SM2.PublicKey?, note: JournalPosition? = nil
  ) {
    self.number = number
    self.link = link
    self.checkpoints = checkpoints[...]
    expectedKey = key
    self.note = note
  }

  /// Takes the next entry with the link that is stored for it. nil when it follows.
  mutating func take(_ entry: JournalEntry, storedLink: [UInt8]) -> JournalFinding? {
    guard entry.number == number + 1 else {
      return JournalFinding(
        kind: .gap, entry: number + 1, exchange: nil,
        message: entry.number <= number
          ? "entry \(entry.number) comes again, or out of its order"
          : "entries \(number + 1) to \(entry.number - 1) are missing or out of their order")
    }
    let computed = entry.link(after: link)
    guard computed == storedLink else {
      return JournalFinding(
        kind: .brokenLink, entry: entry.number, exchange: entry.exchange,
        message: "the link does not follow: this entry, what it commits to, or the one before it was changed")
    }
    (number, link) = (entry.number, computed)
    if let note, note.number == number, note.link != link {
      return JournalFinding(
        kind: .otherChain, entry: number, exchange: nil,
        message: "the link is not the one that was noted: the chain up to here was made anew")
    }
    delay.take(entry.moment)
    while let checkpoint = checkpoints.first, checkpoint.number <= number {
      checkpoints.removeFirst()
      if let finding = check(checkpoint) { return finding }
    }
    return nil
  }

  /// Takes a checkpoint that comes behind the entries it covers. nil when it fits.
  mutating func take(_ checkpoint: JournalCheckpoint) -> JournalFinding? {
    guard checkpoint.number > number else { return check(checkpoint) }
    checkpoints.append(checkpoint)
    return nil
  }

  /// Checkpoints whose signatures are still to be looked at: see ``JournalCheckpoint/firstForged(among:)``.
  mutating func takeUnproven() -> [JournalCheckpoint] {
    defer { unproven = [] }
    return unproven
  }

  /// To be asked when no entry is left: checkpoints beyond the last one, and a note of a later one, tell that the end was cut off.
  func finish() -> JournalFinding? {
    if let checkpoint = checkpoints.first {
      return JournalFinding(
        kind: .truncated, entry: number + 1, exchange: nil,
        message: "a checkpoint covers entries up to \(checkpoint.number), and the chain ends at \(number)")
    }
    if let note, note.number > number {
      return JournalFinding(
        kind: .truncated, entry: number + 1, exchange: nil,
        message: "entry \(note.number) was noted, and the chain ends at \(number)")
    }
    return nil
  }

  /// To be asked of a journal that goes on being written and that nothing else is wrong with. A journal without a checkpoint proves
  /// nothing to who asks for a key, be it empty.
  func unsigned() -> JournalFinding? {
    func finding(_ message: String) -> JournalFinding {
      JournalFinding(kind: .unsigned, entry: signedUpTo + 1, exchange: nil, message: message)
    }
    if expectedKey != nil, checkpointCount == 0 {
      return finding(
        "no checkpoint was signed with the key given: the journal may have been emptied or made anew")
    }
    guard delay.isOverdue else { return nil }
    return finding(
      "entries went on for minutes without a checkpoint: checkpoints were removed, or nothing signed while they were added. "
        + "When the gateway did not run, 'journal checkpoint' signs them; otherwise compare with a backup")
  }

  private mutating func check(_ checkpoint: JournalCheckpoint) -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: checkpoint.number, exchange: nil, message: message)
    }
    guard checkpoint.number == number, checkpoint.link == link else {
      return finding(.badCheckpoint, "the checkpoint was signed over another chain")
    }
    if let expectedKey, checkpoint.publicKey != expectedKey.bytes {
      return finding(.foreignKey, "the checkpoint was signed with another key than the one given")
    }
    unproven.append(checkpoint)
    publicKeys.insert(Hex.encode(checkpoint.publicKey))
    signedUpTo = number
    delay.sign()
    checkpointCount += 1
    return nil
  }
}
