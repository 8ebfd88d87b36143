internal import Crypto

/// How far a journal had come: a note of it that is kept elsewhere finds later that the end was cut off, or the chain made anew.
///
/// Written `NUMBER:LINK`, the link in 64 hexadecimal digits.
public struct JournalPosition: Hashable, Sendable, CustomStringConvertible {
  /// Of an entry, from 1.
  public let number: Int64
  /// That entry's link, 32 bytes.
  public let link: [UInt8]

  init(number: Int64, link: [UInt8]) {
    self.number = number
    self.link = link
  }

  /// nil for a text that is no such note.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int64(parts[0]), number > 0,
      let link = try? Hex.decode(String(parts[1])),
      link.count == JournalEntry.linkBeforeFirst.count
    else { return nil }
    self.init(number: number, link: link)
  }

  public var description: String { "\(number):\(Hex.encode(link))" }
}

extension JournalCheckpoint {
  public var position: JournalPosition { JournalPosition(number: number, link: link) }
}
