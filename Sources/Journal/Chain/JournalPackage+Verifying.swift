public import Crypto
internal import CivilTime
internal import Documents
internal import Exchanges

/// Checks an export line by line, in the order of its lines; needs neither the database nor a key, and keeps no entry.
public struct JournalPackageVerifier {
  /// Follows the entries; nil before the first line.
  private var chain: ChainVerifier?
  private var range: PackageRangeCheck?
  private var result = JournalVerification()
  private var lineNumber = 0
  private var version = 1
  /// Something that packages of the first version have not.
  private var needsSecondVersion = false
  /// Where a part was looked for that some entry behind must say to have been erased.
  private var missing: [MissingPart: Int64] = [:]
  private let key: SM2.PublicKey?

  private struct MissingPart: Hashable {
    let exchange: Int64
    let part: ExchangePart
  }

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
    result.unsigned = max(0, chain.number - chain.signedUpTo)
    guard result.finding == nil else { return result }
    result.finding = chain.finish()
    if result.finding == nil, chain.signedUpTo < chain.number || result.entries == 0 {
      result.finding = JournalFinding(
        kind: .truncated, entry: chain.number + 1, exchange: nil,
        message: "no checkpoint covers the last entries: the export was cut off")
    }
    if result.finding == nil { result.finding = firstMissing() ?? range?.finish(at: chain.number) }
    return result
  }

  /// Erasures are believed only when the chain over them has been followed.
  private func firstMissing() -> JournalFinding? {
    if let (gone, entry) = missing.min(by: {
      ($0.value, $0.key.part.rawValue) < ($1.value, $1.key.part.rawValue)
    }) {
      return JournalFinding(
        kind: .missingContent, entry: entry, exchange: gone.exchange,
        message: "the \(gone.part.word) is not in the export, and nothing says that it was erased")
    }
    guard version == JournalPackage.rangeVersion || (version == 2) == needsSecondVersion else {
      return JournalFinding(
        kind: .malformed, entry: nil, exchange: nil, message: "the export's version is not that of its lines")
    }
    return nil
  }

  private mutating func readHead(_ line: JSONValue) throws -> JournalFinding? {
    guard line["format"]?.string == JournalPackage.format,
      let version = line["version"]?.integer, JournalPackage.versions.contains(Int(version)),
      let first = line["first"]?.integer, first > 0, let link = line["linkBefore"]?.string
    else { return malformed("the first line is not that of an export this program knows") }
    self.version = Int(version)
    chain = ChainVerifier(after: Int64(first) - 1, link: try Hex.decode(link), checkpoints: [], key: key)
    guard self.version == JournalPackage.rangeVersion else {
      return line.hasOnly(["format", "version", "first", "linkBefore"])
        ? nil : malformed("the first line has members that no export of exchanges has")
    }
    guard line.hasOnly(["format", "version", "first", "linkBefore", "last", "platform", "operation"]),
      let last = line["last"]?.integer, last >= first, line["operation"] == nil || line["platform"] != nil
    else { return malformed("the first line is not that of an export of a range") }
    let range = JournalRange(
      Int64(first)...Int64(last), platform: line["platform"]?.string, operation: line["operation"]?.string)
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
    var parts: (of: ExchangeSummary, names: [ExchangePart])?
    var erasedParts: UInt8 = 0
    if let row = line["row"] {
      guard let (summary, token) = try JournalPackage.row(row), summary.id.rawValue == Int64(exchange) else {
        return malformed("the row is not whole")
      }
      given = .row(platform: summary.platform, operation: summary.operation)
      digest = Digest.sm3.hash(EntryContent.recorded(summary, token: token))
      parts = (summary, [.request, .response])
    } else if let answer = line["answer"] {
      guard let summary = try JournalPackage.answer(answer, of: Int64(exchange)) else {
        return malformed("the answer is not whole")
      }
      given = .content
      digest = Digest.sm3.hash(EntryContent.answered(summary))
      needsSecondVersion = true
      parts = (summary, [.response])
    } else if let content = line["content"]?.string {
      let content = try Hex.decode(content)
      given = .content
      digest = Digest.sm3.hash(content)
      if kind == .erased { erasedParts = content.first ?? 0 }
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
    if let finding = range?.take(entry, given) { return finding }
    for part in ExchangePart.allCases where erasedParts & part.bit != 0 {
      missing[MissingPart(exchange: entry.exchange, part: part)] = nil
    }
    guard let parts else { return nil }
    if kind == .recorded { result.exchanges += 1 }
    return try check(line["parts"], parts.names, of: parts.of, entry: entry.number)
  }

  /// The ciphertexts, and the contents in clear where they are given, against the row's digests.
  private mutating func check(
    _ parts: JSONValue?, _ vouchedFor: [ExchangePart], of exchange: ExchangeSummary, entry: Int64
  ) throws -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: entry, exchange: exchange.id.rawValue, message: message)
    }
    if let parts, !parts.hasOnly(Set(ExchangePart.allCases.map(\.word))) {
      return finding(.malformed, "there are parts that no exchange has")
    }
    for part in vouchedFor {
      let given = parts?[part.word]
      let digests = exchange.digests
      let (sealedDigest, contentDigest) =
        part == .request
        ? (digests.requestSealed, digests.requestContent) : (digests.responseSealed, digests.responseContent)
      guard let sealedDigest, let contentDigest else {
        if given != nil { return finding(.alteredContent, "there is a \(part.word) where none was recorded") }
        continue
      }
      guard let given else {
        missing[MissingPart(exchange: exchange.id.rawValue, part: part)] = entry
        needsSecondVersion = true
        continue
      }
      guard given.hasOnly(["sealed", "content"]), let sealed = given["sealed"]?.string else {
        return finding(.missingContent, "the \(part.word) is not in the export")
      }
      guard Digest.sm3.hash(try Base64.decode(sealed)) == sealedDigest else {
        return finding(.alteredContent, "the \(part.word) is not the one that was recorded")
      }
      if let content = given["content"]?.string,
        Digest.sm3.hash(try Base64.decode(content)) != contentDigest
      {
        return finding(.alteredContent, "the \(part.word) in clear is not the one that was recorded")
      }
      result.contents += 1
    }
    return nil
  }

  /// - Parameter entry: nil: the one that should have followed those before it.
  private func malformed(_ message: String, entry: Int64? = nil) -> JournalFinding {
    JournalFinding(
      kind: .malformed, entry: entry ?? chain.map { $0.number + 1 }, exchange: nil,
      message: "line \(lineNumber): \(message)")
  }
}

extension JSONValue {
  /// Whether it is an object whose members all have one of these names: what is not read would be no part of the proof.
  fileprivate func hasOnly(_ names: Set<String>) -> Bool {
    isObject && members.allSatisfy { names.contains($0.key) }
  }
}
