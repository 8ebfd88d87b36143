import Synchronization

/// What happened at one operation of one platform.
public struct CallCount: Hashable, Sendable {
  public internal(set) var calls = 0
  /// Answered as asked.
  public internal(set) var succeeded = 0
  /// By the platform's own code.
  public internal(set) var refused: [String: Int] = [:]
  /// Spoilt by a fault, by the fault's word.
  public internal(set) var faulted: [String: Int] = [:]
  /// Records that left, faults of the wire not deducted.
  public internal(set) var rows = 0
}

/// Counts calls by platform and operation.
final class CallLedger: Sendable {
  struct Key: Hashable {
    let platform: String
    let operation: String
  }

  private let counts = Mutex<[Key: CallCount]>([:])

  func count(_ platform: String, _ operation: String, _ update: (inout CallCount) -> Void) {
    counts.withLock { update(&$0[Key(platform: platform, operation: operation), default: CallCount()]) }
  }

  func count(_ platform: String, _ operation: String) -> CallCount {
    counts.withLock { $0[Key(platform: platform, operation: operation)] ?? CallCount() }
  }

  func reset() {
    counts.withLock { $0 = [:] }
  }
}
