/// The texts that mean "no value".
struct NullTexts: Sendable, Hashable {
  /// What platforms write where nothing is to be said.
  static let standard = NullTexts(["", "/", "无"])

  let texts: [String]
  private let longest: Int
  private let bytes: [[UInt8]]

  init(_ texts: [String]) {
    self.texts = texts
    bytes = texts.map { Array($0.utf8) }
    longest = bytes.map(\.count).max() ?? -1
  }

  func contains(_ text: String) -> Bool {
    // Nearly every value is longer than any of these.
    let span = text.utf8.span
    guard span.count <= longest else { return false }
    candidates: for candidate in bytes where candidate.count == span.count {
      for index in candidate.indices where candidate[index] != span[index] { continue candidates }
      return true
    }
    return false
  }
}
