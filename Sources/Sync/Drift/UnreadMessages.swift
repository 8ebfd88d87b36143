import Exchanges

/// What a platform sent lately and nothing could be read of. Pure.
struct UnreadMessages: Sendable {
  enum Reception: Sendable {
    /// It says nothing that was not counted before.
    case repeated
    case new
    /// The platform's messages are no longer what they were.
    case tells
  }

  /// So many rows are remembered at least, and no more than twice as many.
  static let remembered = 1000

  /// Rows that gave no record, by their digests: the same call is tried again, by the queue and by the platform.
  private var rows: Set<[UInt8]> = []
  /// All of them lately, whatever was read since.
  private var (newer, older): (Set<[UInt8]>, Set<[UInt8]>) = ([], [])
  /// The newest message that gave records.
  private var read: ExchangeID?

  /// Takes a message that gave records.
  mutating func end(with exchange: ExchangeID) {
    rows = []
    read = max(read ?? exchange, exchange)
  }

  /// Takes a message of which nothing could be read. One bad row says nothing of all that the platform sends, as many as tell that a field has vanished do, and so does
  /// a message without rows, since nobody sends one in order to say nothing.
  mutating func take(_ failing: [[UInt8]], of exchange: ExchangeID) -> Reception {
    // What came before a good one, and is tried once more, says nothing of what comes now.
    if let read, exchange < read { return .repeated }
    for row in failing where rows.count < DriftRules.leastRows { rows.insert(row) }
    var isNew = false
    for row in failing where remember(row) { isNew = true }
    if failing.isEmpty || rows.count >= DriftRules.leastRows { return .tells }
    return isNew ? .new : .repeated
  }

  /// Returns whether it was not known.
  private mutating func remember(_ row: [UInt8]) -> Bool {
    guard !older.contains(row), newer.insert(row).inserted else { return false }
    if newer.count >= Self.remembered { (newer, older) = ([], newer) }
    return true
  }
}
