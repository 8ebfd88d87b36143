public import Crypto
internal import CivilTime
internal import Documents
internal import Exchanges

/// Checks an export line by line, in the order of its lines; needs neither the database nor a key, and keeps no entry.
public struct JournalPackageVerifier {
  /// Follows the entries; nil before the first line.
  private var chain: ChainVerifier?
  /// One of the two, behind the first line.
  private var range: PackageRangeCheck?
  private var exchanges: PackageExchangesCheck?
  private var parts = PackagePartsCheck()
  private var result = JournalVerification()
  private var lineNumber = 0
  private var version = 1
  /// Packages of the first version have none.
  private var hasAnswers = false
  private let key: SM2.PublicKey?

  /// Entries that an export may begin and end with: whole numbers that any reader of JSON has, far from where sums overflow.
  private static let numbers = 1...(1 << 53)

  /// - Parameter key: the only one that may have signed; nil: any, which is then named in the result.
  public init(key: SM2.PublicKey? = nil) {
    self.key = key
  }

  /// Takes the next line. False once something was found wrong; ``finish()`` tells what.
  public mutating func take(_ line: [UInt8]) -> Bool {
    lineNumber += 1
    guard result.finding == nil else { return false }
    do {
      let finding = try read(try JSONDocument(parsing: line).root)
      // An export has few checkpoints. What one covers comes before anything that is wrong behind it.
      let forged = try JournalCheckpoint.firstForged(in: chain?.takeUnproven() ?? [])
      result.finding = forged?.forgery ?? finding
    } catch {
      result.finding = malformed("\(error)")
    }
    return result.finding == nil
  }

  /// To be called when no line is left.
  public mutating func finish() throws -> JournalVerification {
    guard let chain else {
      if result.finding == nil { result.finding = malformed("this is no export of a journal") }
      return result
    }
    result.checkpoints = chain.checkpointCount
    result.publicKeys = chain.publicKeys
    result.contents = parts.compared
    result.unsigned = max(0, chain.number - chain.signedUpTo)
    guard result.finding == nil else { return result }
    result.finding = chain.finish()
    if result.finding == nil, chain.signedUpTo < chain.number || result.entries == 0 {
      result.finding = JournalFinding(
        kind: .truncated, entry: chain.number + 1, exchange: nil,
        message: "no checkpoint covers the last entries: the export was cut off")
    }
    if result.finding == nil {
      result.finding =
        parts.finish() ?? range?.finish(at: chain.number) ?? exchanges?.finish()
    }
    if result.finding == nil, version < JournalPackage.oldRangeVersion,
      (version == 2) != (hasAnswers || parts.hasMissed)
    {
      result.finding = JournalFinding(
        kind: .malformed, entry: nil, exchange: nil, message: "the export's version is not that of its lines")
    }
    return result
  }

  private mutating func readHead(_ line: JSONValue) throws -> JournalFinding? {
    guard line["format"]?.string == JournalPackage.format,
      let version = line["version"]?.integer, JournalPackage.versions.contains(Int(version)),
      let first = line["first"]?.integer, Self.numbers.contains(first), let link = line["linkBefore"]?.string
    else { return malformed("the first line is not that of an export this program knows") }
    self.version = Int(version)
    chain = ChainVerifier(after: Int64(first) - 1, link: try Hex.decode(link), checkpoints: [], key: key)
    let isOfExchanges =
      self.version == JournalPackage.version
      ? line["exchanges"] != nil : self.version < JournalPackage.oldRangeVersion
    return isOfExchanges ? readExchanges(line) : readRange(line, from: Int64(first))
  }

  private mutating func readExchanges(_ line: JSONValue) -> JournalFinding? {
    var names: Set = ["format", "version", "first", "linkBefore"]
    if version == JournalPackage.version {
      let numbers = line["exchanges"]?.elements.compactMap { $0.integer.map { Int64($0) } } ?? []
      guard !numbers.isEmpty, line["exchanges"]?.count == numbers.count else {
        return malformed("the first line does not say of which exchanges the export is")
      }
      names.insert("exchanges")
      result.named = Set(numbers)
    }
    exchanges = PackageExchangesCheck(result.named)
    return line.hasOnly(names)
      ? nil : malformed("the first line has members that no export of exchanges has")
  }

  private mutating func readRange(_ line: JSONValue, from first: Int64) -> JournalFinding? {
    guard line.hasOnly(["format", "version", "first", "linkBefore", "last", "platform", "operation"]),
      let last = line["last"]?.integer, Self.numbers.contains(last), Int64(last) >= first,
      line["operation"] == nil || line["platform"] != nil
    else { return malformed("the first line is not that of an export of a range") }
    let range = JournalRange(
      first...Int64(last), platform: line["platform"]?.string, operation: line["operation"]?.string)
    self.range = PackageRangeCheck(range)
    result.range = range
    return nil
  }

  private mutating func read(_ line: JSONValue) throws -> JournalFinding? {
    if lineNumber == 1 { return try readHead(line) }
    guard
      line.hasOnly(
        ["entry", "kind", "exchange", "moment", "link", "row", "answer", "parts", "content", "digest"])
        || line.hasOnly(["checkpoint", "made", "link", "publicKey", "signature"])
    else { return malformed("the line has members that no line of an export has") }
    if let number = line["checkpoint"]?.integer {
      func bytes(_ name: String) -> [UInt8]? { line[name]?.string.flatMap { try? Hex.decode($0) } }
      guard let made = line["made"]?.integer, let link = bytes("link"), let publicKey = bytes("publicKey"),
        let signature = bytes("signature")
      else { return malformed("the checkpoint is not whole", entry: Int64(number)) }
      return chain?.take(
        JournalCheckpoint(
          number: Int64(number), made: .init(milliseconds: Int64(made)), link: link, publicKey: publicKey,
          signature: signature))
    }
    return try readEntry(line)
  }

  private mutating func readEntry(_ line: JSONValue) throws -> JournalFinding? {
    guard let number = line["entry"]?.integer, let word = line["kind"]?.string,
      let kind = JournalEntry.Kind.allCases.first(where: { "\($0)" == word }),
      let exchange = line["exchange"]?.integer, let moment = line["moment"]?.integer,
      let link = line["link"]?.string
    else { return malformed("the line is neither entry nor checkpoint") }
    let digest: [UInt8]
    let given: PackageRangeCheck.Given
    var vouched: [PackagePartsCheck.Vouched] = []
    var erasedParts: UInt8 = 0
    if let row = line["row"] {
      guard let (summary, token) = try JournalPackage.row(row), summary.id.rawValue == Int64(exchange) else {
        return malformed("the row is not whole")
      }
      given = .row(platform: summary.platform, operation: summary.operation)
      digest = Digest.sm3.hash(EntryContent.recorded(summary, token: token))
      vouched = [.init(.request, of: summary.digests), .init(.response, of: summary.digests)]
    } else if let answer = line["answer"] {
      guard let summary = try JournalPackage.answer(answer, of: Int64(exchange)) else {
        return malformed("the answer is not whole")
      }
      given = .content
      digest = Digest.sm3.hash(EntryContent.answered(summary))
      hasAnswers = true
      vouched = [.init(.response, of: summary.digests)]
    } else if let content = line["content"]?.string {
      guard kind != .recorded, kind != .answered else { return malformed("the entry has no row") }
      let content = try Hex.decode(content)
      given = .content
      digest = Digest.sm3.hash(content)
      if kind == .erased { erasedParts = content.first ?? 0 }
      if kind == .concluded, version == JournalPackage.version {
        // In a span it may have been replaced by that of a later conclusion behind.
        vouched = [
          .init(
            part: .problem, digests: EntryContent.problemDigests(ofConclusion: content),
            isNeeded: exchanges != nil)
        ]
      }
    } else if let text = line["digest"]?.string {
      given = .digest
      digest = try Hex.decode(text)
    } else {
      return malformed("the entry has neither row nor content nor digest")
    }
    let entry = JournalEntry(
      number: Int64(number), kind: kind, exchange: Int64(exchange), moment: Int64(moment),
      contentDigest: digest)
    // The chain first: what does not follow from the entry before it is told whatever else is wrong with it.
    let storedLink = try Hex.decode(link)
    if let finding = chain?.take(entry, storedLink: storedLink) { return finding }
    result.entries += 1
    if let finding = range?.take(entry, given) ?? exchanges?.take(entry, given) { return finding }
    parts.takeErasure(erasedParts, of: entry.exchange)
    if kind == .recorded, given != .digest { result.exchanges += 1 }
    return parts.take(line["parts"], of: entry, vouched)
  }

  /// - Parameter entry: nil: the one that should have followed those before it.
  private func malformed(_ message: String, entry: Int64? = nil) -> JournalFinding {
    JournalFinding(
      kind: .malformed, entry: entry ?? chain.map { $0.number + 1 }, exchange: nil,
      message: "line \(lineNumber): \(message)")
  }
}

extension PackagePartsCheck.Vouched {
  fileprivate init(_ part: ExchangePart, of digests: ExchangeDigests) {
    let (sealed, content) =
      part == .request
      ? (digests.requestSealed, digests.requestContent) : (digests.responseSealed, digests.responseContent)
    self.init(part: part, digests: sealed.flatMap { sealed in content.map { (sealed, $0) } })
  }
}
