public import Applications
import Documents

/// Compares what a template makes of a sample with what it should make of it.
public enum TemplateTest {
  /// The message, as a file: JSON with a line for each value, XML as it is sent. The same meaning gives the same bytes.
  ///
  /// Throws when the sample is no record, or does not become a message.
  public static func outcome(
    of template: CompiledTemplate, record: [UInt8], attachments: [Attachment] = []
  ) throws -> [UInt8] {
    let message = try template.render(ApplicationRecord(decoding: record), attachments: attachments)
    guard template.format == .json else { return message }
    var writer = JSONWriter(layout: .pretty(indent: 2))
    writer.value(try JSONDocument(parsing: message).root)
    return writer.takeBytes() + [UInt8(ascii: "\n")]
  }

  /// The differences between the expected message and the one the template gives, a line each; none when all is well.
  public static func differences(
    of template: CompiledTemplate, record: [UInt8], attachments: [Attachment] = [], expected: [UInt8]
  ) throws -> [String] {
    let actual = try outcome(of: template, record: record, attachments: attachments)
    if actual == expected { return [] }
    guard template.format == .json else { return lines(template, expected, actual) }
    let differences = JSONDifference.lines(
      expected: try JSONDocument(parsing: expected).root, actual: try JSONDocument(parsing: actual).root)
    return differences.isEmpty
      ? ["the same in another layout: record it again, so that later changes stand out"] : differences
  }

  private static let mostLines = 100

  /// XML line by line: each element stands on its own.
  private static func lines(
    _ template: CompiledTemplate, _ expected: [UInt8], _ actual: [UInt8]
  ) -> [String] {
    func split(_ bytes: [UInt8]) -> [String] {
      let utf8 = (try? template.charset.decode(bytes)) ?? bytes
      return utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    let (wanted, given) = (split(expected), split(actual))
    var lines: [String] = []
    for index in 0..<max(wanted.count, given.count) where lines.count < mostLines {
      let (old, new) = (index < wanted.count ? wanted[index] : nil, index < given.count ? given[index] : nil)
      if old != new {
        lines.append("line \(index + 1): expected \(old ?? "nothing"), is \(new ?? "nothing")")
      }
    }
    return lines
  }
}
