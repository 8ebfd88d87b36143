public import Exchanges
public import Pushing
public import SQLDatabase

extension Replays {
  /// Those of the exchanges that a replay is still to understand again: they are not pruned.
  public static func remapped(among exchanges: [ExchangeID], in reader: Reader) throws -> [ExchangeID] {
    let find = try reader.prepare(
      """
      SELECT 1 FROM replay_item i JOIN replay r ON r.id = i.replay
      WHERE i.original = ?1 AND i.state IN ('pending', 'waiting') AND r.depth = ?2
        AND r.state NOT IN ('completed', 'cancelled')
      """)
    return try exchanges.filter {
      try find.first(.int($0.rawValue), .text(ReplayDepth.remap.rawValue)) { _ in true } ?? false
    }
  }

  /// Those of the pushes that a replay is still to hand in again: what was handed in is not erased.
  public static func repushed(among pushes: [PushID], in reader: Reader) throws -> [PushID] {
    let find = try reader.prepare(
      """
      SELECT 1 FROM replay_item i JOIN replay r ON r.id = i.replay
      WHERE i.original = ?1 AND i.state IN ('pending', 'waiting') AND r.depth = ?2
        AND r.state NOT IN ('completed', 'cancelled')
      """)
    return try pushes.filter {
      try find.first(.int($0.rawValue), .text(ReplayDepth.repush.rawValue)) { _ in true } ?? false
    }
  }
}
