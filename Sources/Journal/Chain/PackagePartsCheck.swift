internal import Crypto
internal import Documents

/// The ciphertexts in an export against the digests that its entries commit to, and whether an entry says why one is not there. Pure.
struct PackagePartsCheck {
  /// A part that an entry commits to; without digests it committed to there being none.
  struct Vouched {
    let part: ExchangePart
    let digests: (sealed: [UInt8], content: [UInt8])?
    /// Whether it may be missing only where an entry behind says that it was erased.
    var isNeeded = true
  }

  private struct MissingPart: Hashable {
    let exchange: Int64
    let part: ExchangePart
  }

  /// Where a part was looked for that some entry behind must say to have been erased.
  private var missing: [MissingPart: Int64] = [:]
  /// Whether anything was ever missing, explained or not.
  private(set) var hasMissed = false
  /// How many ciphertexts are the ones that were recorded.
  private(set) var compared: Int64 = 0

  /// - Parameter parts: what the entry's line gives.
  mutating func take(
    _ parts: JSONValue?, of entry: JournalEntry, _ vouched: [Vouched]
  ) -> JournalFinding? {
    func finding(_ kind: JournalFinding.Kind, _ message: String) -> JournalFinding {
      JournalFinding(kind: kind, entry: entry.number, exchange: entry.exchange, message: message)
    }
    if let parts, !parts.hasOnly(Set(vouched.map(\.part.word))) {
      return finding(.malformed, "there are parts that the entry does not commit to")
    }
    for one in vouched {
      let word = one.part.word
      let given = parts?[word]
      // Of a problem the latest conclusion counts.
      missing[MissingPart(exchange: entry.exchange, part: one.part)] = nil
      guard let digests = one.digests else {
        if given != nil { return finding(.alteredContent, "there is a \(word) where none was recorded") }
        continue
      }
      guard let given else {
        if one.isNeeded {
          missing[MissingPart(exchange: entry.exchange, part: one.part)] = entry.number
          hasMissed = true
        }
        continue
      }
      guard given.hasOnly(["sealed", "content"]), let sealed = given["sealed"]?.string else {
        return finding(.missingContent, "the \(word) is not in the export")
      }
      guard Self.isBase64(sealed, of: digests.sealed) else {
        return finding(.alteredContent, "the \(word) is not the one that was recorded")
      }
      if let content = given["content"] {
        guard let text = content.string, Self.isBase64(text, of: digests.content) else {
          return finding(.alteredContent, "the \(word) in clear is not the one that was recorded")
        }
      }
      compared += 1
    }
    return nil
  }

  /// Takes an entry that says what was erased.
  mutating func takeErasure(_ bits: UInt8, of exchange: Int64) {
    for part in ExchangePart.allCases where bits & part.bit != 0 {
      missing[MissingPart(exchange: exchange, part: part)] = nil
    }
  }

  /// Erasures are believed only when the chain over them has been followed.
  func finish() -> JournalFinding? {
    let first = missing.min { ($0.value, $0.key.part.rawValue) < ($1.value, $1.key.part.rawValue) }
    guard let (gone, entry) = first else { return nil }
    return JournalFinding(
      kind: .missingContent, entry: entry, exchange: gone.exchange,
      message: "the \(gone.part.word) is not in the export, and nothing says that it was erased")
  }

  private static func isBase64(_ text: String, of digest: [UInt8]) -> Bool {
    guard let bytes = try? Base64.decode(text) else { return false }
    return Digest.sm3.hash(bytes) == digest
  }
}

extension JSONValue {
  /// Whether it is an object whose members all have one of these names: what is not read would be no part of the proof.
  func hasOnly(_ names: Set<String>) -> Bool {
    isObject && members.allSatisfy { names.contains($0.key) }
  }
}
