public import Calendars
public import CivilTime
public import Documents
public import Permits

/// How an attempt's deadline came about, day by day, and what was believed of it when.
public struct PermitAccount: Sendable {
  public let lines: [ClockLine]
  public let beliefs: [ClockBelief]

  /// `nil` where no document limits the attempt.
  public init?(
    _ item: PermitItemView, _ calendar: WorkCalendar, at now: CivilDateTime, knownAt time: Timestamp? = nil
  ) {
    guard let rule = item.attempt.clock else { return nil }
    let clock = Clock(rule: rule, calendar: calendar)
    lines = clock.explanation(of: item.events, at: now, knownAt: time)
    beliefs = clock.beliefs(of: item.events)
  }

  public func write(to writer: inout JSONWriter) {
    writer.member("account") { writer in
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
    writer.member("beliefs") { writer in
      writer.array { writer in
        for belief in beliefs {
          writer.object { writer in
            writer.member("since", belief.since.iso8601)
            writer.member("state", PermitWriter.word(belief.state))
            writer.member("due", Self.text(belief.due))
            writer.member("learned", belief.learned)
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
