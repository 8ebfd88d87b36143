import Exchanges
import SQLDatabase

/// How a push fares beside others.
extension Pushes {
  /// Whether the platform took others of the same operation since this one last came to nothing, or was first tried.
  func wereOthersTaken(besides push: Push, in reader: Reader) throws -> Bool {
    // From the end of the history, which is long, and not from all that was ever handed in at the operation.
    try reader.first(
      """
      SELECT 1 FROM push_event CROSS JOIN push ON push.id = push_event.push
      WHERE push_event.id > (
          SELECT coalesce(vain_entry, (SELECT min(id) FROM push_event WHERE push = ?1)) FROM push WHERE id = ?1)
        AND push_event.state = 'accepted' AND push_event.event IN ('accepted', 'found', 'late')
        AND push.platform = ?2 AND push.operation = ?3
      LIMIT 1
      """, .int(push.id.rawValue), .text(push.platform), .text(push.operation)
    ) { _ in true } ?? false
  }
}
