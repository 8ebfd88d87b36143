public import Calendars
public import Documents
public import Permits
import Applications
import CivilTime
import Exchanges
import Policies

/// Writes permit cases as the outside sees them: the same members in the API and on the command line. What was handed in
/// is never shown here.
public enum PermitWriter {
  public static func writeMembers(_ permitCase: PermitCase, to writer: inout JSONWriter) {
    writer.member("id", permitCase.id.rawValue)
    writer.member("number", permitCase.number)
    writer.member("region", permitCase.region)
    writer.member("policy", permitCase.policy)
    writer.member("day", permitCase.day.description)
    writer.member("facts") { permitCase.facts.write(&$0) }
    writer.member("created", permitCase.created.iso8601)
    writer.member("changed", permitCase.changed.iso8601)
    writer.member("closed", permitCase.closed?.iso8601)
    writer.member("erased", permitCase.erased?.iso8601)
  }

  /// The case with each attempt at its items.
  ///
  /// - Parameters:
  ///   - notes: also what was said with entries, which may name people.
  ///   - account: also the clock's account of each attempt, as ``PermitAccount`` makes it.
  ///   - totalAccount: also that of each clock over several items.
  ///   - processAccount: also that of each step of the utility's own process.
  public static func writeMembers(
    _ report: PermitReport, notes: Bool = false, account: ((PermitItemView) -> PermitAccount?)? = nil,
    totalAccount: ((TotalClock) -> PermitAccount)? = nil,
    processAccount: ((ProcessClock) -> PermitAccount)? = nil, to writer: inout JSONWriter
  ) {
    writeMembers(report.view.permitCase, to: &writer)
    writer.member("totals") { writer in
      writer.array { writer in
        for total in report.view.totals {
          writer.object { writer in
            write(total, to: &writer)
            if let totalAccount { totalAccount(total).writeWhole(to: &writer) }
          }
        }
      }
    }
    writer.member("process") { writer in
      writer.array { writer in
        for clock in report.view.process {
          writer.object { writer in
            write(clock.limit, clock.reading, to: &writer)
            if let processAccount { processAccount(clock).writeWhole(to: &writer) }
          }
        }
      }
    }
    write(report.steps, as: "steps", notes: notes, to: &writer)
    writer.member("items") { writer in
      writer.array { writer in
        for item in report.view.items {
          writer.object { writer in
            write(item, to: &writer)
            write(report.history[item.attempt.id] ?? [], as: "events", notes: notes, to: &writer)
            if let account { account(item)?.write(to: &writer) }
          }
        }
      }
    }
  }

  private static func write(_ item: PermitItemView, to writer: inout JSONWriter) {
    let attempt = item.attempt
    writer.member("item", attempt.item.rawValue)
    writer.member("attempt", attempt.attempt)
    writer.member("way", attempt.way?.rawValue)
    writer.member("after", attempt.after.map(\.rawValue).sorted())
    writer.member("state", item.state?.rawValue)
    writer.member("title", item.state?.title)
    writer.member("push", attempt.push)
    writer.member("held", attempt.isHeld)
    writer.member("asked", attempt.asked.flatMap { $0.milliseconds > 0 ? $0.iso8601 : nil })
    writer.member("problem") { writer in
      guard let code = attempt.problemCode else { return writer.null() }
      writer.object { writer in
        writer.member("code", code)
        writer.member("message", attempt.problem)
      }
    }
    writer.member("doubts") { writer in
      writer.array { writer in
        for doubt in item.doubts.sorted() {
          writer.object { writer in
            writer.member("code", doubt.rawValue)
            writer.member("message", doubt.message)
            writer.member("remedy", doubt.remedy)
          }
        }
      }
    }
    if let ruling = PermitRuling(attempt) {
      writer.member("decided", ruling.root)
    } else {
      writer.member("decided") { $0.object { $0.member("damaged", PermitRuling.damage(of: attempt)) } }
    }
    writer.member("clock") { writer in
      guard let reading = item.reading else { return writer.null() }
      writer.object { write(reading, attempt.clock, to: &$0) }
    }
    writer.member("ownClock") { writer in
      guard let own = item.own else { return writer.null() }
      writer.object { write(own.limit, own.reading, to: &$0) }
    }
  }

  /// A clock of the utility's own.
  private static func write(_ limit: OwnLimit, _ reading: ClockReading, to writer: inout JSONWriter) {
    writer.member("step", limit.step)
    writer.member("clause", limit.clause)
    writer.member("assumed", limit.isAssumed)
    write(reading, limit.rule, to: &writer)
  }

  /// The clock of all permits of the case that a limit counts together.
  private static func write(_ clock: TotalClock, to writer: inout JSONWriter) {
    writer.member("name", clock.name)
    writer.member("items", clock.items.map(\.rawValue).sorted())
    writer.member("attempt", clock.attempt)
    writer.member("clause", clock.total.clause)
    writer.member("assumed", clock.total.isAssumed)
    write(clock.reading, clock.total.rule, to: &writer)
  }

  private static func write(
    _ reading: ClockReading, _ rule: ClockRule?, to writer: inout JSONWriter
  ) {
    writer.member("limit", rule?.limit.englishTitle)
    writer.member("state", word(reading.state))
    writer.member("started", reading.started?.description)
    writer.member("counted", reading.counted?.description)
    writer.member("basis", reading.basis?.rawValue)
    writer.member("silence") { writer in
      guard let silence = reading.silence else { return writer.null() }
      writer.object { writer in
        writer.member("from", silence.from.description)
        writer.member("until", silence.until.description)
        writer.member("over", silence.isOver)
        writer.member("clause", silence.clause)
        writer.member("document", silence.document)
      }
    }
    writer.member("ended", ended(reading)?.description)
    writer.member("due", due(reading)?.description)
    writer.member("unknown", reading.isUnknown)
    writer.member("lastMoment", reading.lastMoment?.description)
    writer.member("lastDay", reading.lastDay?.description)
    writer.member("used", reading.used)
    writer.member("late", reading.isLate)
    writer.member("colour", reading.colour?.rawValue)
    writer.member("alerts") { writer in
      writer.array { writer in
        for alert in reading.alerts {
          writer.object { writer in
            writer.member("colour", alert.warning.colour.rawValue)
            writer.member("for", alert.warning.audience)
            writer.member("at", alert.at.description)
          }
        }
      }
    }
    writer.member("findings") { writer in
      writer.array { writer in
        for finding in reading.findings {
          writer.object { writer in
            writer.member("code", finding.code.rawValue)
            writer.member("subject", finding.subject)
          }
        }
      }
    }
  }

  private static func write(
    _ history: [PermitHistoryEntry], as name: String, notes: Bool, to writer: inout JSONWriter
  ) {
    writer.member(name) { writer in
      writer.array { writer in
        for entry in history {
          writer.object { writer in
            writer.member("id", entry.id)
            writer.member("event", entry.event.name)
            writer.member("happened", entry.event.happened.description)
            writer.member("learned", entry.event.learned.iso8601)
            writer.member("source", entry.source.rawValue)
            writer.member("reference", entry.reference)
            writer.member("said", entry.said?.description)
            writer.member("retracts", entry.event.retracts.flatMap { Int64($0) })
            writer.member("decision", entry.words?.decision)
            writer.member("by", entry.words?.signOff?.name)
            writer.member("reason", entry.words?.signOff?.reason)
            if notes { writer.member("note", entry.words?.note) }
          }
        }
      }
    }
  }

  /// `waiting`, `running`, `ended`, or why it stands still.
  public static func word(_ state: ClockReading.State) -> String {
    switch state {
    case .waiting: "waiting"
    case .running: "running"
    case .paused(let reason): "paused: \(reason.rawValue)"
    case .ended: "ended"
    }
  }

  private static func ended(_ reading: ClockReading) -> CivilDateTime? {
    if case .ended(let moment) = reading.state { moment } else { nil }
  }

  private static func due(_ reading: ClockReading) -> CivilDateTime? {
    if case .at(let moment) = reading.due { moment } else { nil }
  }
}
