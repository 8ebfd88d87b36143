/// An expression as libxml2's compiler takes it.
///
/// That of version 2.9 knows an absolute path only by an ASCII letter behind its first `/`, and refuses `/消息[1]`.
/// Written `/./消息[1]` it means the same and is taken.
struct XPathSource: Sendable {
  /// As it was written.
  let text: String
  let compilable: String
  let prefixes: [String]
  /// Whether it uses an axis whose nodes, from many starting points, are most of the document each time.
  let looksSideways: Bool
  /// Where `./` was put in, as offsets in `text`.
  private let insertions: [Int]

  /// Throws what `XPathCheck` finds.
  init(_ text: String) throws(DocumentError) {
    let check = try XPathCheck(text)
    self.text = text
    prefixes = check.prefixes
    insertions = check.bareStarts
    var bytes: [UInt8] = []
    var start = 0
    let written = Array(text.utf8)
    for offset in insertions {
      bytes += written[start..<offset]
      bytes += "./".utf8
      start = offset
    }
    bytes += written[start...]
    compilable = String(decoding: bytes, as: UTF8.self)
    looksSideways = text.contains("::") && (text.contains("following") || text.contains("preceding"))
  }

  /// The place in `text` of an offset in `compilable`.
  func position(ofCompiled offset: Int) -> DocumentPosition {
    var before = 0
    while before < insertions.count, insertions[before] + 2 * (before + 1) <= offset { before += 1 }
    return DocumentPosition(offset: offset - 2 * before, in: text)
  }
}
