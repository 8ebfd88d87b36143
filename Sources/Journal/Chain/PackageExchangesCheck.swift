/// Whether an export of exchanges has everything of each of them. Pure.
struct PackageExchangesCheck {
  /// Those that the export says it is of; nil: an older program wrote it, which does not say.
  private let named: Set<Int64>?
  /// Those whose rows are there.
  private var begun: Set<Int64> = []

  init(_ named: Set<Int64>?) {
    self.named = named
  }

  /// Takes the next entry, which follows in the chain. nil when it may be given so.
  mutating func take(_ entry: JournalEntry, _ given: PackageRangeCheck.Given) -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: entry.number, exchange: entry.exchange, message: message)
    }
    guard given != .digest else {
      return entry.kind != .begun && (named ?? begun).contains(entry.exchange)
        ? finding(.missingContent, "the entry's content is not in the export, which is of its exchange") : nil
    }
    guard named?.contains(entry.exchange) ?? true else {
      return finding(.malformed, "the entry is given whole, and the export is of other exchanges")
    }
    if entry.kind == .recorded { begun.insert(entry.exchange) }
    return nil
  }

  func finish() -> JournalFinding? {
    guard let exchange = named?.subtracting(begun).min() else { return nil }
    return JournalFinding(
      kind: .missingExchange, entry: nil, exchange: exchange,
      message: "the export says that it is of this exchange, and the entry that recorded it is not there")
  }
}
