import Documents
import TestSupport
import Testing

/// Random documents, written by a second, simpler writer, and damaged copies of them.
struct JSONPropertyTests {
  @Test(arguments: 0..<20)
  func readsBackWhatWasWritten(_ seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let (text, compact) = randomValue(0, &generator)
      let document = try JSONDocument(parsing: text)
      var writer = JSONWriter()
      writer.value(document.root)
      #expect(writer.text == compact)
      var pretty = JSONWriter(layout: .pretty(indent: 3))
      pretty.value(document.root)
      var again = JSONWriter()
      again.value(try JSONDocument(parsing: pretty.bytes).root)
      #expect(again.text == compact)
      // Every node's path finds that node.
      for node in try JSONPath("$..*").locatedNodes(in: document.root) {
        #expect(try JSONPath(node.path).first(in: document.root)?.writtenRange == node.value.writtenRange)
        #expect(node.value.normalizedPath == node.path)
      }
    }
  }

  /// A damaged text is refused with a position inside of it, or is another good text; never anything else.
  @Test(arguments: 0..<20)
  func survivesDamage(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed &+ 1000)
    for _ in 0..<200 {
      var bytes = Array(randomValue(0, &generator).text.utf8)
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("\"\\{}[],:0-.e".utf8.randomElement(using: &generator) ?? 0, at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      do {
        let root = try JSONDocument(parsing: bytes).root
        var writer = JSONWriter()
        writer.value(root)
        #expect(throws: Never.self) { try JSONDocument(parsing: writer.bytes) }
      } catch {
        #expect(error.position.map { 0...bytes.count ~= $0.offset } == true)
      }
    }
  }

  private func randomValue(
    _ depth: Int, _ generator: inout SplitMix64
  ) -> (text: String, compact: String) {
    func blanks() -> String { ["", "", "", " ", "\n", "\t\r", "  "].randomElement(using: &generator) ?? "" }
    func string() -> String {
      let parts = [
        "a", "b", "证照", "é", "\\n", "\\u0041", "\\uD83D\\uDE00", "\\\"", "\\\\", "\u{1F600}",
        " long enough for a word ",
      ]
      return "\""
        + (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          parts.randomElement(using: &generator) ?? ""
        }.joined() + "\""
    }
    switch Int.random(in: 0...(depth > 4 ? 2 : 6), using: &generator) {
    case 0:
      let text = string()
      return (text, text)
    case 1, 2:
      let text =
        ["0", "-1", "1.50", "1E5", "true", "false", "null", "12345678901234567890"].randomElement(
          using: &generator) ?? ""
      return (text, text)
    case 3, 4:
      let elements = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        randomValue(depth + 1, &generator)
      }
      return (
        "[" + blanks() + elements.map { blanks() + $0.text + blanks() }.joined(separator: ",") + "]",
        "[" + elements.map(\.compact).joined(separator: ",") + "]"
      )
    default:
      let members = (0..<Int.random(in: 0...4, using: &generator)).map { index in
        // The number makes names differ, as paths to repeated names would not be unique.
        (name: "\"\(index)" + string().dropFirst(), value: randomValue(depth + 1, &generator))
      }
      return (
        "{"
          + members.map { blanks() + $0.name + blanks() + ":" + blanks() + $0.value.text }.joined(
            separator: ",") + blanks() + "}",
        "{" + members.map { $0.name + ":" + $0.value.compact }.joined(separator: ",") + "}"
      )
    }
  }
}
