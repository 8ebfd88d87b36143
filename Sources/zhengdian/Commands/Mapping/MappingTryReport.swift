import Certificates
import Documents
import Exchanges
import Mapping

/// What a mapping made of a message, row by row, with personal data masked unless it may be seen.
struct MappingTryReport {
  let result: MappingResult
  /// The fields shown whole; nil: all.
  let revealing: Set<Field>?

  func write(to output: Output) {
    for record in result.records { write(record, to: output) }
    for row in result.quarantined {
      output.line(
        "\(output.paint(row.locator.path, .bold))  \(row.entity)  \(output.paint("quarantined", .red))")
      for reason in row.reasons { output.line("  \(TerminalText.safe(reason.description))") }
      write(row.warnings, to: output)
    }
    for orphan in result.orphans {
      output.line("\(orphan.locator.path)  \(orphan.entity).\(orphan.join)  belongs to no row")
    }
    for entity in result.absentEntities {
      output.line("the message has no place for the rows of '\(entity)'")
    }
    output.line(
      "\(DiagnosticReport.count(result.rows, "row")): \(DiagnosticReport.count(result.records.count, "record")), "
        + "\(result.quarantined.count) quarantined, \(result.skipped) skipped")
  }

  func writeJSON(to output: Output) {
    var lines = JSONLines(output)
    for mapped in result.records {
      let (record, hidden) = shown(mapped.record)
      lines.object { writer in
        writer.member("locator", mapped.locator.path)
        writer.member("entity", mapped.entity)
        writer.member("record") { record.write(to: &$0) }
        writer.member("hidden", hidden)
        Self.write(mapped.warnings, as: "warnings", &writer)
      }
    }
    for row in result.quarantined {
      lines.object { writer in
        writer.member("locator", row.locator.path)
        writer.member("entity", row.entity)
        Self.write(row.reasons, as: "quarantined", &writer)
        Self.write(row.warnings, as: "warnings", &writer)
      }
    }
    lines.object { writer in
      writer.member("rows", result.rows)
      writer.member("records", result.records.count)
      writer.member("quarantined", result.quarantined.count)
      writer.member("skipped", result.skipped)
      writer.member("orphans", result.orphans.map(\.locator.path))
      writer.member("absent", result.absentEntities)
    }
    lines.flush()
  }

  private func shown(_ record: CertificateRecord) -> (CertificateRecord, hidden: [String]) {
    guard let revealing else { return (record, []) }
    let masked = record.masked(revealing: revealing)
    return (masked.record, masked.hiddenPaths)
  }

  private func write(_ mapped: MappedRecord, to output: Output) {
    let (record, hidden) = shown(mapped.record)
    output.line(
      "\(output.paint(mapped.locator.path, .bold))  \(mapped.entity)  \(record.kind.rawValue)")
    var table = TextTable("  field", "title", "value")
    func add(_ values: FieldValues, _ path: String) {
      for entry in values.entries {
        table.row("  \(path).\(entry.field.name)", entry.field.title, entry.value.displayText)
      }
    }
    add(record.basic, "basic")
    for (place, holder) in record.holders.enumerated() { add(holder, "holders[\(place)]") }
    add(record.specific, "specific")
    add(record.management, "management")
    table.write(to: output)
    let leftOut = hidden.filter { !isPresent($0, in: record) }
    if !leftOut.isEmpty { output.line("  hidden: \(leftOut.joined(separator: ", "))") }
    write(mapped.warnings, to: output)
    output.line()
  }

  /// Whether a path of a masked field still shows something.
  private func isPresent(_ path: String, in record: CertificateRecord) -> Bool {
    let groups = [("basic", record.basic), ("specific", record.specific), ("management", record.management)]
    let holders = record.holders.enumerated().map { ("holders[\($0)]", $1) }
    return (groups + holders).contains { name, values in
      values.entries.contains { "\(name).\($0.field.name)" == path }
    }
  }

  private func write(_ problems: [RowProblem], to output: Output) {
    for problem in problems {
      output.line("  \(output.paint("warning", .yellow)): \(TerminalText.safe(problem.description))")
    }
  }

  private static func write(_ problems: [RowProblem], as name: String, _ writer: inout JSONWriter) {
    writer.member(name) { writer in
      writer.array { writer in
        for problem in problems {
          writer.object { writer in
            writer.member("code", problem.code)
            writer.member("field", problem.field)
            writer.member("source", problem.source)
            writer.member("message", problem.message)
          }
        }
      }
    }
  }
}
