public import CivilTime
import Exchanges
public import SQLDatabase

/// Does the work of one kind.
public protocol WorkHandler: Sendable {
  /// Does one item, and ends its lease in the transaction that stores what came of it: done, tried again, snoozed or parked.
  ///
  /// The task is cancelled when the lease is lost or the program stops. What it throws is judged by ``FailureRule``; an item whose lease was not ended is
  /// parked, because nobody could say what became of it.
  func perform(_ lease: WorkLease) async throws

  /// What an error thrown by `perform` means.
  func problem(of error: any Error) -> WorkProblem

  /// In the transaction in which the loop parks an item: for handlers that keep a state of their own.
  func parked(_ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp) throws
}

extension WorkHandler {
  public func problem(of error: any Error) -> WorkProblem { WorkProblem(error) }

  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {}
}

extension WorkProblem {
  /// An error of no known kind may be a mistake of ours: it is tried again, and parked when it does not pass. Its text is left out, since it may say anything.
  public init(_ error: any Error) {
    switch error {
    case let error as DatabaseError:
      self.init(
        code: "database-" + error.code.rawValue, errorClass: .transient, message: error.message,
        remedy: "it is tried again; see that the database can be written")
    case let error as WorkError:
      self.init(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    default:
      self.init(
        code: "internal", errorClass: .platform, message: "\(type(of: error))", remedy: "see the log")
    }
  }
}

extension DatabaseError {
  /// The database cannot be used for now; what was to be written is not at fault.
  var isOfStore: Bool {
    switch code {
    case .busy, .full, .inputOutput, .outOfMemory, .transactionLost, .cannotOpen, .permission, .readOnly,
      .corrupt,
      .closed:
      true
    default: false
    }
  }
}

/// Clock, chance and waiting of a loop, passed in.
public struct WorkClock: Sendable {
  public var now: @Sendable () -> Timestamp
  /// In 0..<1.
  public var fraction: @Sendable () -> Double
  public var sleep: @Sendable (Duration) async throws -> Void

  public init(
    now: @escaping @Sendable () -> Timestamp, fraction: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.fraction = fraction
    self.sleep = sleep
  }

  public static let system = WorkClock(
    now: { .now() }, fraction: { .random(in: 0..<1) }, sleep: { try await Task.sleep(for: $0) })
}
