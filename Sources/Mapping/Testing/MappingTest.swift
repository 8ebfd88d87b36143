import Certificates
public import Documents
import Exchanges

/// Compares what a mapping makes of a sample with what it should make of it.
public enum MappingTest {
  /// Everything the mapping gives for a sample, as pretty JSON that is the same for the same meaning: records with their
  /// locators and warnings, quarantined rows with their reasons, and the counts. Personal data: samples hold invented
  /// people only.
  ///
  /// Throws when the sample cannot be parsed or is not of the mapping's format.
  public static func outcome(
    of mapping: CompiledMapping, sample: [UInt8], charset: Charset? = nil
  ) throws -> [UInt8] {
    let message = try MessageDocument(parsing: sample, as: mapping.format, charset: charset)
    return encode(try mapping.apply(to: message))
  }

  /// The differences between what is expected (as ``outcome(of:sample:charset:)`` writes it) and what the mapping gives,
  /// a line each; none when all is well.
  public static func differences(
    of mapping: CompiledMapping, sample: [UInt8], charset: Charset? = nil, expected: [UInt8]
  ) throws -> [String] {
    let actual = try outcome(of: mapping, sample: sample, charset: charset)
    if actual == expected { return [] }
    let differences = JSONDifference.lines(
      expected: try JSONDocument(parsing: expected).root, actual: try JSONDocument(parsing: actual).root)
    return differences.isEmpty
      ? ["the same in another layout: record it again, so that later changes stand out"] : differences
  }

  static func encode(_ result: MappingResult) -> [UInt8] {
    var writer = JSONWriter(layout: .pretty(indent: 2), reservingCapacity: 4096)
    writer.object { writer in
      writer.member("rows", result.rows)
      writer.member("skipped", result.skipped)
      writer.member("records") { writer in
        writer.array { writer in for record in result.records { write(record, &writer) } }
      }
      writer.member("quarantined") { writer in
        writer.array { writer in for row in result.quarantined { write(row, &writer) } }
      }
      if !result.orphans.isEmpty {
        writer.member("orphans", result.orphans.map { "\($0.entity).\($0.join) \($0.locator)" })
      }
      if !result.absentEntities.isEmpty { writer.member("absent", result.absentEntities) }
    }
    return writer.takeBytes() + [UInt8(ascii: "\n")]
  }

  private static func write(_ mapped: MappedRecord, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("entity", mapped.entity)
      writer.member("locator", mapped.locator.path)
      writer.member("record") { mapped.record.write(to: &$0) }
      write(mapped.warnings, as: "warnings", &writer)
    }
  }

  private static func write(_ row: QuarantinedRow, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("entity", row.entity)
      writer.member("locator", row.locator.path)
      write(row.reasons, as: "reasons", &writer)
      write(row.warnings, as: "warnings", &writer)
    }
  }

  private static func write(_ problems: [RowProblem], as name: String, _ writer: inout JSONWriter) {
    if !problems.isEmpty { writer.member(name, problems.map(\.description)) }
  }
}
