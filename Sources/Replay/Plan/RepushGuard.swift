public import Pushing
public import SQLDatabase

/// Says of which pushes another part of the gateway follows what becomes of them, and would know nothing of a new push in their place.
public struct RepushGuard: Sendable {
  /// Why a push is not handed in again here, and what is done instead, in words; nil: nothing is against it.
  let reason: @Sendable (_ push: PushID, _ reader: Reader) throws -> String?

  public init(reason: @escaping @Sendable (_ push: PushID, _ reader: Reader) throws -> String?) {
    self.reason = reason
  }
}

extension [RepushGuard] {
  /// Why a push is not handed in again; nil when it may be.
  func reason(against push: Push, _ pushes: Pushes) async throws -> String? {
    // What stood still goes on as the push it was: who follows it goes on following.
    guard !isEmpty, push.state != .parked else { return nil }
    return try await pushes.database.read { reader in
      for one in self {
        if let reason = try one.reason(push.id, reader) { return reason }
      }
      return nil
    }
  }
}
