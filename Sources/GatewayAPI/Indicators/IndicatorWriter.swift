import Calendars
import CivilTime
public import Documents
public import Supply

/// Figures and the orders behind them, as the interface and the command line give them. Nothing of them is anybody's.
public enum IndicatorWriter {
  /// One figure of a group, whichever it is: the members of JSON and the columns of tables.
  struct Line {
    let word: String
    let group: IndicatorReport.Group
    var limit: OrderLimit?
    var count: IndicatorCount?
    var numerator: Int?
    var denominator: Int?
    var rate: IndicatorRatio?
    var meanDays: IndicatorRatio?

    init(_ line: IndicatorReport.Line) {
      (word, group, limit, count) = (line.indicator.word, line.group, line.limit, line.count)
      meanDays = line.count.meanDays
      if line.indicator == .limit(OrderLimit.average) {
        (numerator, denominator) = (line.count.days, line.count.daysOf)
      } else {
        (numerator, denominator) = (line.count.counts, line.count.denominator)
        rate = line.count.rate
      }
    }

    init(_ sum: IndicatorReport.Sum) {
      (word, group) = (Indicator.sharedInformation, sum.group)
      rate = sum.rate
    }

    fileprivate var title: String { Indicator.title(word) }
    fileprivate var limitTitle: String? { limit?.rule?.limit.englishTitle }
  }

  /// Group by group, in the order of annex 2, then the limits.
  static func lines(_ report: IndicatorReport) -> [Line] {
    var lines: [Line] = []
    var sums = report.sums[...]
    for line in report.lines {
      lines.append(Line(line))
      // The sum stands behind its parts.
      if line.indicator == .sharedPermits, let sum = sums.popFirst() { lines.append(Line(sum)) }
    }
    return lines
  }

  public static func writeMembers(
    _ report: IndicatorReport, _ query: IndicatorQuery, to writer: inout JSONWriter
  ) {
    writer.member("from", query.from.description)
    writer.member("through", query.through.description)
    writer.member("by", query.moment.rawValue)
    writer.member("orders", report.orders)
    writer.member("filedAgain", report.filedAgain)
    writer.member("unread", report.unread)
    writer.member("indicators") { writer in
      writer.array { writer in
        for line in lines(report) { writer.object { write(line, to: &$0) } }
      }
    }
  }

  private static func write(_ line: Line, to writer: inout JSONWriter) {
    func decimal(_ name: String, _ ratio: IndicatorRatio?, _ writer: inout JSONWriter) {
      writer.member(name) { if let ratio { $0.number(written: ratio.decimal) } else { $0.null() } }
    }
    writer.member("indicator", line.word)
    writer.member("title", line.title)
    writer.member("region", line.group.region)
    writer.member("month", line.group.month?.description)
    writer.member("customer", line.group.customer)
    writer.member("limit", line.limitTitle)
    writer.member("clause", line.limit?.clause)
    writer.member("document", line.limit?.document)
    writer.member("assumed", line.limit?.isAssumed)
    writer.member("numerator", line.numerator)
    writer.member("denominator", line.denominator)
    decimal("rate", line.rate, &writer)
    decimal("meanDays", line.meanDays, &writer)
    writer.member("open", line.count?.open)
    writer.member("unknown", line.count?.unknown)
    writer.member("enteredLate", line.count?.enteredLate)
    writer.member("outside", line.count?.outside)
  }

  // Tables

  public static let columns = [
    "region", "month", "customer", "indicator", "title", "limit", "clause", "numerator", "denominator",
    "rate", "mean_days", "open", "unknown", "entered_late", "outside",
  ]

  /// In the order of ``columns``; empty where there is nothing.
  public static func rows(_ report: IndicatorReport) -> [[String]] {
    func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }
    return lines(report).map { line in
      [
        line.group.region ?? "", line.group.month?.description ?? "", line.group.customer ?? "", line.word,
        line.title, line.limitTitle ?? "", line.limit?.clause ?? "", text(line.numerator),
        text(line.denominator), line.rate?.decimal ?? "", line.meanDays?.decimal ?? "",
        text(line.count?.open), text(line.count?.unknown), text(line.count?.enteredLate),
        text(line.count?.outside),
      ]
    }
  }

  public static func csv(_ report: IndicatorReport, hasMark: Bool = false) -> [UInt8] {
    var text = CSVText(hasMark: hasMark)
    text.row(columns)
    for row in rows(report) { text.row(row) }
    return text.bytes
  }

  // Orders

  public static func writeMembers(_ listed: IndicatorDesk.Listed, to writer: inout JSONWriter) {
    let order = listed.order
    writer.member("application", order.id.rawValue)
    writer.member("number", order.first.number)
    writer.member("outcome", listed.finding.outcome.rawValue)
    writer.member("reasons", listed.finding.reasons.map(\.word))
    writer.member("region", order.region)
    writer.member("business", order.business)
    writer.member("customer", order.customer)
    writer.member("applied", order.applied.happened.iso8601)
    writer.member("connected", order.connected?.happened.iso8601)
    writer.member("limit", listed.limit?.rule?.limit.englishTitle)
    writer.member("clause", listed.limit?.clause)
    writer.member("days", listed.finding.days)
    writer.member("filedAgain", order.isFiledAgain)
    writer.member("applications") { writer in
      writer.array { writer in for entry in order.entries { writer.integer(entry.application.rawValue) } }
    }
  }

  public static let orderColumns = [
    "application", "number", "outcome", "reasons", "region", "business", "customer", "applied", "connected",
    "limit", "clause", "days", "filed_again", "applications",
  ]

  public static func row(_ listed: IndicatorDesk.Listed) -> [String] {
    let order = listed.order
    return [
      "\(order.id)", order.first.number, listed.finding.outcome.rawValue,
      listed.finding.reasons.map(\.word).joined(separator: " "), order.region, order.business ?? "",
      order.customer ?? "", order.applied.happened.iso8601, order.connected?.happened.iso8601 ?? "",
      listed.limit?.rule?.limit.englishTitle ?? "", listed.limit?.clause ?? "",
      listed.finding.days.map { "\($0)" } ?? "", order.isFiledAgain ? "yes" : "no",
      order.entries.map { "\($0.application)" }.joined(separator: " "),
    ]
  }

  public static func csv(_ orders: [IndicatorDesk.Listed], hasMark: Bool = false) -> [UInt8] {
    var text = CSVText(hasMark: hasMark)
    text.row(orderColumns)
    for order in orders { text.row(row(order)) }
    return text.bytes
  }
}
