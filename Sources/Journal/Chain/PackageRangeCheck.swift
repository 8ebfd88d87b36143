/// Whether an export of a range has everything that it says it has. Pure.
///
/// In a range without a filter each entry is given whole; what is a digest only was pruned, and an entry behind says so. With a filter the chain
/// tells that nothing is missing between, but not whose the digests are: that is the word of whoever exported.
struct PackageRangeCheck {
  /// How an entry is given.
  enum Given: Equatable {
    case row(platform: String, operation: String)
    case content
    case digest
  }

  private let range: JournalRange
  /// Exchanges whose rows are not there, by the first entry that lacks one.
  private var unexplained: [Int64: Int64] = [:]

  init(_ range: JournalRange) {
    self.range = range
  }

  /// Takes the next entry, which follows in the chain. nil when it may be given so.
  mutating func take(_ entry: JournalEntry, _ given: Given) -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: entry.number, exchange: entry.exchange, message: message)
    }
    if entry.kind == .pruned { unexplained[entry.exchange] = nil }
    guard range.entries.contains(entry.number) else {
      let isRemoval = entry.kind == .erased || entry.kind == .pruned
      return given == .digest || (given == .content && isRemoval)
        ? nil : finding(.malformed, "the entry is given whole, and does not belong to the range")
    }
    switch given {
    case .row(let platform, let operation):
      return range.covers(platform, operation)
        ? nil : finding(.malformed, "the exchange is of another platform or operation than the range")
    case .content: return nil
    case .digest:
      guard range.isWhole, entry.kind != .begun else { return nil }
      guard entry.kind == .recorded || entry.kind == .answered else {
        return finding(
          .missingContent, "the entry's content is not in the export, which has all of its range")
      }
      if unexplained[entry.exchange] == nil { unexplained[entry.exchange] = entry.number }
      return nil
    }
  }

  /// - Parameter number: of the last entry there is.
  func finish(at number: Int64) -> JournalFinding? {
    if let (exchange, entry) = unexplained.min(by: { $0.value < $1.value }) {
      return JournalFinding(
        kind: .missingExchange, entry: entry, exchange: exchange,
        message: "the exchange is not in the export, and nothing says that it was pruned")
    }
    guard number >= range.entries.upperBound else {
      return JournalFinding(
        kind: .truncated, entry: number + 1, exchange: nil,
        message: "the range goes up to \(range.entries.upperBound), and the export ends at \(number)")
    }
    return nil
  }
}
