import Adapters
import CivilTime
import Exchanges
import Pushing

/// Pushes as lists and summaries show them: that they were and how they stand.
enum PushView {
  static func table(of pushes: [Push]) -> TextTable {
    var table = TextTable(
      "ID", "HANDED IN", "PLATFORM", "OPERATION", "ITEM", "STATE", "IDEMPOTENCY", "TRIES", "PROBLEM")
    for push in pushes {
      table.row(
        "\(push.id)", push.created.iso8601, push.platform, push.operation, push.item, word(push),
        push.idempotency.rawValue, "\(push.attempts)", push.problemCode ?? "")
    }
    return table
  }

  static func write(_ push: Push, to output: Output) {
    func line(_ name: String, _ value: String?) {
      guard let value else { return }
      output.line(TerminalText.safe(name + String(repeating: " ", count: max(1, 14 - name.count)) + value))
    }
    line("push", "\(push.id) (\(push.idempotency.rawValue))")
    line("platform", "\(push.platform)/\(push.operation)")
    line("item", push.item)
    line("state", word(push))
    line("case", push.caseName)
    line("key", push.key)
    line("follows", push.follows.map { "push \($0)" })
    line("in place of", push.instead.map { "push \($0)" })
    line("tries", "\(push.attempts)" + (push.probes > 0 ? ", asked about \(push.probes) times" : ""))
    line("problem", push.problemCode.map { "\($0) (\(push.problemClass?.rawValue ?? "no class"))" })
    line("exchange", push.exchange.map { "\($0)" })
    line("handed in", push.created.iso8601)
    line("changed", push.changed.iso8601)
    line("erased", push.erased.map { "\($0.iso8601): what was handed in is gone" })
    line("due", push.due?.iso8601)
    if push.mayHaveBeenRepeated {
      line("in doubt", "handed in again, perhaps, after the copy was made that this database is: 'push sign'")
    }
  }

  static func word(_ push: Push) -> String {
    if let first = push.duplicateOf { return "\(push.state.rawValue) (duplicate of \(first))" }
    return push.wasKnown ? "\(push.state.rawValue) (was known)" : push.state.rawValue
  }

  static func write(_ history: [PushHistoryEntry], to output: Output) {
    for entry in history {
      let problem = entry.problemCode.map { " (\($0))" } ?? ""
      let exchange = entry.exchange.map { ", exchange \($0)" } ?? ""
      let who = entry.signOff.map { " by \($0.name): \($0.reason)" } ?? ""
      output.line(
        TerminalText.safe(
          "\(entry.moment.iso8601)  \(entry.event.rawValue) → \(entry.state.rawValue)\(problem)\(exchange)\(who)"
        ))
    }
  }
}
