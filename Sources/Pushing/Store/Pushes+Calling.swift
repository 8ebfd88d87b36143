public import Adapters
import Applications
import Exchanges
import SQLDatabase

extension Pushes {
  /// The message with its attachments, as they were handed in.
  public func call(for push: Push) async throws -> PushCall {
    let parts = try await database.read { [self] in try sealedParts(of: push.id, $0) }
    guard let message = parts.first(where: { $0.number == 1 }) else {
      throw Pushes.unreadable(push.id, "its message is not there")
    }
    return PushCall(
      key: push.key, item: push.item, message: try open(message.sealed, push, part: 1),
      attachments: try parts.filter { $0.number > 1 }.map {
        try Attachment(decoding: try open($0.sealed, push, part: $0.number))
      },
      receipt: try await acknowledgement(of: push.owner)?.receipt, due: push.due)
  }

  /// What a platform is asked with about a push. No probe has the message, so that it is asked also when what was handed in is gone.
  ///
  /// - Throws: `PushError` `erased` where it is asked by a receipt that was destroyed: without that it would be another question.
  public func question(for push: Push, by probe: Operation) async throws -> PushCall {
    let receipt = try await acknowledgement(of: push.owner)?.receipt
    if receipt == nil, probe.needsReceipt, try await required(push.owner).erased != nil {
      throw PushError(
        .erased, "the receipt of push \(push.owner) was erased, and the platform is asked by it",
        remedy: "ask the platform another way, and enter what it says")
    }
    return PushCall(
      key: push.key, item: push.item, message: [], attachments: [], receipt: receipt, due: push.due)
  }
}

extension Push {
  /// By whose receipt it goes: what supplements or withdraws another goes by the other's.
  fileprivate var owner: PushID { about ?? id }
}
