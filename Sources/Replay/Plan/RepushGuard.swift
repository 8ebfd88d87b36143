public import Pushing
public import SQLDatabase

/// Says of which pushes another part of the gateway knows that they are not to be handed in again by a plan, or not as they are.
public struct RepushGuard: Sendable {
  /// Why a push is not handed in again here, and what is done instead, in words; nil: nothing is against it. What is parked is not handed in anew, but goes on as the
  /// push it was.
  let reason: @Sendable (_ push: Push, _ reader: Reader) throws -> String?

  public init(reason: @escaping @Sendable (_ push: Push, _ reader: Reader) throws -> String?) {
    self.reason = reason
  }
}

extension [RepushGuard] {
  /// Why a push is not handed in again; nil when it may be.
  func reason(against push: Push, in reader: Reader) throws -> String? {
    for one in self {
      if let reason = try one.reason(push, reader) { return reason }
    }
    return nil
  }
}
