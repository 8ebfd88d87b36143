import Adapters
import CivilTime
import Documents
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
        "\(counts.succeeded)", "\(counts.failed)", "\(counts.pending + counts.waiting)")
    }
    return table
  }

  static func writeMembers(_ replay: Replay, to writer: inout JSONWriter) {
    writer.member("id", replay.id.rawValue)
    writer.member("depth", replay.depth.rawValue)
    writer.member("state", replay.state.rawValue)
    writer.member("query") { replay.query.write(to: &$0) }
    writer.member("canary", replay.terms.canary)
    writer.member("rate", replay.terms.rate)
    writer.member("mostErrors", replay.terms.mostErrors)
    writer.member("needsApproval", replay.needsApproval)
    writer.member("items", replay.counts.total)
    writer.member("pending", replay.counts.pending)
    writer.member("waiting", replay.counts.waiting)
    writer.member("succeeded", replay.counts.succeeded)
    writer.member("failed", replay.counts.failed)
    writer.member("created", replay.created.iso8601)
    writer.member("changed", replay.changed.iso8601)
  }

  static func write(_ preview: ReplayPreview, to writer: inout JSONWriter) {
    writer.member("idempotency") { writer in
      writer.object { for (name, count) in sorted(preview.idempotency) { $0.member(name, count) } }
    }
    writer.member("leftOut") { writer in
      writer.object {
        for (reason, count) in preview.leftOut.sorted(by: { $0.key < $1.key }) { $0.member(reason, count) }
      }
    }
    writer.member("calls", preview.calls)
    writer.member("daily", preview.daily)
    writer.member("leftToday", preview.leftToday)
    writer.member("seconds", preview.seconds)
    writer.member("days", preview.days)
    writer.member("records") { writer in
      writer.object {
        $0.member("new", preview.records.new)
        $0.member("changed", preview.records.changed)
        $0.member("unchanged", preview.records.unchanged)
        $0.member("quarantined", preview.quarantined)
      }
    }
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
      "\(counts.total): \(counts.succeeded) succeeded, \(counts.failed) failed, \(counts.waiting) handed in, \(counts.pending) left",
      output)
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
      let quota = preview.daily.map { ", of \($0) a day; \(preview.leftToday ?? $0) are left today" } ?? ""
      line("calls", "\(preview.calls)\(quota)", output)
    }
    let days = preview.days > 1 ? ", over \(preview.days) days of quota" : ""
    line("takes", "\(Int(preview.seconds.rounded(.up))) s at its rate\(days)", output)
    if preview.calls == 0 {
      let records = preview.records
      line(
        "records",
        "\(records.new) new, \(records.changed) changed, \(records.unchanged) unchanged, \(preview.quarantined) quarantined",
        output)
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
