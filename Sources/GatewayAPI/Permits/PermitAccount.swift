public import Calendars
public import CivilTime
public import Documents
public import Permits

/// How a deadline came about, day by day, and what was believed of it when: of an attempt, or of all permits of a case that a
/// limit counts together.
public struct PermitAccount: Sendable {
  public let lines: [ClockLine]
  /// Of the utility's own step.
  public let ownLines: [ClockLine]
  public let beliefs: [ClockBelief]
  public let ownBeliefs: [ClockBelief]

  /// `nil` where nothing limits the attempt.
  public init?(
    _ item: PermitItemView, of view: PermitCaseView, _ calendar: WorkCalendar, at now: CivilDateTime,
    knownAt time: Timestamp? = nil
  ) {
    let clock = item.attempt.clock.map { Clock(rule: $0, calendar: calendar) }
    guard clock != nil || item.own != nil else { return nil }
    lines = clock?.explanation(of: item.events, at: now, knownAt: time) ?? []
    beliefs = clock?.beliefs(of: item.events, until: now) ?? []
    ownLines =
      item.own.map { own in
        Clock(rule: own.limit.rule, calendar: calendar).explanation(of: own.events, at: now)
      } ?? []
    ownBeliefs = view.ownBeliefs(of: item, calendar)
  }

  public init(
    _ total: TotalClock, of view: PermitCaseView, _ calendar: WorkCalendar, at now: CivilDateTime
  ) {
    lines = total.explanation(calendar, at: now)
    (ownLines, ownBeliefs) = ([], [])
    beliefs = view.beliefs(of: total, calendar, until: now)
  }

  public func write(to writer: inout JSONWriter) {
    Self.write("account", lines, to: &writer)
    Self.write("ownAccount", ownLines, to: &writer)
    Self.write("beliefs", beliefs, to: &writer)
    Self.write("ownBeliefs", ownBeliefs, to: &writer)
  }

  /// Of a step of the utility's own process.
  public init(
    _ clock: ProcessClock, of report: PermitReport, _ calendar: WorkCalendar, at now: CivilDateTime
  ) {
    let own = Clock(rule: clock.limit.rule, calendar: calendar)
    lines = own.explanation(of: report.view.steps, at: now)
    (ownLines, ownBeliefs) = ([], [])
    beliefs = own.beliefs(of: report.steps.map(\.event), until: now)
  }

  /// Of a clock that has none of the utility's own beside it: one of the case as a whole.
  public func writeWhole(to writer: inout JSONWriter) {
    Self.write("account", lines, to: &writer)
    Self.write("beliefs", beliefs, to: &writer)
  }

  private static func write(_ name: String, _ beliefs: [ClockBelief], to writer: inout JSONWriter) {
    writer.member(name) { writer in
      writer.array { writer in
        for belief in beliefs {
          writer.object { writer in
            writer.member("since", belief.since.iso8601)
            writer.member("state", PermitWriter.word(belief.state))
            writer.member("due", text(belief.due))
            writer.member("learned", belief.learned)
          }
        }
      }
    }
  }

  private static func write(_ name: String, _ lines: [ClockLine], to writer: inout JSONWriter) {
    writer.member(name) { writer in
      writer.array { writer in
        for line in lines {
          writer.object { writer in
            writer.member("date", line.date.description)
            writer.member("title", line.title)
            writer.member("titleEn", line.englishTitle)
          }
        }
      }
    }
  }

  /// The first moment that is too late; nil while nobody can know it.
  public static func text(_ due: ClockReading.Due) -> String? {
    if case .at(let moment) = due { moment.description } else { nil }
  }
}
