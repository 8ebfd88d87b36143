import Exchanges

/// What a platform sent lately and nothing could be read of. Pure.
struct UnreadMessages: Sendable {
  /// Rows that gave no record, by their digests: the same call is tried again, by the queue and by the platform.
  private var rows: Set<[UInt8]> = []
  /// The newest message that gave records.
  private var read: ExchangeID?

  /// Takes a message that gave records.
  mutating func end(with exchange: ExchangeID) {
    rows = []
    read = max(read ?? exchange, exchange)
  }

  /// Takes a message of which nothing could be read. Returns whether the platform's messages are no longer what they were: one bad row says nothing of that,
  /// as many as tell that a field has vanished do, and so does a message without rows, since nobody sends one in order to say nothing.
  mutating func tells(_ failing: [[UInt8]], of exchange: ExchangeID) -> Bool {
    // What came before a good one, and is tried once more, says nothing of what comes now.
    if let read, exchange < read { return false }
    for row in failing where rows.count < DriftRules.leastRows { rows.insert(row) }
    return failing.isEmpty || rows.count >= DriftRules.leastRows
  }
}
