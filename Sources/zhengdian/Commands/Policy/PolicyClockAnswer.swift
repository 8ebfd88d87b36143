import Calendars
import CivilTime
import Documents
import GatewayAPI
import Policies

/// The answer of `policy clock`: one line for each limit that the events start, and for each that cannot be told.
struct PolicyClockAnswer {
  struct Line {
    let step: String
    let resolution: Resolution<ProcessLimit>
    let reading: ClockReading?
    let account: [ClockLine]
  }

  let lines: [Line]

  /// - Parameter process: by step.
  init(
    _ process: [String: Resolution<ProcessLimit>], _ events: [ClockEvent], _ calendar: WorkCalendar,
    at now: CivilDateTime, only step: String?
  ) {
    let names = Set(events.map(\.name))
    lines = process.sorted { $0.key < $1.key }.compactMap { name, resolution in
      guard step == nil || step == name else { return nil }
      switch resolution {
      case .silent: return nil
      case .undecided: return Line(step: name, resolution: resolution, reading: nil, account: [])
      case .decided(let ruling):
        guard let rule = ruling.rule.outcome.rule, !rule.starts.isDisjoint(with: names) else { return nil }
        let clock = Clock(rule: rule, calendar: calendar)
        return Line(
          step: name, resolution: resolution, reading: clock.reading(of: events, at: now),
          account: clock.explanation(of: events, at: now))
      }
    }
  }

  /// Whether there is a limit, and each is known.
  var isKnown: Bool {
    !lines.isEmpty
      && lines.allSatisfy { line in
        guard let reading = line.reading else { return false }
        if case .unknown = reading.due { return false }
        return true
      }
  }

  func write(to output: Output, english: Bool) {
    for line in lines {
      output.line("\(output.paint(TerminalText.safe(line.step), .bold)): \(Self.clause(line.resolution))")
      for one in line.account {
        output.line(TerminalText.safe("\(one.date)  \(english ? one.englishTitle : one.title)"))
      }
      output.line()
    }
  }

  private static func clause(_ resolution: Resolution<ProcessLimit>) -> String {
    switch resolution {
    case .decided(let ruling):
      let limit = ruling.rule.outcome.rule?.limit.englishTitle ?? "none"
      let number = ruling.document.number.map { " (\($0))" } ?? ""
      return "\(limit), \(ruling.rule.clause)\(number)\(ruling.isContinued ? ", term ended" : "")"
    case .undecided(let facts): return "depends on " + facts.map(\.rawValue).joined(separator: ", ")
    case .silent: return "no rule"
    }
  }
}

extension PolicyClockAnswer.Line {
  func write(_ writer: inout JSONWriter) {
    writer.member("step", step)
    resolution.write(&writer) { $0.member("limit", $1.rule?.limit.englishTitle) }
    guard let reading else { return }
    writer.member("state", PermitWriter.word(reading.state))
    writer.member("started", reading.started?.description)
    writer.member("counted", reading.counted?.description)
    var due: CivilDateTime?
    if case .at(let moment) = reading.due { due = moment }
    writer.member("due", due?.description)
    writer.member("lastMoment", reading.lastMoment?.description)
    writer.member("used", reading.used)
    writer.member("late", reading.isLate)
    writer.member("colour", reading.colour?.rawValue)
    writer.member("account") { writer in
      writer.array { writer in
        for line in account {
          writer.object { writer in
            writer.member("date", line.date.description)
            writer.member("title", line.title)
            writer.member("titleEn", line.englishTitle)
          }
        }
      }
    }
  }
}
