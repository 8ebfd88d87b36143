import Certificates
import Exchanges
import GatewayAPI
import Mapping
import Sync

/// Where records differ, as people read it. Values are masked; a path tells enough for most questions.
enum RecordDifferenceView {
  static func write(_ difference: RecordDifference, of key: OperationKey, to output: Output) {
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

  /// How many there are besides those shown, and how often each field differs.
  static func writeSummary(_ fields: [String: Int], total: Int, shown: Int, to output: Output) {
    if total > shown { output.line("… and \(total - shown) more differences") }
    guard !fields.isEmpty else { return }
    var table = TextTable("FIELD", "ROWS")
    for (field, count) in RecordDifferenceWriter.sorted(fields) { table.row(field, String(count)) }
    table.write(to: output)
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
