import Calendars
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Policies

/// `policy clock`: what the clocks of a region's limits show for events that somebody tells, without a case.
enum PolicyClock {
  enum Language: String, CaseIterable, Sendable { case zh, en }

  static let step = CommandOption<String>.text(
    "step", "STEP", "Only this step of the process; all that the events start if not given.")
  static let at = CommandOption<String>.text(
    "at", "TIME", "As it was then, in China: 2026-08-03T10:30:00; now if not given.")
  static let language = CommandOption<Language>.choice("language", "Of the account; zh if not given.")
  static let words = Positional(
    "WORD", "What is known, as FACT=VALUE, and what happened when, as EVENT=TIME.", isRequired: false,
    isRepeated: true)

  static let command = Command(
    "clock", "Until when the utility has to do something, for moments that are given.",
    details: """
      For each limit of the utility's own process that one of the events starts: what its clock shows, and how that came
      about day by day, with the clause. Nobody is called between 21:00 and 08:00, say, so that the last moment may be
      before the limit's end. For example

          zhengdian policy clock --region 320400 requested=2026-08-03T20:50:00 --at 2026-08-04T09:10:00

      TIME is a time in China. Calendars are the built-in ones, and those of --calendar. Exit code 1 when a limit depends on
      a fact that is not given, when a clock is unknown, and when no limit begins with these events.
      """,
    options: [
      PolicyExplain.region, step, at, InspectDeadline.calendar, language, PolicyCommands.day,
      PolicyCommands.adapters,
    ], positionals: [words]
  ) { invocation in
    let code = invocation[PolicyExplain.region] ?? ""
    let (known, events) = try read(invocation[words])
    let now = try invocation[at].map(moment) ?? Timestamp.now().civil(offsetSeconds: UTCOffset.china)
    return try await OwnThread.run {
      var calendar = WorkCalendar.china
      if let file = invocation[InspectDeadline.calendar] {
        calendar = calendar.replacing(with: try InspectDeadline.read(file))
      }
      let diagnostics = Diagnostics()
      let library = PolicyLibrary(try PolicyCommands.sources(invocation), diagnostics)
      try diagnostics.throwIfErrors()
      guard let process = library.process(forRegion: code, known, on: PolicyCommands.day(invocation)) else {
        throw CommandFailure(
          .failure, "no policy is about the region '\(code)'",
          remedy: "give an area code of six digits; the nation's policy is Adapters/national/policy.yaml")
      }
      let answer = PolicyClockAnswer(process, events, calendar, at: now, only: invocation[step])
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for line in answer.lines { lines.object { line.write(&$0) } }
        lines.flush()
      } else {
        answer.write(to: invocation.output, english: invocation[language] == .en)
      }
      return answer.isKnown ? .done : .failure
    }
  }

  /// Facts have names of their own; everything else is an event.
  private static func read(_ words: [String]) throws(UsageError) -> (Facts, [ClockEvent]) {
    var facts: [String] = []
    var events: [ClockEvent] = []
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, Fact(rawValue: parts[0]) == nil,
        let happened = CivilDateTime(iso: parts[1])
      else {
        facts.append(word)
        continue
      }
      events.append(
        ClockEvent(
          id: "\(events.count)", name: parts[0], happened: happened,
          learned: happened.timestamp(offsetSeconds: UTCOffset.china)))
    }
    return (try PolicyExplain.facts(facts), events)
  }

  private static func moment(_ text: String) throws(UsageError) -> CivilDateTime {
    guard let moment = CivilDateTime(iso: text) else {
      throw UsageError("--at takes a time in China such as 2026-08-03T10:30:00")
    }
    return moment
  }
}
