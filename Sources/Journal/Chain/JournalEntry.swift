internal import CivilTime
internal import Crypto
internal import Exchanges

/// One link of the journal's chain: that something happened to an exchange, and a digest of what.
///
/// link = SM3(link before ‖ number (8) ‖ kind (1) ‖ exchange (8) ‖ moment (8) ‖ SM3(content)), big-endian. The link before the first is 32 zero bytes. Since
/// only digests go in, content can be erased, and the row pruned, without breaking the chain.
struct JournalEntry: Hashable, Sendable {
  enum Kind: Int, CaseIterable, Sendable {
    /// The chain begins. The exchange is the last one recorded before there was a chain, 0 for none.
    case begun = 0
    /// An exchange was recorded. The content is its row without the outcome, with the digests of its parts.
    case recorded = 1
    /// It was said how an exchange ended.
    case concluded = 2
    /// Keys were destroyed, so that parts cannot be opened any more.
    case erased = 3
    /// The exchange's rows were removed by retention.
    case pruned = 4
    /// What came back was added to an exchange that had been recorded before it left.
    case answered = 5
    /// A person decided about something that was handed in. The exchange is 0: it may be about none. The content says what was decided about what, with a
    /// keyed digest of who and why.
    case decided = 6
    /// A copy was put in the place of the database. The exchange is the last number that may have been given since the copy was made.
    case resumed = 7
  }

  static let linkBeforeFirst = [UInt8](repeating: 0, count: 32)

  /// 1, 2, 3 … without gaps.
  let number: Int64
  let kind: Kind
  let exchange: Int64
  /// Milliseconds of Unix time.
  let moment: Int64
  /// SM3, 32 bytes.
  let contentDigest: [UInt8]

  func link(after previous: [UInt8]) -> [UInt8] {
    var bytes = ContentBytes()
    bytes.append(raw: previous)
    bytes.append(number)
    bytes.append(raw: [UInt8(kind.rawValue)])
    bytes.append(exchange)
    bytes.append(moment)
    bytes.append(raw: contentDigest)
    return Digest.sm3.hash(bytes.bytes)
  }
}

/// Values in one unambiguous order of bytes: numbers as 8 bytes, texts and bytes with their length before them, nothing as a length that nothing else has.
struct ContentBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(raw: [UInt8]) { bytes += raw }

  mutating func append(_ number: Int64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
    }
  }

  mutating func append(_ number: Int64?) {
    bytes.append(number == nil ? 0 : 1)
    if let number { append(number) }
  }

  mutating func append(_ text: String?) {
    append(text.map { Array($0.utf8) })
  }

  mutating func append(_ blob: [UInt8]?) {
    append(blob.map { Int64($0.count) } ?? -1)
    if let blob { bytes += blob }
  }
}

/// What the entries of an exchange commit to. Never changed: links of years ago are computed from it again.
enum EntryContent {
  /// The row as it was recorded: everything but outcome, problem and an answer that came later.
  static func recorded(_ exchange: ExchangeSummary, token: [UInt8]) -> [UInt8] {
    let exchange = exchange.asRecorded
    var content = ContentBytes()
    content.append(exchange.id.rawValue)
    content.append(token)
    content.append(exchange.platform)
    content.append(exchange.operation)
    content.append(exchange.direction.rawValue)
    content.append(exchange.method)
    content.append(exchange.addressOutline)
    content.append(exchange.status.map { Int64($0) })
    content.append(exchange.created.milliseconds)
    content.append(exchange.sent?.milliseconds)
    content.append(exchange.received?.milliseconds)
    content.append(exchange.recorded.milliseconds)
    content.append(Int64(exchange.attempt))
    content.append(exchange.parent?.rawValue)
    content.append(exchange.requestID)
    content.append(exchange.requestContentType)
    content.append(Int64(exchange.requestSize))
    content.append(exchange.responseContentType)
    content.append(Int64(exchange.responseSize))
    content.append(exchange.digests.requestSealed)
    content.append(exchange.digests.requestContent)
    content.append(exchange.digests.responseSealed)
    content.append(exchange.digests.responseContent)
    return content.bytes
  }

  /// What the answer brought into the row.
  static func answered(_ exchange: ExchangeSummary) -> [UInt8] {
    var content = ContentBytes()
    content.append(exchange.answered?.milliseconds)
    content.append(exchange.status.map { Int64($0) })
    content.append(exchange.sent?.milliseconds)
    content.append(exchange.received?.milliseconds)
    content.append(exchange.responseContentType)
    content.append(Int64(exchange.responseSize))
    content.append(exchange.digests.responseSealed)
    content.append(exchange.digests.responseContent)
    return content.bytes
  }

  /// What an entry commits to whose content is the exchange's row; nil for kinds that keep their content themselves.
  static func ofRow(
    _ kind: JournalEntry.Kind, _ exchange: ExchangeSummary, token: [UInt8]
  ) -> [UInt8]? {
    switch kind {
    case .recorded: recorded(exchange, token: token)
    case .answered: answered(exchange)
    case .begun, .concluded, .erased, .pruned, .decided, .resumed: nil
    }
  }

  /// - Parameters:
  ///   - sealedDigest: SM3 of the problem's ciphertext; nil without a problem.
  ///   - contentDigest: SM3 of its salted content.
  static func concluded(
    outcome: String, code: String?, errorClass: String?, sealedDigest: [UInt8]?, contentDigest: [UInt8]?
  ) -> [UInt8] {
    var content = ContentBytes()
    content.append(outcome)
    content.append(code)
    content.append(errorClass)
    content.append(sealedDigest)
    content.append(contentDigest)
    return content.bytes
  }

  /// SM3 of the ciphertext and of the salted content of the problem that a conclusion tells of; nil for one that tells of none.
  static func problemDigests(ofConclusion content: [UInt8]) -> (sealed: [UInt8], content: [UInt8])? {
    var rest = content[...]
    // Outcome, code and class, of which the last two may be missing: eight bytes that no length has.
    for _ in 0..<3 {
      if rest.count >= 8, rest.prefix(8).allSatisfy({ $0 == 0xFF }) {
        rest = rest.dropFirst(8)
      } else {
        guard let behind = text(rest)?.rest else { return nil }
        rest = behind
      }
    }
    let digest = [UInt8](repeating: 0, count: 7) + [32]
    guard rest.count == 80, rest.prefix(8).elementsEqual(digest),
      rest.dropFirst(40).prefix(8).elementsEqual(digest)
    else { return nil }
    return (Array(rest.dropFirst(8).prefix(32)), Array(rest.dropFirst(48)))
  }

  /// - Parameters:
  ///   - subject: what it is about, such as `push-57`.
  ///   - digest: keyed, of who decided, why and when.
  static func decided(_ subject: String, _ decision: String, digest: [UInt8]) -> [UInt8] {
    var content = ContentBytes()
    content.append(subject)
    content.append(decision)
    content.append(digest)
    return content.bytes
  }

  /// What a decision is about; empty for what is none.
  static func subject(ofDecision content: [UInt8]) -> String { text(content[...])?.text ?? "" }

  /// What was decided; empty for what is no decision.
  static func word(ofDecision content: [UInt8]) -> String {
    text(content[...]).flatMap { text($0.rest)?.text } ?? ""
  }

  /// The text at the beginning, and what stands behind it.
  private static func text(_ content: ArraySlice<UInt8>) -> (text: String, rest: ArraySlice<UInt8>)? {
    let count = content.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    guard content.count > 8, (0...Int64(content.count - 8)).contains(count) else { return nil }
    let rest = content.dropFirst(8)
    return (String(decoding: rest.prefix(Int(count)), as: UTF8.self), rest.dropFirst(Int(count)))
  }

  /// The parts by their bits: 1 request, 2 response, 4 problem.
  static func erased(_ parts: Set<ExchangePart>) -> [UInt8] {
    [parts.reduce(0) { $0 | $1.bit }]
  }
}
