import Adapters
import CivilTime
import Exchanges
import Replay

/// Replays as lists and reports show them.
enum ReplayView {
  static func table(of replays: [Replay]) -> TextTable {
    var table = TextTable(
      "ID", "PLANNED", "DEPTH", "OPERATION", "STATE", "ITEMS", "SUCCEEDED", "FAILED", "LEFT")
    for replay in replays {
      let counts = replay.counts
      table.row(
        "\(replay.id)", replay.created.iso8601, replay.depth.rawValue,
        "\(replay.query.platform)/\(replay.query.operation)", replay.state.rawValue, "\(counts.total)",
        "\(counts.succeeded)", "\(counts.failed)", "\(counts.pending + counts.waiting + counts.unknown)")
    }
    return table
  }

  static func write(_ replay: Replay, to output: Output) {
    let (query, counts) = (replay.query, replay.counts)
    line("replay", "\(replay.id) (\(replay.depth.rawValue))", output)
    line("operation", "\(query.platform)/\(query.operation)", output)
    line("since", query.since?.iso8601, output)
    line("until", query.until?.iso8601, output)
    line("outcome", query.outcome?.rawValue, output)
    line("class", query.errorClass?.rawValue, output)
    line("mapping", query.mappingVersion.map { "version \($0)" }, output)
    line("case", query.sequence, output)
    line("state", replay.state.rawValue, output)
    line(
      "items",
      "\(counts.total): \(counts.succeeded) succeeded, \(counts.failed) failed, \(counts.waiting) handed in, \(counts.pending) left"
        + (counts.unknown > 0 ? ", \(counts.unknown) that somebody has to find out about" : ""), output)
    line(
      "terms",
      "trial of \(replay.terms.canary), at most \(replay.terms.rate) a second, stops above \(replay.terms.mostErrors) % of errors",
      output)
  }

  static func write(_ preview: ReplayPreview, to output: Output) {
    for (reason, count) in preview.leftOut.sorted(by: { $0.key < $1.key }) {
      line("left out", "\(count): \(reason)", output)
    }
    for (name, count) in sorted(preview.idempotency) { line("idempotency", "\(count) \(name)", output) }
    if preview.calls > 0 {
      let quota =
        preview.daily.map {
          ", of \($0) a day; \(preview.leftToday ?? $0) are left today for what is not due"
        } ?? ""
      line("calls", "\(preview.calls)\(quota)", output)
    }
    line("takes", "\(Int(preview.seconds.rounded(.up))) s at \(preview.rate) a second", output)
    if preview.calls > 0 { write(preview.deadlines, of: preview, output) }
    if preview.calls == 0 {
      let records = preview.records
      line(
        "records",
        (preview.isExact ? "" : "about ")
          + "\(records.new) new, \(records.changed) changed, \(records.unchanged) unchanged, \(preview.quarantined) quarantined",
        output)
    }
  }

  private static func write(_ deadlines: DeadlineEffect, of preview: ReplayPreview, _ output: Output) {
    guard let begins = preview.begins, let ends = preview.ends else {
      return line("ends", "not within ten years", output)
    }
    line("begins", "\(begins.iso8601), were it started now", output)
    line("ends", ends.iso8601 + (preview.days > 1 ? ", over \(preview.days) days" : ""), output)
    if let earliest = deadlines.earliest {
      line(
        "due",
        "\(deadlines.overdue) are past due, \(deadlines.becomeOverdue) would be by their turn; the earliest at \(earliest.iso8601)",
        output)
    }
    if deadlines.delayed > 0 {
      line("delays", "\(deadlines.delayed) waiting pushes of the platform would be late by its calls", output)
    }
  }

  private static func line(_ name: String, _ value: String?, _ output: Output) {
    guard let value else { return }
    output.line(TerminalText.safe(name + String(repeating: " ", count: max(1, 14 - name.count)) + value))
  }

  private static func sorted(_ classes: [Idempotency.Class: Int]) -> [(name: String, count: Int)] {
    classes.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
  }
}
