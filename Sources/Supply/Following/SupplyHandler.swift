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
  /// So many seconds a platform that was asked and did not answer is asked often.
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
    let (following, store, moment) = (following, desk.store, now())
    let isOver = try await isOver(errand)
    guard !isOver else {
      return try await store.database.write { try following.queue.complete(lease, in: $0, now: moment) }
    }
    if errand.kind == .change, try await !isOtherwise(errand, lease, at: moment) { return }
    try await desk.reconsider(
      errand.application, budget: Self.budget, at: moment
    ) { answers, told, transaction in
      for one in told { try following.tell(one, of: errand.application, in: transaction, at: moment) }
      if errand.kind == .change || errand.kind == .rest, answers.contains(where: { !$0.askings.isEmpty }) {
        try following.follow(restOf: errand.application, in: transaction, now: moment)
      }
      guard let wait = Self.wait(errand, answers, at: moment),
        let end = try store.followed(errand.application, transaction), moment < end
      else { return try following.queue.complete(lease, in: transaction, now: moment) }
      try following.queue.snooze(
        lease, until: moment.advanced(bySeconds: wait), in: transaction, now: moment)
    }
  }

  /// Whether nothing is left of an errand: a connected customer's verdicts are what they were, and whoever rested asks only where another verdict came since.
  private func isOver(_ errand: SupplyErrand) async throws -> Bool {
    guard errand.kind == .end || errand.kind == .rest else { return false }
    let store = desk.store
    return try await store.database.read { reader in
      guard try store.followed(errand.application, reader) != nil else { return true }
      return try errand.kind == .rest && !store.isJudged(errand.application, since: errand.since, reader)
    }
  }

  /// Judges what has changed by what is known: a platform that is asked may tell a little otherwise each time, which is a change again. Keeps that where
  /// nobody has to be asked, or somebody was a moment ago.
  ///
  /// - Returns: whether something stands otherwise, and platforms are to be asked; then nothing was kept.
  private func isOtherwise(
    _ errand: SupplyErrand, _ lease: WorkLease, at moment: Timestamp
  ) async throws -> Bool {
    let following = following
    do {
      try await desk.reconsider(
        errand.application, asks: false, budget: .zero, at: moment
      ) { _, told, transaction in
        guard try told.isEmpty || following.isResting(errand.application, transaction) else {
          throw Otherwise()
        }
        for one in told { try following.tell(one, of: errand.application, in: transaction, at: moment) }
        try following.queue.complete(lease, in: transaction, now: moment)
      }
      return false
    } catch is Otherwise {
      return true
    }
  }

  private struct Otherwise: Error {}

  /// So many seconds until an errand is done again; nil: never.
  private static func wait(
    _ errand: SupplyErrand, _ answers: [SupplyDesk.Answer], at moment: Timestamp
  ) -> Double? {
    switch errand.kind {
    case .open:
      let isOpen = answers.contains(where: \.isOpen)
      guard isOpen || answers.contains(where: \.isUnchecked) else { return nil }
      return wait(since: errand.since, at: moment, isAsked: isOpen)
    case .doubt: return answers.contains(where: \.isDoubtful) ? longestWait : nil
    case .end, .change, .rest, nil: return nil
    }
  }

  static let longestWait = 6 * 3600.0

  /// Half as long as it has lasted already: at least half a minute where a platform was asked, else ten minutes; at most an hour on the first day, and
  /// six hours behind it. In seconds. Pure.
  static func wait(since start: Timestamp, at moment: Timestamp, isAsked: Bool) -> Double {
    let lasted = Double(moment.milliseconds(since: start)) / 1000
    return min(lasted < patience ? 3600 : longestWait, max(isAsked ? 30 : 600, lasted / 2))
  }

  public func problem(of error: any Error) -> WorkProblem {
    guard let error = error as? SupplyError else { return WorkProblem(error) }
    return WorkProblem(
      code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
  }
}
