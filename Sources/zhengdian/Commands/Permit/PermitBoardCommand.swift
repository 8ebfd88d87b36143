import Applications
import Calendars
import CivilTime
import GatewayAPI
import Permits

/// `permit board`: all items of the open cases with their clocks, one a line.
enum PermitBoardCommand {
  static let csv = CommandOption<Bool>.flag("csv", "As comma-separated values.")
  static let mark = CommandOption<Bool>.flag(
    "bom", "Begins with a byte order mark, by which spreadsheets know UTF-8; with --csv.")
  static let at = CommandOption<Timestamp>.moment(
    "at", "As it was then, by what was known then; a date begins in China.")

  static let command = Command(
    "board", "All items of the open cases: how far they are, and how their clocks stand.",
    details: """
      One line for the attempt by which each item stands that is handed in, and one for each step of the utility's own process
      that has begun, which names no item. A deadline in a year without a calendar is 'unknown'. Opens nothing, so nobody's data is in it. Fields
      that a spreadsheet would take for formulas begin with an apostrophe.
      """,
    options: [csv, mark, at]
  ) { invocation in
    guard invocation[csv] || !invocation[mark] else { throw UsageError("--bom goes with --csv") }
    guard !invocation[csv] || !invocation.wantsJSON else { throw UsageError("--csv does not go with --json") }
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let time = invocation[at]
      let board = try await PermitCommands.failing {
        try await site.permits.board(
          at: (time ?? .now()).civil(offsetSeconds: UTCOffset.china), knownAt: time)
      }
      if invocation[csv] {
        invocation.output.write(PermitBoardText.csv(board, hasMark: invocation[mark]))
      } else if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for row in board.rows { lines.object { PermitBoardText.write(row, to: &$0) } }
        lines.flush()
      } else if !board.rows.isEmpty {
        var table = TextTable(
          "CASE", "NUMBER", "ITEM", "TRY", "STATE", "DEADLINE", "USED", "COLOUR", "TOGETHER", "COLOUR",
          "OUR STEP", "OUR DEADLINE",
          "COLOUR")
        for row in board.rows {
          guard case .item(let line) = row else {
            if case .process(let standing) = row { write(standing, to: &table) }
            continue
          }
          let (standing, view) = (line.standing, line.standing.view)
          table.row(
            "\(standing.permitCase)", standing.number, view.attempt.item.rawValue, "\(view.attempt.attempt)",
            view.state?.rawValue ?? "", view.deadline ?? "", view.reading?.used.map { "\($0)" } ?? "",
            view.colour?.rawValue ?? "", view.totalDeadline ?? "", view.totalColour?.rawValue ?? "",
            view.own?.limit.step ?? "", view.ownDeadline ?? "",
            view.ownColour?.rawValue ?? "")
        }
        table.write(to: invocation.output)
      }
      return .done
    }
  }

  private static func write(_ standing: ProcessStanding, to table: inout TextTable) {
    let clock = standing.clock
    table.row(
      "\(standing.permitCase)", standing.number, "", "", "", "", "", "", "", "", clock.limit.step,
      standing.deadline ?? "", clock.reading.colour?.rawValue ?? "")
  }
}
