public import Exchanges
public import SQLDatabase

extension Pushes {
  /// Those of the exchanges by which a push was sent that is not decided: they are not pruned. All of them, since it may go back to what it was before a
  /// doubt arose, and rest on an earlier one again.
  public static func undecided(among exchanges: [ExchangeID], in reader: Reader) throws -> [ExchangeID] {
    let find = try reader.prepare(
      """
      SELECT 1 FROM push WHERE exchange = ?1 AND exchange IS NOT NULL
        AND state NOT IN ('accepted', 'refused', 'cancelled')
      UNION ALL
      SELECT 1 FROM push_event AS event JOIN push ON push.id = event.push
      WHERE event.exchange = ?1 AND event.exchange IS NOT NULL
        AND push.state NOT IN ('accepted', 'refused', 'cancelled')
      LIMIT 1
      """)
    return try exchanges.filter { try find.first(.int($0.rawValue)) { _ in true } ?? false }
  }
}
