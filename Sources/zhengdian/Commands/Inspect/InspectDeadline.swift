import Calendars
import CivilTime
import Documents

/// `inspect deadline`: the last day of a time limit, and the days that led there.
enum InspectDeadline {
  enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case chinese = "zh"
  }

  static let calendar = CommandOption<String>.path(
    "calendar", "FILE", "A calendar file whose years are added to the built-in ones, or replace them.")
  static let language = CommandOption<Language>.choice(
    "language", "The language of the reasons; en if not given.")

  static let command = Command(
    "deadline", "Deadlines by the calendar of working days.",
    details: """
      Each line is {"start": "2019-01-02", "days": 71, "count": "working"|"rolling"}; the start day is
      not counted. Each answer is {"deadline": "2019-04-17", "reasons": […]} with one reason a day, or
      {"error": …}, also where a day lies in a year whose calendar is not known.
      """,
    options: [calendar, language]
  ) { invocation in
    var calendar = WorkCalendar.china
    if let file = invocation[InspectDeadline.calendar] {
      let added = try await OwnThread.run { try read(file) }
      calendar = calendar.replacing(with: added)
    }
    let answerer = DeadlineAnswerer(calendar: calendar, language: invocation[language] ?? .english)
    return try await LineBench.run(invocation) { answerer }
  }

  static func read(_ file: String) throws -> WorkCalendar {
    do {
      let bytes = try InputFile.read(file, most: 1 << 20)
      return try WorkCalendar(parsing: String(decoding: bytes, as: UTF8.self), file: file)
    } catch let error as InputError {
      throw CommandFailure(.configuration, error.description)
    } catch let error as CalendarError {
      throw CommandFailure(.configuration, error.description)
    }
  }
}

struct DeadlineAnswerer: LineAnswerer {
  private static let members = ["start", "days", "count"]

  let calendar: WorkCalendar
  let language: InspectDeadline.Language

  func answer(_ line: Span<UInt8>, _ writer: inout JSONWriter) {
    do {
      let deadline = try deadline(line)
      writer.member("deadline", deadline.date.description)
      writer.member("reasons") { writer in
        writer.array {
          for step in deadline.steps { $0.string(language == .chinese ? step.title : step.englishTitle) }
        }
      }
    } catch let error as CalendarError {
      writer.member("error", error.message)
    } catch {
      writer.member("error", "\(error)")
    }
  }

  private func deadline(_ line: Span<UInt8>) throws -> Deadline {
    let members = try CaseReader(line, names: Self.members)
    try members.refuseOthers()
    guard let start = CivilDate(iso: try members.text("start")) else {
      throw CaseError("'start' is a date such as 2019-01-02")
    }
    let days = try members.integer("days")
    let word = try members.text("count")
    guard let count = DayCount(rawValue: word) else {
      throw CaseError(
        UsageError(
          "'count' is \(DayCount.allCases.map(\.rawValue).joined(separator: " or "))",
          suggestion: Suggestion.nearest(to: word, in: DayCount.allCases.map(\.rawValue))
        ).description)
    }
    return try calendar.deadline(start: start, days: days, count: count)
  }
}
