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
        item.reading?.used.map { "\($0)" } ?? "", day(item.reading),
        item.colour?.rawValue ?? "", item.own?.limit.step ?? "", day(item.own?.reading),
        item.ownColour?.rawValue ?? "", attempt.problemCode ?? "")
    }
    table.write(to: output)
    for total in report.view.totals {
      let used = total.reading.used.map { ", used \($0)" } ?? ""
      let day = day(total.reading)
      let last = day.isEmpty ? "" : ", last day \(day)"
      let colour = total.reading.colour.map { ", \($0.rawValue)" } ?? ""
      output.line(
        TerminalText.safe(
          "together (\(names(total))): \(total.total.rule.limit.englishTitle), \(PermitWriter.word(total.reading.state))\(used)\(last)\(colour)"
        ))
    }
    for clock in report.view.process where clock.reading.state != .waiting {
      let due = deadline(clock.reading).map { ", \($0)" } ?? ""
      let colour = clock.reading.colour.map { ", \($0.rawValue)" } ?? ""
      output.line(
        TerminalText.safe(
          "our \(clock.limit.step): \(clock.limit.rule.limit.englishTitle), \(PermitWriter.word(clock.reading.state))\(due)\(colour)"
        ))
    }
    for item in report.view.items {
      if let problem = item.attempt.problem {
        output.line(TerminalText.safe("\(item.attempt.item.rawValue): \(problem)"))
      }
      for doubt in item.doubts.sorted() {
        output.line("\(item.attempt.item.rawValue): \(doubt.message) (\(doubt.remedy))")
      }
      if PermitRuling(item.attempt) == nil {
        output.line(TerminalText.safe(PermitRuling.damage(of: item.attempt)))
      }
    }
    output.line()
    for entry in report.steps {
      let taken = entry.event.retracts.map { " (for \($0))" } ?? ""
      let words = said(entry, notes: notes)
      output.line(
        TerminalText.safe(
          "step \(entry.id): \(entry.event.name)\(taken) \(entry.event.happened), learned \(entry.event.learned.iso8601)"
            + (words.isEmpty ? "" : ": \(words)")))
    }
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

  private static func day(_ reading: ClockReading?) -> String {
    guard let reading else { return "" }
    return reading.isUnknown ? PermitStanding.unknown : reading.lastDay?.description ?? ""
  }

  /// The moment is the last one at which it may be done, where the night may not be used.
  private static func deadline(_ reading: ClockReading) -> String? {
    if reading.isUnknown { return "deadline unknown: no calendar has the year" }
    guard case .at(let due) = reading.due else { return nil }
    return (reading.isLate ? "late since " : "until ") + (reading.lastMoment ?? due).description
  }

  static func write(_ account: PermitAccount, of limit: OwnLimit, english: Bool, to output: Output) {
    output.line()
    output.line(output.paint("our \(limit.step)", .bold))
    let assumed = limit.isAssumed ? ", assumed" : ""
    output.line(TerminalText.safe("\(limit.clause) 《\(limit.document)》\(assumed)"))
    for line in account.lines {
      output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
    }
    write(account.beliefs, to: output)
  }

  private static func names(_ clock: TotalClock) -> String {
    clock.items.map(\.rawValue).sorted().joined(separator: ", ")
      + (clock.attempt.map { ", attempt \($0)" } ?? "")
  }

  static func write(_ account: PermitAccount, of total: TotalClock, english: Bool, to output: Output) {
    output.line()
    output.line(output.paint("together: \(names(total))", .bold))
    let assumed = total.total.isAssumed ? ", assumed" : ""
    output.line(
      TerminalText.safe(
        "limit \(total.total.rule.limit.englishTitle): \(total.total.clause) 《\(total.total.document)》\(assumed)"
      ))
    for line in account.lines {
      output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
    }
    write(account.beliefs, to: output)
  }

  private static func write(_ beliefs: [ClockBelief], to output: Output) {
    guard beliefs.count > 1 else { return }
    for belief in beliefs {
      let due = PermitAccount.text(belief.due) ?? "-"
      output.line(
        "believed from \(belief.since.iso8601): \(PermitWriter.word(belief.state)), too late from \(due)")
    }
  }

  /// - Parameter account: nil where no clock runs.
  static func write(_ account: PermitAccount?, of item: PermitItemView, english: Bool, to output: Output) {
    output.line()
    output.line(
      output.paint("\(item.attempt.item.rawValue), attempt \(item.attempt.attempt)", .bold))
    for clause in clauses(of: item.attempt) { output.line(TerminalText.safe(clause)) }
    guard let account else {
      return output.line(english ? "no time limit runs" : "没有时限")
    }
    for line in account.lines {
      output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
    }
    write(account.beliefs, to: output)
    if let limit = item.own?.limit {
      let assumed = limit.isAssumed ? ", assumed" : ""
      output.line(TerminalText.safe("our \(limit.step): \(limit.clause) 《\(limit.document)》\(assumed)"))
      for line in account.ownLines {
        output.line(TerminalText.safe("\(line.date)  \(english ? line.englishTitle : line.title)"))
      }
      write(account.ownBeliefs, to: output)
    }
  }

  /// Which rules of which documents the decision rests on.
  private static func clauses(of attempt: PermitItemAttempt) -> [String] {
    guard let ruling = PermitRuling(attempt) else { return [PermitRuling.damage(of: attempt)] }
    return ruling.parts.map { part in
      let document = part.document.map { " 《\($0)》" } ?? ""
      let assumed = part.isAssumed ? ", assumed" : ""
      return "\(part.name) \(part.value): \(part.clause)\(document)\(assumed)"
    }
  }
}
