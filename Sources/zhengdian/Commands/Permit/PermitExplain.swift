import Applications
import Calendars
import CivilTime
import GatewayAPI
import Permits

/// `permit explain`: how each deadline of a case came about.
enum PermitExplain {
  enum Language: String, CaseIterable, Sendable { case zh, en }

  static let language = CommandOption<Language>.choice("language", "Of the account; zh if not given.")
  static let item = CommandOption<PermitItem>.choice("item", "Only this permit.")

  static let command = Command(
    "explain", "How each deadline of a case came about, day by day, and which clause says so.",
    details: """
      Each day says whether it counted and why; pauses, acceptance after hours and days off are told where they
      fall. Where entries came late it also tells what was believed before. With --json both languages are there.
      """,
    options: [item, language, PermitCommands.knownAt], positionals: [PermitCommands.id]
  ) { invocation in
    let id = try PermitCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let time = invocation[PermitCommands.knownAt]
      let now = (time ?? .now()).civil(offsetSeconds: UTCOffset.china)
      let calendar = site.permits.calendar
      let report = try await PermitCommands.failing {
        try await site.permits.report(id, at: now, knownAt: time)
      }
      func account(_ view: PermitItemView) -> PermitAccount? {
        if let wanted = invocation[item], wanted != view.attempt.item { return nil }
        return PermitAccount(view, of: report.view, calendar, at: now, knownAt: time)
      }
      let totals = invocation[item] == nil ? report.view.totals : []
      func totalAccount(_ total: TotalClock) -> PermitAccount {
        PermitAccount(total, of: report.view, calendar, at: now)
      }
      func processAccount(_ clock: ProcessClock) -> PermitAccount {
        PermitAccount(clock, of: report, calendar, at: now)
      }
      if invocation.wantsJSON {
        invocation.output.json {
          PermitWriter.writeMembers(
            report, account: account, totalAccount: totalAccount, processAccount: processAccount, to: &$0)
        }
      } else {
        for total in totals {
          PermitText.write(
            totalAccount(total), of: total, english: invocation[language] == .en, to: invocation.output)
        }
        if invocation[item] == nil {
          for clock in report.view.process where clock.reading.state != .waiting {
            PermitText.write(
              processAccount(clock), of: clock.limit, english: invocation[language] == .en,
              to: invocation.output)
          }
        }
        for view in report.view.items where [nil, view.attempt.item].contains(invocation[item]) {
          PermitText.write(
            account(view), of: view, english: invocation[language] == .en, to: invocation.output)
        }
      }
      return .done
    }
  }
}
