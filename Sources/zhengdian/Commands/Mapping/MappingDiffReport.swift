import Certificates
import Documents
import Exchanges
import Mapping
import Sync

/// How the differences of two mappings are told. Values are masked; a path tells enough for most questions.
enum MappingDiffReport {
  static func write(
    _ difference: MappingComparison.Difference, of key: OperationKey, _ invocation: Invocation
  ) {
    guard invocation.wantsJSON else { return show(difference, of: key, on: invocation.output) }
    invocation.output.json { writer in
      writer.member("exchange", difference.exchange.rawValue)
      writer.member("operation", key.description)
      writer.member("locator", difference.locator.path)
      writer.member("entity", difference.entity)
      writer.member("kind", difference.kind.rawValue)
      writer.member("fields", difference.fields)
      writer.member("reasons", difference.reasons.map(\.description))
    }
  }

  private static func show(
    _ difference: MappingComparison.Difference, of key: OperationKey, on output: Output
  ) {
    output.line(
      "\(output.paint(difference.kind.rawValue, .bold))  \(key), exchange \(difference.exchange), "
        + "\(difference.locator.path)  \(difference.entity)")
    let (old, new) = (difference.old?.masked().record, difference.new?.masked().record)
    for field in difference.fields {
      let (before, after) = (text(of: field, in: old), text(of: field, in: new))
      output.line(TerminalText.safe("    \(field): \(before) → \(after)"))
    }
    for reason in difference.reasons { output.line(TerminalText.safe("    \(reason)")) }
  }

  /// What became of the comparison as a trial.
  struct Kept {
    let id: Int64
    let shortfalls: [TrialPolicy.Shortfall]
    let isAccepted: Bool

    var text: String {
      let reasons = shortfalls.map(\.description).joined(separator: ", ")
      if shortfalls.isEmpty { return "trial \(id) has passed: this content may go live" }
      return isAccepted
        ? "trial \(id) is accepted: this content may go live although \(reasons)"
        : "trial \(id) has not passed: \(reasons)"
    }
  }

  /// - Parameter trial: nil where none was kept.
  static func write(
    _ total: MappingComparison.Statistics, shown: Int, trial: Kept?, _ invocation: Invocation
  ) {
    let output = invocation.output
    let fields = total.fields.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard invocation.wantsJSON else {
      if total.differing > shown { output.line("… and \(total.differing - shown) more differences") }
      if !fields.isEmpty {
        var table = TextTable("FIELD", "ROWS")
        for (field, count) in fields { table.row(field, String(count)) }
        table.write(to: output)
      }
      output.line(
        "\(total.exchanges) exchanges: \(total.oldRecords) records before, \(total.newRecords) after; "
          + MappingComparison.Difference.Kind.allCases.map { "\(total.differences[$0] ?? 0) \($0.rawValue)" }
          .joined(separator: ", ")
          + "; \(total.oldQuarantined) rows quarantined before, \(total.newQuarantined) after")
      if total.unread > 0 {
        output.line(
          "\(total.unread) exchanges could not be compared: erased, or not as the adapter says today")
      }
      if let trial { output.line(trial.text) }
      return
    }
    output.json { writer in
      writer.member("exchanges", total.exchanges)
      writer.member("unread", total.unread)
      writer.member("recordsBefore", total.oldRecords)
      writer.member("recordsAfter", total.newRecords)
      writer.member("quarantinedBefore", total.oldQuarantined)
      writer.member("quarantinedAfter", total.newQuarantined)
      for kind in MappingComparison.Difference.Kind.allCases {
        writer.member(kind.rawValue, total.differences[kind] ?? 0)
      }
      writer.member("fields") { writer in
        writer.object { writer in for (field, count) in fields { writer.member(field, count) } }
      }
      if let trial {
        writer.member("trial", trial.id)
        writer.member("passed", trial.shortfalls.isEmpty)
        writer.member("accepted", trial.isAccepted)
      }
    }
  }

  private static func text(of path: String, in record: CertificateRecord?) -> String {
    guard let record else { return "–" }
    let groups = [("basic", record.basic), ("specific", record.specific), ("management", record.management)]
    let holders = record.holders.enumerated().map { ("holders[\($0)]", $1) }
    for (name, values) in groups + holders {
      for entry in values.entries where "\(name).\(entry.field.name)" == path {
        return entry.value.displayText
      }
    }
    return "–"
  }
}
