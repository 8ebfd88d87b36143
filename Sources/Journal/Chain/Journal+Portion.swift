internal import Crypto
internal import Exchanges
internal import SQLDatabase

extension Journal {
  /// Some thousand entries, verified in one read.
  struct Portion: Sendable {
    static let entries = 5_000
    private static let types: [ColumnType] = [.integer, .integer, .integer, .integer, .blobOrNull, .blob]

    var chain: ChainVerifier
    var result: JournalVerification
    /// The first exchange or part that is gone and nothing says why. Told only when the chain is whole: where its end was cut off, prunings and erasures
    /// are missing.
    var firstMissing: JournalFinding?
    /// The number of the last entry to verify.
    let end: Int64
    let contents: Bool

    /// Returns whether these were the last ones.
    mutating func run(_ reader: Reader) throws -> Bool {
      let rows = try reader.query(
        """
        SELECT number, kind, exchange, moment, content, link FROM journal_entry
        WHERE number >= ?1 AND number <= ?2 ORDER BY number LIMIT ?3
        """, .int(chain.number == 0 ? .min : chain.number + 1), .int(end), .int(Self.entries)
      ) { row in
        let isWhole = row.isStored(as: Self.types)
        return Row(
          number: row.int(0), kind: isWhole ? JournalEntry.Kind(rawValue: Int(row.int(1))) : nil,
          exchange: row.int(2), moment: row.int(3), content: row.blobOrNull(4), link: row.blob(5))
      }
      for row in rows {
        result.finding = try check(row, reader)
        if result.finding != nil { return true }
        result.entries += 1
      }
      return rows.count < Self.entries
    }

    private struct Row {
      let number: Int64
      let kind: JournalEntry.Kind?
      let exchange: Int64
      let moment: Int64
      let content: [UInt8]?
      let link: [UInt8]
    }

    private mutating func check(_ row: Row, _ reader: Reader) throws -> JournalFinding? {
      func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
        JournalFinding(kind: kind, entry: row.number, exchange: row.exchange, message: message)
      }
      guard let kind = row.kind else {
        return finding(.malformed, "the entry is of a kind or a form that this program does not know")
      }
      var summary: ExchangeSummary?
      let digest: [UInt8]
      if kind == .recorded || kind == .answered {
        let found: (summary: ExchangeSummary, token: [UInt8])?
        do {
          found = try reader.first(
            "SELECT \(Journal.summaryColumns) FROM exchange WHERE id = ?1", .int(row.exchange),
            row: Journal.committed)
        } catch let error as JournalError where error.code == .damaged {
          return finding(.alteredContent, error.message)
        }
        if let (exchange, token) = found,
          let content = EntryContent.ofRow(kind, exchange, token: token)
        {
          guard row.content == nil else {
            return finding(.malformed, "the entry has a content of its own beside its exchange")
          }
          digest = Digest.sm3.hash(content)
          summary = exchange
        } else {
          // Pruning leaves the digest of what it took.
          let missing = finding(
            .missingExchange, "the exchange is gone, and nothing says that it was pruned")
          guard let left = row.content, left.count == 32 else { return missing }
          if firstMissing == nil, try !isPruned(row.exchange, reader) { firstMissing = missing }
          digest = left
          if kind == .recorded { result.erased += 1 }
        }
      } else {
        guard let content = row.content else {
          return finding(.malformed, "the entry has lost its content")
        }
        digest = Digest.sm3.hash(content)
      }
      let entry = JournalEntry(
        number: row.number, kind: kind, exchange: row.exchange, moment: row.moment, contentDigest: digest)
      if let finding = chain.take(entry, storedLink: row.link) { return finding }
      if kind == .begun { result.beforeChain = row.exchange }
      guard let summary else { return nil }
      if kind == .answered { return try check(summary, [.response], number: row.number, reader) }
      result.exchanges += 1
      // The digests of an answer that came later are believed when its own entry has been.
      let parts: [ExchangePart] = summary.answered == nil ? [.request, .response] : [.request]
      return try check(summary, parts, number: row.number, reader)
    }

    private func isPruned(_ exchange: Int64, _ reader: Reader) throws -> Bool {
      try reader.int(
        "SELECT count(*) FROM journal_entry WHERE exchange = ?1 AND kind = ?2", .int(exchange),
        .int(JournalEntry.Kind.pruned.rawValue)) > 0
    }

    /// The ciphertexts against their digests.
    private mutating func check(
      _ summary: ExchangeSummary, _ parts: [ExchangePart], number: Int64, _ reader: Reader
    ) throws -> JournalFinding? {
      let id = summary.id.rawValue
      func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
        JournalFinding(kind: kind, entry: number, exchange: id, message: message)
      }
      for part in parts {
        let digest = part == .request ? summary.digests.requestSealed : summary.digests.responseSealed
        let found = try self.part(part, of: id, reader)
        guard let digest else {
          if found != nil {
            return finding(.alteredContent, "there is a \(part.word) where none was recorded")
          }
          continue
        }
        guard let found else {
          if firstMissing == nil, try Journal.erasedParts(of: id, reader) & part.bit == 0 {
            firstMissing = finding(
              .missingContent, "the \(part.word) is gone, and nothing says that it was erased")
          }
          continue
        }
        if let computed = found.digest {
          guard computed == digest else {
            return finding(.alteredContent, "the \(part.word) is not the one that was recorded")
          }
          result.contents += 1
        }
      }
      return nil
    }

    private struct Found {
      /// nil when contents are not compared.
      let digest: [UInt8]?
    }

    private func part(_ part: ExchangePart, of id: Int64, _ reader: Reader) throws -> Found? {
      let contents = contents
      return try reader.first(
        "SELECT \(contents ? "sealed" : "NULL") FROM exchange_content WHERE id = ?1", .int(part.row(of: id))
      ) { row in
        guard contents else { return Found(digest: nil) }
        return Found(digest: row.storage(0) == .blob ? Digest.sm3.hash(row.blob(0)) : [])
      }
    }
  }
}
