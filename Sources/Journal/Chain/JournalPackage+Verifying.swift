public import Crypto
internal import CivilTime
internal import Documents
internal import Exchanges

/// Checks an export line by line; needs neither the database nor a key.
public struct JournalPackageVerifier {
  private var chain: ChainVerifier?
  private var entries: [(JournalEntry, link: [UInt8])] = []
  private var checkpoints: [JournalCheckpoint] = []
  private var head: (first: Int64, linkBefore: [UInt8])?
  private var result = JournalVerification()
  private var lineNumber = 0
  private var version = 1
  private var hasAnswers = false
  /// Parts that are not in the package: some entry of it must say that they were erased.
  private var missing: [(exchange: Int64, part: ExchangePart, entry: Int64)] = []
  /// The bits of the parts that were erased, by exchange.
  private var erased: [Int64: UInt8] = [:]
  private let key: SM2.PublicKey?

  /// - Parameter key: the only one that may have signed; nil: any, which is then named in the result.
  public init(key: SM2.PublicKey? = nil) {
    self.key = key
  }

  /// Takes the next line. False once something was found wrong; ``finish()`` tells what.
  public mutating func take(_ line: [UInt8]) -> Bool {
    lineNumber += 1
    guard result.finding == nil else { return false }
    do {
      result.finding = try read(try JSONDocument(parsing: line).root)
    } catch {
      result.finding = malformed("\(error)")
    }
    return result.finding == nil
  }

  /// Follows the chain from the first entry to the last checkpoint.
  public mutating func finish() throws -> JournalVerification {
    if result.finding != nil { return result }
    guard let head else {
      result.finding = malformed("this is no export of a journal")
      return result
    }
    var chain = ChainVerifier(
      after: head.first - 1, link: head.linkBefore, checkpoints: checkpoints, key: key)
    for (entry, link) in entries {
      result.finding = try chain.take(entry, storedLink: link)
      if result.finding != nil { return result }
      result.entries += 1
    }
    result.finding = chain.finish() ?? firstMissing()
    result.checkpoints = chain.checkpointCount
    result.publicKeys = chain.publicKeys
    result.unsigned = max(0, chain.number - chain.signedUpTo)
    if result.finding == nil, chain.signedUpTo < chain.number || entries.isEmpty {
      result.finding = JournalFinding(
        kind: .truncated, entry: chain.number, exchange: nil,
        message: "no checkpoint covers the last entries: the export was cut off")
    }
    return result
  }

  /// Erasures are believed only when the chain over them has been followed.
  private func firstMissing() -> JournalFinding? {
    for (exchange, part, entry) in missing where (erased[exchange] ?? 0) & part.bit == 0 {
      return JournalFinding(
        kind: .missingContent, entry: entry, exchange: exchange,
        message: "the \(part.word) is not in the export, and nothing says that it was erased")
    }
    guard (version == 2) == (hasAnswers || !missing.isEmpty) else {
      return JournalFinding(
        kind: .malformed, entry: nil, exchange: nil, message: "the export's version is not that of its lines")
    }
    return nil
  }

  private mutating func read(_ line: JSONValue) throws -> JournalFinding? {
    if lineNumber == 1 {
      guard line["format"]?.string == JournalPackage.format,
        let version = line["version"]?.integer, JournalPackage.versions.contains(Int(version)),
        let first = line["first"]?.integer, let link = line["linkBefore"]?.string
      else { return malformed("the first line is not that of an export this program knows") }
      head = (Int64(first), try Hex.decode(link))
      self.version = Int(version)
      return nil
    }
    guard
      line.hasOnly(
        ["entry", "kind", "exchange", "moment", "link", "row", "answer", "parts", "content", "digest"])
        || line.hasOnly(["checkpoint", "made", "link", "publicKey", "signature"])
    else { return malformed("the line has members that no line of an export has") }
    if let number = line["checkpoint"]?.integer {
      guard let made = line["made"]?.integer, let link = line["link"]?.string,
        let publicKey = line["publicKey"]?.string, let signature = line["signature"]?.string
      else { return malformed("the checkpoint is not whole") }
      checkpoints.append(
        JournalCheckpoint(
          number: Int64(number), made: .init(milliseconds: Int64(made)), link: try Hex.decode(link),
          publicKey: try SM2.PublicKey(hex: publicKey), signature: try Hex.decode(signature)))
      return nil
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
    if let row = line["row"] {
      guard let (summary, token) = try JournalPackage.row(row), summary.id.rawValue == Int64(exchange) else {
        return malformed("the row is not whole")
      }
      digest = Digest.sm3.hash(EntryContent.recorded(summary, token: token))
      result.exchanges += 1
      let finding = try check(line["parts"], [.request, .response], of: summary, entry: Int64(number))
      if let finding { return finding }
    } else if let answer = line["answer"] {
      guard let summary = try JournalPackage.answer(answer, of: Int64(exchange)) else {
        return malformed("the answer is not whole")
      }
      digest = Digest.sm3.hash(EntryContent.answered(summary))
      hasAnswers = true
      if let finding = try check(line["parts"], [.response], of: summary, entry: Int64(number)) {
        return finding
      }
    } else if let content = line["content"]?.string {
      let content = try Hex.decode(content)
      digest = Digest.sm3.hash(content)
      if kind == .erased { erased[Int64(exchange), default: 0] |= content.first ?? 0 }
    } else if let text = line["digest"]?.string {
      digest = try Hex.decode(text)
    } else {
      return malformed("the entry has neither row nor content nor digest")
    }
    let entry = JournalEntry(
      number: Int64(number), kind: kind, exchange: Int64(exchange), moment: Int64(moment),
      contentDigest: digest)
    entries.append((entry, try Hex.decode(link)))
    return nil
  }

  /// The ciphertexts, and the contents in clear where they are given, against the row's digests.
  private mutating func check(
    _ parts: JSONValue?, _ vouchedFor: [ExchangePart], of exchange: ExchangeSummary, entry: Int64
  ) throws -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: entry, exchange: exchange.id.rawValue, message: message)
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
        missing.append((exchange.id.rawValue, part, entry))
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

  private func malformed(_ message: String) -> JournalFinding {
    JournalFinding(kind: .malformed, entry: nil, exchange: nil, message: "line \(lineNumber): \(message)")
  }
}

extension JSONValue {
  /// Whether it is an object whose members all have one of these names: what is not read would be no part of the proof.
  fileprivate func hasOnly(_ names: Set<String>) -> Bool {
    isObject && members.allSatisfy { names.contains($0.key) }
  }
}
