import CivilTime
import Documents
import GatewayAPI
import Supply

/// `indicator list`: the figures, group by group.
enum IndicatorList {
  private enum Grouping: String, CaseIterable, Sendable { case region, month, customer, none }

  private static let group = CommandOption<Grouping>.choice(
    "group", "What is kept apart; all three if not given.", isRepeated: true)

  static let command = Command(
    "list", "Counts the orders of some months: how many were applied for online, and so on.",
    details: """
      What is open, unknown, entered late or not what a figure is about stands beside each rate and is not in it. A
      rate of nothing is none. Opens nothing that is sealed, so nobody's data is in it
      (docs/reference/indicators.md has the definitions).
      """,
    options: IndicatorCommands.options + [group]
  ) { invocation in
    let now = Timestamp.now()
    let query = try IndicatorCommands.query(invocation, at: now)
    let words = invocation.arguments.all(group)
    guard !words.contains(.none) || words.count == 1 else {
      throw UsageError("--group none goes with no other --group")
    }
    let dimensions =
      words.isEmpty
      ? Set(IndicatorDimension.allCases) : Set(words.compactMap { IndicatorDimension(rawValue: $0.rawValue) })
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let report = try await SupplyCommands.failing {
        try await site.indicators.report(query, by: dimensions, at: now)
      }
      if invocation[IndicatorCommands.csv] {
        invocation.output.write(
          IndicatorWriter.csv(report, hasMark: invocation[IndicatorCommands.mark]))
      } else if invocation.wantsJSON {
        invocation.output.json { IndicatorWriter.writeMembers(report, query, to: &$0) }
      } else if report.orders > 0 {
        var table = TextTable(
          "REGION", "MONTH", "CUSTOMER", "INDICATOR", "TITLE", "LIMIT", "CLAUSE", "NUMERATOR", "DENOMINATOR",
          "RATE", "DAYS", "OPEN", "UNKNOWN", "LATE", "OUTSIDE")
        for row in IndicatorWriter.rows(report) { table.row(row) }
        table.write(to: invocation.output)
      }
      if !invocation.wantsJSON {
        invocation.errors.line(
          "\(report.orders) orders, \(report.filedAgain) of them filed more than once"
            + (report.unread == 0
              ? "" : "; \(report.unread) applications were judged by an earlier version and count nothing"))
      }
      return .done
    }
  }
}
