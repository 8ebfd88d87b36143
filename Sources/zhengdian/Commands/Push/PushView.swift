import Adapters
import CivilTime
import Documents
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

  static func writeMembers(_ push: Push, to writer: inout JSONWriter) {
    writer.member("id", push.id.rawValue)
    writer.member("platform", push.platform)
    writer.member("operation", push.operation)
    writer.member("item", push.item)
    writer.member("key", push.key)
    writer.member("case", push.sequence)
    writer.member("state", push.state.rawValue)
    writer.member("idempotency", push.idempotency.rawValue)
    writer.member("attempts", push.attempts)
    writer.member("probes", push.probes)
    writer.member("exchange", push.exchange?.rawValue)
    writer.memberIfPresent("duplicateOf", push.duplicateOf?.rawValue)
    writer.memberIfPresent("follows", push.follows?.rawValue)
    writer.member("wasKnown", push.wasKnown)
    writer.member("problem", push.problemCode)
    writer.member("class", push.problemClass?.rawValue)
    writer.member("requestId", push.requestID)
    writer.member("created", push.created.iso8601)
    writer.member("changed", push.changed.iso8601)
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
    line("case", push.sequence)
    line("key", push.key)
    line("follows", push.follows.map { "push \($0)" })
    line("tries", "\(push.attempts)" + (push.probes > 0 ? ", asked about \(push.probes) times" : ""))
    line("problem", push.problemCode.map { "\($0) (\(push.problemClass?.rawValue ?? "no class"))" })
    line("exchange", push.exchange.map { "\($0)" })
    line("handed in", push.created.iso8601)
    line("changed", push.changed.iso8601)
  }

  static func word(_ push: Push) -> String {
    if let first = push.duplicateOf { return "duplicate of \(first)" }
    return push.wasKnown ? "\(push.state.rawValue) (was known)" : push.state.rawValue
  }

  static func write(_ history: [PushHistoryEntry], to output: Output) {
    for entry in history {
      let exchange = entry.exchange.map { ", exchange \($0)" } ?? ""
      let who = entry.signature.map { " by \($0.name): \($0.reason)" } ?? ""
      output.line(
        TerminalText.safe("\(entry.moment.iso8601)  \(entry.event.rawValue) → \(entry.state.rawValue)\(exchange)\(who)"))
    }
  }

  static func write(_ history: [PushHistoryEntry], to writer: inout JSONWriter) {
    writer.member("history") { writer in
      writer.array { writer in
        for entry in history {
          writer.object {
            $0.member("moment", entry.moment.iso8601)
            $0.member("event", entry.event.rawValue)
            $0.member("state", entry.state.rawValue)
            $0.member("exchange", entry.exchange?.rawValue)
            $0.memberIfPresent("name", entry.signature?.name)
            $0.memberIfPresent("reason", entry.signature?.reason)
          }
        }
      }
    }
  }
}
