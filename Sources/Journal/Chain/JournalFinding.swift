/// The first thing that is wrong with a journal, or an export of one.
public struct JournalFinding: Hashable, Sendable, CustomStringConvertible {
  /// Stable words.
  public enum Kind: String, CaseIterable, Sendable {
    /// Entries are missing between two that are there, or at the beginning.
    case gap
    /// An entry's link does not follow from the one before it: it, its row or the order was changed.
    case brokenLink = "broken-link"
    /// The row of a recorded exchange is gone, and no pruning says so.
    case missingExchange = "missing-exchange"
    /// There is an exchange that no entry tells about.
    case foreignExchange = "foreign-exchange"
    /// A ciphertext is not the one that was recorded, or the row holds what was never written there.
    case alteredContent = "altered-content"
    /// A ciphertext or its key is gone, and no erasure or pruning says so.
    case missingContent = "missing-content"
    /// There is a ciphertext or a key that belongs to no part of an exchange, or to a part that was erased.
    case foreignContent = "foreign-content"
    /// The key of a part does not open: what it was for cannot be read any more.
    case unopenableKey = "unopenable-key"
    /// The row says that something was erased and no entry does, or the other way round.
    case alteredErasure = "altered-erasure"
    /// The outcome in the row is not the one that was concluded last.
    case alteredOutcome = "altered-outcome"
    /// What a person decided is not what the chain says.
    case alteredDecision = "altered-decision"
    /// A checkpoint's signature is not its key's, or its link is not the chain's.
    case badCheckpoint = "bad-checkpoint"
    /// A checkpoint, a note kept elsewhere, or the number of the newest exchange tells of entries that are not there any more.
    case truncated
    /// The chain is not the one of which a note was kept elsewhere.
    case otherChain = "other-chain"
    /// There is no checkpoint with the key given, or entries went on for minutes without one.
    case unsigned
    /// A checkpoint was signed with another key than the one given.
    case foreignKey = "foreign-key"
    /// Something that is no part of a journal, or of an export.
    case malformed
  }

  public let kind: Kind
  /// The entry it was found at; nil where none is concerned.
  public let entry: Int64?
  public let exchange: Int64?
  public let message: String

  /// - Parameter about: what the decision is about, such as `push 57`.
  public static func alteredDecision(_ about: String) -> JournalFinding {
    JournalFinding(
      kind: .alteredDecision, entry: nil, exchange: nil,
      message: "a decision about \(about) is not what the chain says: its row was changed or put in")
  }

  public var description: String {
    var place = ""
    if let entry { place += " at entry \(entry)" }
    if let exchange, exchange > 0 { place += ", exchange \(exchange)" }
    return "\(kind.rawValue)\(place): \(message)"
  }
}

/// What was verified.
public struct JournalVerification: Hashable, Sendable {
  /// Entries whose links follow from each other.
  public var entries: Int64 = 0
  public var exchanges: Int64 = 0
  /// Parts whose ciphertext was compared with its digest.
  public var contents: Int64 = 0
  /// Exchanges of which content was erased, or that were pruned: their links hold.
  public var erased: Int64 = 0
  public var checkpoints: Int64 = 0
  /// Entries after the last checkpoint: nothing but the database itself vouches for them.
  public var unsigned: Int64 = 0
  /// Keys that opened under the master keys; nil where none was tried.
  public var keysTried: Int64?
  /// Exchanges recorded before there was a chain.
  public var beforeChain: Int64 = 0
  /// Of an export of a range: what it is to have. nil for exchanges and for a database.
  public var range: JournalRange?
  /// Of an export of exchanges: which ones it is to have. nil for a range, for a database, and where an older program wrote it.
  public var named: Set<Int64>?
  /// The keys that signed, in hexadecimal (x‖y).
  public var publicKeys: Set<String> = []
  /// nil: nothing is wrong.
  public var finding: JournalFinding?

  public init() {}

  /// With something that is wrong at an entry behind which others have been looked at already.
  func ended(by finding: JournalFinding) -> Self {
    var ended = self
    ended.finding = finding
    ended.entries = min(entries, (finding.entry ?? 1) - 1)
    return ended
  }
}
