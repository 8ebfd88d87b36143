import CivilTime
import Supply

/// `indicator …`: figures over all orders.
enum IndicatorCommands {
  static let group = Command(
    group: "indicator", "Figures over all applications for electricity, and the orders behind them.",
    [IndicatorList.command, IndicatorShow.command])

  static let from = CommandOption<String>.text(
    "from", "MONTH", "The first month, such as 2026-03; --through or this month if not given.")
  static let through = CommandOption<String>.text(
    "through", "MONTH",
    "The last month; this month if not given. At most \(IndicatorQuery.mostMonths) months.")
  static let by = CommandOption<IndicatorMoment>.choice(
    "by", "By which moment an order belongs to a month; applied if not given.")
  static let region = CommandOption<String>.text(
    "region", "DIGITS", "The beginning of an area code: 32 counts those of a province.")
  static let customer = CommandOption<String>.text(
    "customer", "CLASS", "Only customers of this class: \(IndicatorQuery.customers.joined(separator: ", ")).")
  static let csv = CommandOption<Bool>.flag("csv", "As comma-separated values.")
  static let mark = CommandOption<Bool>.flag(
    "bom", "Begins with a byte order mark, by which spreadsheets know UTF-8; with --csv.")

  static let options: [any AnyCommandOption] = [from, through, by, region, customer, csv, mark]

  /// - Throws: `UsageError`.
  static func query(_ invocation: Invocation, at now: Timestamp) throws -> IndicatorQuery {
    guard invocation[csv] || !invocation[mark] else { throw UsageError("--bom goes with --csv") }
    guard !invocation[csv] || !invocation.wantsJSON else {
      throw UsageError("--csv does not go with --json")
    }
    func month(_ option: CommandOption<String>, _ name: String) throws -> CivilMonth? {
      guard let text = invocation[option] else { return nil }
      guard let month = CivilMonth(text) else { throw UsageError("--\(name) takes a month such as 2026-03") }
      return month
    }
    let through = try month(through, "through")
    let from = try month(from, "from") ?? through ?? CivilMonth(now)
    let last = through ?? max(from, CivilMonth(now))
    guard 1...IndicatorQuery.mostMonths ~= CivilMonth.count(from: from, through: last) else {
      throw UsageError(
        "--from and --through are the first and the last of at most \(IndicatorQuery.mostMonths) months")
    }
    let region = invocation[region]
    if let region, !IndicatorQuery.isRegion(region) { throw UsageError("--region takes two to six digits") }
    let customer = invocation[customer]
    if let customer, !IndicatorQuery.customers.contains(customer) {
      throw UsageError("--customer is one of \(IndicatorQuery.customers.joined(separator: ", "))")
    }
    return IndicatorQuery(
      from: from, through: last, moment: invocation[by] ?? .applied, region: region, customer: customer)
  }
}
