import Changes
public import CivilTime
import Exchanges
import SQLDatabase
import Work

/// How a try ends, in the transaction that ends its work.
extension Subscriptions {
  /// This change is delivered.
  func noteDelivered(
    _ id: SubscriptionID, _ sequence: Int64, in transaction: Transaction, at moment: Timestamp
  ) throws {
    try transaction.execute(
      """
      UPDATE subscription SET delivered = CASE WHEN delivered < ?2 THEN ?2 ELSE delivered END,
        delivered_at = ?3, failures = 0,
        failing_since = NULL, refusals = 0, problem_code = NULL, problem_class = NULL, problem_message = NULL
      WHERE id = ?1
      """, .int(id.rawValue), .int(sequence), .int(moment.milliseconds))
  }

  /// It is left out: the receiver refuses it, or it is not kept any more.
  func noteSkipped(
    _ id: SubscriptionID, _ sequence: Int64, _ problem: WorkProblem, in transaction: Transaction
  ) throws {
    try transaction.execute(
      """
      UPDATE subscription SET delivered = CASE WHEN delivered < ?2 THEN ?2 ELSE delivered END,
        skipped = skipped + 1, refusals = 0,
        problem_code = ?3, problem_class = ?4, problem_message = ?5 WHERE id = ?1
      """, [.int(id.rawValue), .int(sequence)] + problem.columns)
  }

  func noteFailed(
    _ id: SubscriptionID, _ problem: WorkProblem, isRefusal: Bool, in transaction: Transaction,
    at moment: Timestamp
  ) throws {
    // Whoever refuses a message is there.
    let counts =
      isRefusal
      ? "refusals = refusals + 1, failures = 0, failing_since = NULL"
      : "failures = failures + 1, failing_since = coalesce(failing_since, ?5)"
    var values = [.int(id.rawValue)] + problem.columns
    if !isRefusal { values.append(.int(moment.milliseconds)) }
    try transaction.execute(
      """
      UPDATE subscription SET \(counts), problem_code = ?2, problem_class = ?3, problem_message = ?4
      WHERE id = ?1
      """, values)
  }

  /// Everything up to `place` was told or is of no interest: what comes behind it is told next, and where nothing does the subscription rests.
  ///
  /// The feed has to be held: what is appended behind its end then finds the subscription at rest, and wakes it.
  ///
  /// - Parameter end: of the feed.
  func goOn(
    _ subscription: Subscription, behind place: Int64, end: Int64, _ lease: WorkLease,
    in transaction: Transaction, at moment: Timestamp
  ) throws {
    let next: Int64
    var isAtRest = false
    do {
      let page = try ChangeFeed.page(
        after: place, kinds: kinds(of: subscription) ?? [], limit: 1, in: transaction)
      next = page.changes.first.map { $0.sequence - 1 } ?? page.next
      isAtRest = page.changes.isEmpty && next == end
    } catch is ChangeError {
      // Whoever looks next pauses it for that; what was told until now is written down.
      next = place
    }
    try transaction.execute(
      """
      UPDATE subscription SET delivered = CASE WHEN delivered < ?2 THEN ?2 ELSE delivered END, resting = ?3
      WHERE id = ?1
      """, .int(subscription.id.rawValue), .int(next), .flag(isAtRest))
    if isAtRest {
      try queue.complete(lease, in: transaction, now: moment)
    } else if lease.attempt == 1 {
      try queue.snooze(lease, until: moment, in: transaction, now: moment)
    } else {
      // Tries that failed are of what was told after all: the rest begins with all of its own.
      try queue.complete(lease, in: transaction, now: moment)
      try wake(subscription.id, in: transaction, at: moment)
    }
  }

  /// Nothing more is sent, and there is no work: what is missed is in the feed.
  func pause(
    _ subscription: Subscription, _ problem: WorkProblem, holding lease: WorkLease?,
    in transaction: Transaction, at moment: Timestamp
  ) throws {
    try queue.cancelAll(
      of: subscription.sequence, holding: lease, in: transaction, now: moment)
    try transaction.execute(
      """
      UPDATE subscription SET state = 'paused', resting = 0, problem_code = ?2, problem_class = ?3,
        problem_message = ?4
      WHERE id = ?1
      """, [.int(subscription.id.rawValue)] + problem.columns)
    try feed.append(
      NewChange(
        .subscriptionPaused, "subscription-\(subscription.id)",
        ["consumer": .word(subscription.consumer), "problem": .word(problem.code)]),
      in: transaction, at: moment)
  }

  /// Pauses all, in a database that is an older copy: what receivers were told since is not known here, and may not be so any more.
  ///
  /// - Returns: how many there were.
  public func pauseAll(at moment: Timestamp) async throws -> Int {
    try await database.write { transaction in
      let active = try transaction.query(
        "SELECT \(Subscription.columns) FROM subscription WHERE state = 'active' ORDER BY id"
      ) { Subscription($0) }
      for subscription in active {
        try self.pause(
          subscription, .restored, holding: nil, in: transaction, at: moment)
      }
      return active.count
    }
  }

  /// Where a subscription that was paused goes on.
  public enum Place: String, CaseIterable, Sendable {
    /// With what it has missed.
    case missed
    /// With what comes from now on.
    case new
  }

  /// Lets a subscription go on that was paused.
  ///
  /// - Throws: `SubscriptionError` `notNow` unless it is paused, or where it has missed changes that are no longer kept, or its consumer is gone.
  @discardableResult
  public func resume(
    _ id: SubscriptionID, of consumer: String? = nil, with place: Place
  ) async throws -> Subscription {
    let moment = now()
    return try await database.write { transaction in
      let end = try ChangeFeed.hold(in: transaction)
      let subscription = try Self.require(id, of: consumer, transaction)
      guard subscription.state == .paused else {
        throw SubscriptionError(
          .notNow, "subscription \(id) is \(subscription.state.rawValue)",
          remedy: subscription.state == .active
            ? "nothing holds it up" : "a newer program wrote it: install that one")
      }
      guard let kinds = self.kinds(of: subscription) else {
        throw SubscriptionError(
          .notNow, WorkProblem.consumerGone.message,
          remedy: "name '\(subscription.consumer)' in the configuration again, or delete the subscription")
      }
      let isMissing = try place == .missed && Self.misses(subscription, kinds, transaction)
      try transaction.execute(
        """
        UPDATE subscription SET state = 'active', delivered = ?2, resting = ?3, failures = 0,
          failing_since = NULL, refusals = 0, problem_code = NULL, problem_class = NULL,
          problem_message = NULL
        WHERE id = ?1
        """, .int(id.rawValue), .int(isMissing ? subscription.delivered : end), .flag(!isMissing))
      if isMissing { try self.wake(id, in: transaction, at: moment) }
      return try Self.require(id, of: nil, transaction)
    }
  }

  /// Whether there is anything that it was not told, as far as one look goes.
  private static func misses(
    _ subscription: Subscription, _ kinds: Set<ChangeKind>, _ transaction: Transaction
  ) throws -> Bool {
    do {
      let page = try ChangeFeed.page(
        after: subscription.delivered, kinds: kinds, limit: 1, in: transaction)
      return try !page.changes.isEmpty || page.next < ChangeFeed.end(in: transaction)
    } catch let error as ChangeError {
      throw SubscriptionError(
        .notNow, error.message, remedy: "\(error.remedy), and let it go on with what is new")
    }
  }
}

extension WorkProblem {
  /// Code, class and message.
  fileprivate var columns: [SQLValue] { [.text(code), .text(errorClass.rawValue), .text(message)] }
}

extension WorkProblem {
  static let consumerGone = WorkProblem(
    code: "consumer-gone", errorClass: .configuration,
    message: "the site's configuration has no such consumer any more",
    remedy: "delete the subscription, or name its consumer in the configuration again")

  /// What the feed says of a place that it does not know, or no longer.
  init(_ error: ChangeError) {
    self.init(
      code: error.code.rawValue, errorClass: .data, message: error.message, remedy: error.remedy)
  }

  fileprivate static let restored = WorkProblem(
    code: ChangeError.Code.gone.rawValue, errorClass: .data,
    message: "the database is a restored copy: what was told since it was made may have been undone",
    remedy: "the receiver reads anew what it keeps a copy of, then it goes on with what is new")
}
