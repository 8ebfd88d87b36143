import CivilTime
import Exchanges
import GatewayAPI
import Replay
import Work

/// `replay list`: the latest replays.
enum ReplayList {
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...10_000, "At most so many; 50 if not given.")

  static let command = Command("list", "Replays, newest first.", options: [limit]) { invocation in
    let most = invocation[limit] ?? 50
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.replays.list(limit: most)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for replay in found { lines.object { ReplayWriter.writeMembers(replay, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        ReplayView.table(of: found).write(to: invocation.output)
      }
      return .done
    }
  }
}

/// `replay status`: how far a replay has come, and what failed.
enum ReplayStatus {
  private static let mostFailures = 1000

  static let command = Command(
    "status", "How far a replay has come, who did what about it, and which items failed.",
    positionals: [ReplayCommands.id]
  ) { invocation in
    let id = try ReplayCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let replay = try await site.replays.replay(id)
      let history = try await site.replays.history(of: id)
      let records = try await site.replays.records(of: id)
      let failures = try await site.replays.items(of: id, state: .failed, limit: mostFailures)
      let problem = try await site.replays.problem(of: id)
      let unfinished = try await site.replays.unfinished(id)
      if invocation.wantsJSON {
        invocation.output.json { writer in
          ReplayWriter.writeMembers(replay, to: &writer)
          ReplayWriter.write(history, records, failures, unfinished, problem, to: &writer)
        }
      } else {
        ReplayView.write(replay, to: invocation.output)
        if let problem { ReplayView.write(problem, to: invocation.output) }
        if let unfinished { ReplayView.write(unfinished, to: invocation.output) }
        ReplayView.write(history, records, failures, to: invocation.output)
      }
      return replay.state == .stopped ? .failure : .done
    }
  }
}

extension ReplayView {
  static func write(_ problem: WorkProblem, to output: Output) {
    output.line(TerminalText.safe("problem       \(problem)"))
  }

  static func write(_ unfinished: ReplayItem, to output: Output) {
    output.line(
      "unfinished    \(unfinished.original) was stopped in the middle: \(unfinished.stored) of its records are stored"
    )
  }

  static func write(
    _ history: [ReplayHistoryEntry], _ records: ReplayRecords, _ failures: [ReplayItem], to output: Output
  ) {
    output.line(
      "records       \(records.new) new, \(records.changed) changed, \(records.unchanged) unchanged\n")
    for entry in history {
      let who = entry.signOff.map { signOff in
        " by \(signOff.name)\(signOff.credential.map { " (\($0))" } ?? ""): \(signOff.reason)"
      }
      output.line(
        TerminalText.safe("\(entry.moment.iso8601)  \(entry.event) → \(entry.state.rawValue)\(who ?? "")"))
    }
    guard !failures.isEmpty else { return }
    output.line()
    var table = TextTable("ORIGINAL", "REPETITION", "PROBLEM", "CLASS", "STORED")
    for item in failures {
      table.row(
        "\(item.original)", item.repetition.map(String.init) ?? "", item.problemCode ?? "",
        item.problemClass?.rawValue ?? "", item.isPartial ? "\(item.stored)" : "")
    }
    table.write(to: output)
  }
}
