import Changes
public import CivilTime
import Exchanges
import Policies
import SQLDatabase
public import Work

/// Judges applications once more.
public struct SupplyHandler: WorkHandler {
  /// So long the platforms are waited for, where nobody does.
  static let budget = Duration.seconds(120)
  /// After so many seconds what a platform has not said is left for the next application.
  static let patience = 86_400.0

  private let desk: SupplyDesk
  private let following: SupplyFollowing
  private let now: @Sendable () -> Timestamp

  public init(
    _ desk: SupplyDesk, _ following: SupplyFollowing, now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    self.desk = desk
    self.following = following
    self.now = now
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let errand = SupplyErrand(decoding: lease.payload) else {
      throw SupplyError(
        .unreadable, "work \(lease.id) names no application", remedy: "compare the database with a backup")
    }
    let (following, moment) = (following, now())
    try await desk.reconsider(
      errand.application, budget: Self.budget, at: moment
    ) { answer, told, transaction in
      if let told { try following.tell(told, of: errand.application, in: transaction, at: moment) }
      guard answer?.isOpen == true, let wait = Self.wait(since: errand.since, at: moment) else {
        return try following.queue.complete(lease, in: transaction, now: moment)
      }
      try following.queue.snooze(
        lease, until: moment.advanced(bySeconds: wait), in: transaction, now: moment)
    }
  }

  /// Half as long as it has lasted already, between half a minute and an hour; nil when it has lasted too long. Pure.
  static func wait(since start: Timestamp, at moment: Timestamp) -> Double? {
    let lasted = Double(moment.milliseconds(since: start)) / 1000
    guard lasted < patience else { return nil }
    return min(3600, max(30, lasted / 2))
  }

  public func problem(of error: any Error) -> WorkProblem {
    guard let error = error as? SupplyError else { return WorkProblem(error) }
    return WorkProblem(
      code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
  }
}
