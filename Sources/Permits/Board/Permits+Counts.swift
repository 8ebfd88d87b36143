public import Calendars
import SQLDatabase

/// How many items of a region have a colour as their strongest warning.
public struct PermitWarningCount: Hashable, Sendable {
  /// Area code.
  public let region: String
  /// Of the platform's clock, or of the utility's own.
  public let isOfPlatform: Bool
  public let colour: Warning.Colour
  public let items: Int
}

extension Permits {
  /// The warnings that stand, an item counted once for each of its two clocks.
  public func warningCounts() async throws -> [PermitWarningCount] {
    let colours = Warning.Colour.allCases.sorted()
    let ranks = colours.enumerated().map { "WHEN '\($1.rawValue)' THEN \($0)" }.joined(separator: " ")
    return try await database.read { reader in
      try reader.query(
        """
        SELECT region, is_of_platform, strongest, count(*) FROM (
          SELECT parent.region AS region, warning.clock = ?1 AS is_of_platform,
            max(CASE warning.colour \(ranks) END) AS strongest
          FROM permit_warning AS warning JOIN permit_item AS item ON item.id = warning.item
          JOIN permit_case AS parent ON parent.id = item.permit_case
          WHERE warning.stands = 1 GROUP BY parent.region, warning.item, warning.clock = ?1)
        GROUP BY region, is_of_platform, strongest ORDER BY region, is_of_platform, strongest
        """, .text(PermitAlert.platform)
      ) { row in
        PermitWarningCount(
          region: row.text(0), isOfPlatform: row.flag(1), colour: colours[Int(row.int(2))],
          items: Int(row.int(3)))
      }
    }
  }
}
