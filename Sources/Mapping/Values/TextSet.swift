/// A few short texts, found again by their bytes: those that mean "no value", those a condition asks for.
struct TextSet: Sendable, Hashable {
  /// What platforms write where nothing is to be said.
  static let nulls = TextSet(["", "/", "无"])

  let texts: [String]
  private let longest: Int
  private let bytes: [[UInt8]]

  init(_ texts: [String]) {
    self.texts = texts
    bytes = texts.map { Array($0.utf8) }
    longest = bytes.map(\.count).max() ?? -1
  }

  func contains(_ text: String) -> Bool {
    // Nearly every value is longer than any of the texts.
    let span = text.utf8.span
    guard span.count <= longest else { return false }
    candidates: for candidate in bytes where candidate.count == span.count {
      for index in candidate.indices where candidate[index] != span[index] { continue candidates }
      return true
    }
    return false
  }
}
