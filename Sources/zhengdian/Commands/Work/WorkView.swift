import CivilTime
import Exchanges
import Pushing
import Work

/// Items of the queue as lists and summaries show them.
enum WorkView {
  static func table(of items: [WorkItem]) -> TextTable {
    var table = TextTable("ID", "KIND", "LANE", "KEY", "STATE", "TRIES", "DUE", "HOLDER", "PROBLEM")
    for item in items {
      table.row(
        "\(item.id)", item.kind.rawValue, TerminalText.safe(item.lane), shortened(item.key),
        item.state.rawValue,
        "\(item.attempts)", item.due.iso8601, TerminalText.safe(item.owner ?? ""),
        TerminalText.safe(item.problem?.code ?? ""))
    }
    return table
  }

  static func write(_ item: WorkItem, push: PushID?, to output: Output) {
    func line(_ name: String, _ value: String?) {
      guard let value else { return }
      output.line(TerminalText.safe(name + String(repeating: " ", count: max(1, 14 - name.count)) + value))
    }
    line("work", "\(item.id) (\(item.kind.rawValue))")
    line("lane", item.lane)
    line("sequence", item.sequence)
    line("key", item.key)
    line("push", push.map { "\($0)" })
    line("state", item.state.rawValue)
    line(
      "tries",
      "\(item.attempts)" + (item.vanished > 0 ? ", and \(item.vanished) holders in a row that vanished" : ""))
    line("enqueued", item.enqueued.iso8601)
    line("due", item.ended == nil ? item.due.iso8601 : nil)
    line("holder", item.owner.map { "\($0)\(item.leaseUntil.map { " until \($0.iso8601)" } ?? "")" })
    line("ended", item.ended?.iso8601)
    line("problem", item.problem.map { "\($0.code) (\($0.errorClass.rawValue))" })
    line("", item.problem.flatMap { $0.message.isEmpty ? nil : $0.message })
    line("to do", item.problem.flatMap { $0.remedy.isEmpty ? nil : $0.remedy })
  }

  /// Digests are long, and their beginning tells them apart.
  private static func shortened(_ key: String) -> String {
    TerminalText.safe(key.count > 24 ? key.prefix(16) + "…" : key)
  }
}
