import Access
import Applications
import CivilTime
import Documents
import Exchanges
import Permits

/// `permit enter`: 补录, what happened and was not told by the platform; and what was entered wrongly.
enum PermitEnter {
  static let event = Positional(
    "EVENT", "What happened: \(words); nothing where an entry is only taken back.",
    isRequired: false)
  static let happened = CommandOption<String>.text(
    "happened", "TIME", "When, in China: 2026-08-03T10:30:00; now if not given.")
  static let retracts = CommandOption<Int>.integer(
    "retracts", "ENTRY", in: 1...Int.max,
    "The entry that this one stands in for, as 'permit show' numbers it.")
  static let note = CommandOption<String>.text("note", "TEXT", "What was said with it; kept sealed.")
  static let number = CommandOption<String>.text("decision", "NUMBER", "The number of the decision.")

  private static let words = PermitEvent.allCases.map(\.rawValue).joined(separator: ", ")

  /// When it happened.
  static func moment(_ invocation: Invocation) throws(UsageError) -> CivilDateTime {
    guard let text = invocation[happened] else {
      return Timestamp.now().civil(offsetSeconds: UTCOffset.china)
    }
    guard let read = CivilDateTime(iso: text) else {
      throw UsageError("--happened takes a time in China such as 2026-08-03T10:30:00")
    }
    return read
  }

  static let command = Command(
    "enter", "Enters what happened, however late; or takes an entry back that was wrong.",
    details: """
      State and clock are made anew of all that is known; what was believed before stays to be seen with --known-at.
      The same entry twice is one. Who entered it and why is kept with it, and recorded in the access audit in the
      same transaction.
      """,
    options: [
      happened, retracts, note, number, PermitCommands.attempt, Decision.reason, Look.operator,
    ], positionals: [PermitCommands.id, PermitCommands.item, event]
  ) { invocation in
    let place = try PermitCommands.place(invocation)
    let signOff = try Decision.signOff(invocation)
    var name: PermitEvent?
    if let word = invocation[event].first {
      guard let known = PermitEvent(rawValue: word) else {
        throw UsageError(
          "EVENT is one of \(words)",
          suggestion: Suggestion.nearest(to: word, in: PermitEvent.allCases.map(\.rawValue)))
      }
      name = known
    } else if invocation[retracts] == nil {
      throw UsageError("say what happened, or with --retracts which entry is taken back")
    }
    let moment = try moment(invocation)
    let entry = PermitEntry(
      name, happened: moment, source: .person, reference: "entry",
      retracts: invocation[retracts].map { Int64($0) }, note: invocation[note], decision: invocation[number],
      signOff: signOff)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let result = try await PermitCommands.failing {
        try await PermitDesk(permits: site.permits, pushes: site.pushes).enter(
          entry, of: place,
          keep: PermitCommands.keep(
            .enterPermit, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("entry", result.id)
          $0.member("isNew", result.isNew)
          $0.member("state", result.state.rawValue)
          $0.member("fits", !result.isMisfit)
          $0.member("closesCase", result.hasClosedCase)
          $0.member("doubts", result.doubts.sorted().map(\.rawValue))
        }
      } else {
        invocation.output.line(
          "entry \(result.id)\(result.isNew ? "" : " was there already"): \(place.item.rawValue) is \(result.state.rawValue)"
            + (result.isMisfit ? "; the entry does not fit what is known, and has changed nothing" : "")
            + (result.hasClosedCase ? "; the case is closed" : ""))
        for doubt in result.doubts.sorted() { invocation.output.line("\(doubt.message) (\(doubt.remedy))") }
      }
      return .done
    }
  }
}
