public import Calendars
import SQLDatabase

/// How many items of a region, or cases where the clock is a case's, have a colour as their strongest warning.
public struct PermitWarningCount: Hashable, Sendable {
  /// Whose time it is.
  public enum Clock: String, CaseIterable, Hashable, Sendable {
    /// The platform's for one permit.
    case platform
    /// The platform's for all permits of a case together.
    case total
    /// The utility's own, for one permit or for the customer behind a case.
    case own
  }

  /// Area code.
  public let region: String
  public let clock: Clock
  public let colour: Warning.Colour
  /// A case is counted as one, where the clock is the case's.
  public let items: Int
}

extension Permits {
  /// The warnings that stand, an item counted once for each of its two clocks, and a case once for those over its items.
  public func warningCounts() async throws -> [PermitWarningCount] {
    let colours = Warning.Colour.allCases.sorted()
    let ranks = colours.enumerated().map { "WHEN '\($1.rawValue)' THEN \($0)" }.joined(separator: " ")
    return try await database.read { reader in
      try reader.query(
        """
        SELECT region, clock, strongest, count(*) FROM (
          SELECT parent.region AS region, CASE WHEN warning.clock = ?1 THEN ?2 ELSE ?3 END AS clock,
            max(CASE warning.colour \(ranks) END) AS strongest
          FROM permit_warning AS warning JOIN permit_item AS item ON item.id = warning.item
          JOIN permit_case AS parent ON parent.id = item.permit_case
          WHERE warning.stands = 1 GROUP BY parent.region, warning.item, warning.clock = ?1
          UNION ALL
          SELECT parent.region, CASE WHEN substr(warning.clock, 1, ?5) = ?6 THEN ?4 ELSE ?3 END,
            max(CASE warning.colour \(ranks) END)
          FROM permit_case_warning AS warning JOIN permit_case AS parent ON parent.id = warning.permit_case
          WHERE warning.stands = 1
          GROUP BY parent.region, warning.permit_case, substr(warning.clock, 1, ?5) = ?6) AS standing
        GROUP BY region, clock, strongest ORDER BY region, clock, strongest
        """, .text(PermitAlert.platform), .text(PermitWarningCount.Clock.platform.rawValue),
        .text(PermitWarningCount.Clock.own.rawValue), .text(PermitWarningCount.Clock.total.rawValue),
        .int(Int64(PermitTotal.prefix.utf8.count)), .text(PermitTotal.prefix)
      ) { row in
        guard let clock = PermitWarningCount.Clock(rawValue: row.text(1)) else {
          preconditionFailure("the question has no other words")
        }
        return PermitWarningCount(
          region: row.text(0), clock: clock, colour: colours[Int(row.int(2))], items: Int(row.int(3)))
      }
    }
  }
}
