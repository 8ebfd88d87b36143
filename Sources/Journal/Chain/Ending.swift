internal import Exchanges

/// What the row of an exchange says of its end, what the chain says of it, and which parts of it are there.
struct Ending {
  let id: Int64
  let outcome: String
  let code: String?
  let errorClass: String?
  let hasResponse: Bool
  let isAnswered: Bool
  /// When the first of its parts was erased, as the row has it.
  let erased: Int64?

  /// The bits of the parts of which there is a key.
  var keys: UInt8 = 0
  /// The bits of the parts of which there is a ciphertext.
  var contents: UInt8 = 0
  /// SM3 of the problem's ciphertext; nil without one, and where contents are not compared.
  var problemDigest: [UInt8]?

  /// The bits of the parts that the chain says were erased and not made anew.
  private(set) var erasedParts: UInt8 = 0
  private var lastEntry: Int64?
  private var conclusion: [UInt8]?
  private var firstErasure: Int64?
  private var answers = 0

  init(
    id: Int64, outcome: String, code: String?, errorClass: String?, hasResponse: Bool, isAnswered: Bool,
    erased: Int64?
  ) {
    self.id = id
    self.outcome = outcome
    self.code = code
    self.errorClass = errorClass
    self.hasResponse = hasResponse
    self.isAnswered = isAnswered
    self.erased = erased
  }

  /// Takes the next entry about the exchange.
  mutating func take(_ kind: JournalEntry.Kind?, number: Int64, content: [UInt8]?, moment: Int64) {
    lastEntry = number
    switch kind {
    case .concluded:
      conclusion = content
      // A problem that was erased is replaced by the next conclusion's.
      erasedParts &= ~ExchangePart.problem.bit
    case .erased:
      erasedParts |= content?.first ?? 0
      if firstErasure == nil { firstErasure = moment }
    case .answered: answers += 1
    default: break
    }
  }

  /// The first thing in which they disagree. To be asked when all of it is here.
  func finding(contents isCompared: Bool) -> JournalFinding? {
    if answers != (isAnswered ? 1 : 0) {
      return finding(
        .alteredContent,
        answers > 1
          ? "an answer was added more than once" : "the row does not say of its answer what the chain says")
    }
    if !agrees(contents: isCompared) {
      return finding(.alteredOutcome, "outcome or problem are not those that were concluded last")
    }
    if erased != firstErasure {
      return finding(.alteredErasure, "the row does not say of its erasure what the chain says")
    }
    for part in ExchangePart.allCases {
      let isThere: Bool =
        switch part {
        case .request: true
        case .response: hasResponse
        case .problem: contents & part.bit != 0
        }
      let hasKey = keys & part.bit != 0
      if erasedParts & part.bit != 0 {
        // Ciphertexts of what was erased stayed behind once; without their keys they are nothing.
        if hasKey { return finding(.foreignContent, "there is a key of the \(part.word), which was erased") }
      } else if isThere != hasKey {
        return isThere
          ? finding(
            .missingContent, "the key of the \(part.word) is gone, and nothing says that it was erased")
          : finding(.foreignContent, "there is a key of a \(part.word) where none was recorded")
      }
    }
    return nil
  }

  private func agrees(contents isCompared: Bool) -> Bool {
    let expected =
      conclusion
      ?? EntryContent.concluded(
        outcome: Outcome.unknown.rawValue, code: nil, errorClass: nil, sealedDigest: nil, contentDigest: nil)
    var row = ContentBytes()
    row.append(outcome)
    row.append(code)
    row.append(errorClass)
    if contents & ExchangePart.problem.bit == 0 {
      if erasedParts & ExchangePart.problem.bit == 0 { row.append(nil as [UInt8]?) }
    } else if isCompared {
      row.append(problemDigest)
    }
    return expected.starts(with: row.bytes)
  }

  private func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
    JournalFinding(kind: kind, entry: lastEntry, exchange: id, message: message)
  }
}
