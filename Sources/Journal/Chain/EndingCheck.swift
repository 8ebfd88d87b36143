internal import Crypto
internal import Exchanges
internal import SQLDatabase

/// What rows say of how exchanges ended and what of them can still be opened, against the conclusions and erasures in the chain.
struct EndingCheck {
  private static let portion = 5_000

  static func run(_ database: Database, contents: Bool, _ result: inout JournalVerification) async throws {
    var position = result.beforeChain
    while result.finding == nil {
      let from = position
      let (last, erased, finding) = try await database.read { reader in
        try EndingCheck(reader: reader, contents: contents).check(after: from)
      }
      result.erased += erased
      result.finding = finding
      guard let last else { return }
      position = last
    }
  }

  private let reader: Reader
  private let contents: Bool

  private struct Exchange {
    let id: Int64
    let outcome: String
    let code: String?
    let errorClass: String?
    let hasResponse: Bool
    let isAnswered: Bool
  }

  /// Checks some thousand exchanges. The last one's id is nil when these were the last.
  private func check(after position: Int64) throws -> (last: Int64?, erased: Int64, JournalFinding?) {
    let rows = try reader.query(
      """
      SELECT id, outcome, problem_code, problem_class, response_sealed_digest IS NOT NULL,
        answered IS NOT NULL FROM exchange
      WHERE id > ?1 ORDER BY id LIMIT ?2
      """, .int(position), .int(Self.portion)
    ) { row in
      Exchange(
        id: row.int(0), outcome: row.text(1), code: row.textOrNull(2), errorClass: row.textOrNull(3),
        hasResponse: row.int(4) != 0, isAnswered: row.int(5) != 0)
    }
    var erasures: Int64 = 0
    for exchange in rows {
      let (entry, conclusion, erased, answers) = try told(of: exchange.id)
      if erased != 0 { erasures += 1 }
      func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
        JournalFinding(kind: kind, entry: entry, exchange: exchange.id, message: message)
      }
      if answers != (exchange.isAnswered ? 1 : 0) {
        return (
          nil, erasures,
          finding(
            .alteredContent,
            answers > 1
              ? "an answer was added more than once"
              : "the row does not say of its answer what the chain says")
        )
      }
      if try !agrees(exchange, conclusion, isErased: erased & ExchangePart.problem.bit != 0) {
        return (
          nil, erasures, finding(.alteredOutcome, "outcome or problem are not those that were concluded last")
        )
      }
      for part in [ExchangePart.request] + (exchange.hasResponse ? [.response] : [])
      where erased & part.bit == 0 {
        if try reader.int("SELECT count(*) FROM exchange_key WHERE id = ?1", .int(part.row(of: exchange.id)))
          == 0
        {
          return (
            nil, erasures,
            finding(
              .missingContent, "the key of the \(part.word) is gone, and nothing says that it was erased")
          )
        }
      }
    }
    return (rows.count < Self.portion ? nil : rows.last?.id, erasures, nil)
  }

  /// The last entry of the exchange, what was concluded last, the bits of the parts that were erased, and how many answers were added.
  private func told(
    of exchange: Int64
  ) throws -> (entry: Int64?, conclusion: [UInt8]?, erased: UInt8, answers: Int) {
    var told: (entry: Int64?, conclusion: [UInt8]?, erased: UInt8, answers: Int) = (nil, nil, 0, 0)
    try reader.forEach(
      "SELECT number, kind, content FROM journal_entry WHERE exchange = ?1 AND kind > 0 ORDER BY number",
      .int(exchange)
    ) { row in
      told.entry = row.int(0)
      switch JournalEntry.Kind(rawValue: Int(row.int(1))) {
      case .concluded:
        told.conclusion = row.blobOrNull(2)
        // A problem that was erased is replaced by the next conclusion's.
        told.erased &= ~ExchangePart.problem.bit
      case .erased: told.erased |= row.blobOrNull(2)?.first ?? 0
      case .answered: told.answers += 1
      default: break
      }
      return true
    }
    return told
  }

  private func agrees(_ exchange: Exchange, _ conclusion: [UInt8]?, isErased: Bool) throws -> Bool {
    let expected =
      conclusion
      ?? EntryContent.concluded(
        outcome: Outcome.unknown.rawValue, code: nil, errorClass: nil, sealedDigest: nil, contentDigest: nil)
    var row = ContentBytes()
    row.append(exchange.outcome)
    row.append(exchange.code)
    row.append(exchange.errorClass)
    let contents = contents
    let problem = try reader.first(
      "SELECT \(contents ? "sealed" : "NULL") FROM exchange_content WHERE id = ?1",
      .int(ExchangePart.problem.row(of: exchange.id))
    ) { $0.blobOrNull(0) }
    switch problem {
    case nil where !isErased: row.append(nil as [UInt8]?)
    case nil: break
    case .some(let sealed?): row.append(Digest.sm3.hash(sealed))
    case .some(nil): break
    }
    return expected.starts(with: row.bytes)
  }
}
