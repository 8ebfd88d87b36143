import Applications
import Calendars
import CivilTime
import Documents
import Exchanges
import GatewayAPI
import Permits
import Policies

/// A permit case as people read it.
enum PermitText {
  static func write(_ report: PermitReport, notes: Bool, to output: Output) {
    let permitCase = report.view.permitCase
    output.line(
      TerminalText.safe(
        "case \(permitCase.id)  \(permitCase.number)  \(permitCase.region)  by the policy '\(permitCase.policy)' of \(permitCase.day)"
      ))
    output.line(
      "opened \(permitCase.created.iso8601)" + (permitCase.closed.map { ", closed \($0.iso8601)" } ?? "")
        + (permitCase.erased.map { ", erased \($0.iso8601)" } ?? ""))
    output.line()
    var table = TextTable(
      "ITEM", "TRY", "WAY", "STATE", "PUSH", "USED", "LAST DAY", "COLOUR", "OUR STEP", "OUR LAST DAY",
      "COLOUR",
      "PROBLEM")
    for item in report.view.items {
      let attempt = item.attempt
      table.row(
        attempt.item.rawValue, "\(attempt.attempt)", attempt.way?.rawValue ?? "nothing to hand in",
        item.state.map { "\($0.rawValue) \($0.title)" } ?? "", attempt.push.map { "\($0)" } ?? "",
        item.reading?.used.map { "\($0)" } ?? "", item.reading?.lastDay?.description ?? "",
        item.colour?.rawValue ?? "", item.own?.limit.step ?? "", item.own?.reading.lastDay?.description ?? "",
        item.ownColour?.rawValue ?? "", attempt.problemCode ?? "")
    }
    table.write(to: output)
    for item in report.view.items {
      if let problem = item.attempt.problem {
        output.line(TerminalText.safe("\(item.attempt.item.rawValue): \(problem)"))
      }
      for doubt in item.attempt.doubts.sorted() {
        output.line("\(item.attempt.item.rawValue): \(doubt.message) (\(doubt.remedy))")
      }
      if PermitRuling(item.attempt) == nil {
        output.line(TerminalText.safe(PermitRuling.damage(of: item.attempt)))
      }
    }
    output.line()
    var events = TextTable(
      "ENTRY", "ITEM", "TRY", "EVENT", "HAPPENED", "LEARNED", "FROM", "REFERENCE", "SAID")
    for item in report.view.items {
      for entry in report.history[item.attempt.id] ?? [] {
        let taken = entry.event.retracts.map { " (for \($0))" } ?? ""
        events.row(
          "\(entry.id)", item.attempt.item.rawValue, "\(item.attempt.attempt)", entry.event.name + taken,
          entry.event.happened.description, entry.event.learned.iso8601, entry.source.rawValue,
          entry.reference, said(entry, notes: notes))
      }
    }
    events.write(to: output)
  }

  private static func said(_ entry: PermitHistoryEntry, notes: Bool) -> String {
    let words = entry.words
    return [
      entry.said.map { "the window said \($0)" }, words?.decision,
      words?.signOff.map { "\($0.name): \($0.reason)" }, notes ? words?.note : nil,
    ].compactMap(\.self).joined(separator: "; ")
  }

  /// - Parameter account: nil where no clock runs.
  static func write(_ account: PermitAccount?, of item: PermitItemView, english: Bool, to output: Output) {
    output.line()
    output.line(
      output.paint("\(item.attempt.item.rawValue), attempt \(item.attempt.attempt)", .bold))
    output.line(TerminalText.safe(clauses(of: item.attempt)))
    guard let account else {
      return output.line(english ? "no time limit runs" : "没有时限")
    }
    for line in account.lines {
      output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
    }
    if let limit = item.own?.limit {
      let assumed = limit.isAssumed ? ", assumed" : ""
      output.line(TerminalText.safe("our \(limit.step): \(limit.clause) 《\(limit.document)》\(assumed)"))
      for line in account.ownLines {
        output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
      }
    }
    guard account.beliefs.count > 1 else { return }
    for belief in account.beliefs {
      let due = PermitAccount.text(belief.due) ?? "-"
      output.line(
        "believed from \(belief.since.iso8601): \(PermitWriter.word(belief.state)), too late from \(due)")
    }
  }

  /// Which rules of which documents the decision rests on.
  private static func clauses(of attempt: PermitItemAttempt) -> String {
    guard let ruling = PermitRuling(attempt) else { return PermitRuling.damage(of: attempt) }
    return ruling.parts.map { part in
      let document = part.document.map { " 《\($0)》" } ?? ""
      let assumed = part.isAssumed ? ", assumed" : ""
      return "\(part.name) \(part.value): \(part.clause)\(document)\(assumed)"
    }.joined(separator: "\n")
  }
}
