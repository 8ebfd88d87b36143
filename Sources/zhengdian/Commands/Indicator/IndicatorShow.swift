import CivilTime
import Documents
import GatewayAPI
import Supply

/// `indicator show`: the orders behind a figure.
enum IndicatorShow {
  private static let indicator = Positional(
    "INDICATOR",
    "online-applications, shared-certificates, shared-permits, average, or limit- and the step of a policy.")
  private static let outcome = CommandOption<OrderOutcome>.choice(
    "outcome", "Only those; all that the figure is about if not given.", isRepeated: true)
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...IndicatorDesk.mostOrders, "At most so many; 50 if not given.")
  private static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the order that was listed last.")

  static let command = Command(
    "show", "The orders behind a figure, and why each counts or does not.",
    details: "In the order in which they belong to the months. Names nobody.",
    options: IndicatorCommands.options + [outcome, limit, after], positionals: [indicator]
  ) { invocation in
    let now = Timestamp.now()
    let query = try IndicatorCommands.query(invocation, at: now)
    guard let word = invocation[indicator].first, let figure = Indicator(word) else {
      throw UsageError("INDICATOR is \(indicator.help)")
    }
    let outcomes = invocation.arguments.all(outcome)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let (orders, next) = try await SupplyCommands.failing {
        try await site.indicators.orders(
          of: figure, query, outcomes: outcomes.isEmpty ? nil : Set(outcomes),
          after: invocation[after].map { SupplyApplicationID(rawValue: Int64($0)) },
          limit: invocation[limit] ?? 50, at: now)
      }
      if invocation[IndicatorCommands.csv] {
        invocation.output.write(
          IndicatorWriter.csv(orders, hasMark: invocation[IndicatorCommands.mark]))
      } else if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for order in orders { lines.object { IndicatorWriter.writeMembers(order, to: &$0) } }
        lines.flush()
      } else if !orders.isEmpty {
        var table = TextTable(
          "APPLICATION", "NUMBER", "OUTCOME", "REASONS", "REGION", "BUSINESS", "CUSTOMER", "APPLIED",
          "CONNECTED", "LIMIT", "CLAUSE", "DAYS", "AGAIN", "APPLICATIONS")
        for order in orders { table.row(IndicatorWriter.row(order)) }
        table.write(to: invocation.output)
      }
      if let next { invocation.errors.line("there are more: --after \(next)") }
      return .done
    }
  }
}
