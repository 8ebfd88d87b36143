/// Prepared statements by their text. Bounded, because some texts are built with as many placeholders as there
/// are values; the least recently used go first.
struct StatementCache {
  private struct Entry {
    let statement: Statement
    var lastUse: UInt64

    mutating func touch(_ clock: UInt64) -> Statement {
      lastUse = clock
      return statement
    }
  }

  private static let capacity = 256

  private var entries: [String: Entry] = [:]
  private var clock: UInt64 = 0

  mutating func statement(for text: String) -> Statement? {
    clock += 1
    // Changed in place: reading the entry, then writing it back would hash the text twice.
    return entries[text]?.touch(clock)
  }

  mutating func insert(_ statement: Statement) {
    clock += 1
    if entries.count >= Self.capacity { evict() }
    entries[statement.text] = Entry(statement: statement, lastUse: clock)
  }

  mutating func removeAll() {
    entries.removeAll()
  }

  /// Drops the older half at once, so that the sorting is paid for rarely.
  private mutating func evict() {
    let uses = entries.values.map(\.lastUse).sorted()
    let limit = uses[uses.count / 2]
    entries = entries.filter { $0.value.lastUse > limit }
  }
}
