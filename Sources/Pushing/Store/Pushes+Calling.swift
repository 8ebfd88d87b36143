public import Adapters
import Applications
import SQLDatabase

extension Pushes {
  /// The message with its attachments, as they were handed in.
  public func call(for push: Push) async throws -> PushCall {
    let (parts, owner, receipt) = try await database.read { [self] reader in
      let about = try reader.first("SELECT about FROM push WHERE id = ?1", .int(push.id.rawValue)) {
        $0.intOrNull(0).map { PushID($0) }
      }
      // What supplements or withdraws another goes by the other's receipt.
      let owner = try (about ?? nil).map { try require($0, reader) } ?? push
      let receipt = try reader.first("SELECT receipt FROM push WHERE id = ?1", .int(owner.id.rawValue)) {
        $0.blobOrNull(0)
      }
      return (try sealedParts(of: push.id, reader), owner, receipt ?? nil)
    }
    guard let message = parts.first(where: { $0.number == 1 }) else {
      throw Pushes.unreadable(push.id, "its message is not there")
    }
    return PushCall(
      key: push.key, item: push.item, message: try open(message.sealed, push, part: 1),
      attachments: try parts.filter { $0.number > 1 }.map {
        try Attachment(decoding: try open($0.sealed, push, part: $0.number))
      },
      receipt: try receipt.flatMap { try acknowledgement($0, of: owner).receipt }, due: push.due)
  }
}
