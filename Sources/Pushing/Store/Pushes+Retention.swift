public import Exchanges
public import SQLDatabase

extension Pushes {
  /// Those of the exchanges that a push still rests on which is not decided: they are not pruned.
  public static func undecided(among exchanges: [ExchangeID], in reader: Reader) throws -> [ExchangeID] {
    let find = try reader.prepare(
      """
      SELECT 1 FROM push WHERE exchange = ?1 AND exchange IS NOT NULL
        AND state NOT IN ('accepted', 'refused', 'cancelled')
      """)
    return try exchanges.filter { try find.first(.int($0.rawValue)) { _ in true } ?? false }
  }
}
