import Changes
import CivilTime
import Exchanges
import SQLDatabase
import Work

/// How a try ends, in the transaction that ends its work.
extension Subscriptions {
  /// Everything up to this change is delivered.
  func noteDelivered(
    _ id: SubscriptionID, _ sequence: Int64, in transaction: Transaction, at moment: Timestamp
  ) throws {
    try transaction.execute(
      """
      UPDATE subscription SET delivered = max(delivered, ?2), delivered_at = ?3, failures = 0,
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
      UPDATE subscription SET delivered = max(delivered, ?2), skipped = skipped + 1, refusals = 0,
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

  /// Nothing more is sent, and nothing waits: what is missed is in the feed.
  func pause(
    _ subscription: Subscription, _ problem: WorkProblem, holding lease: WorkLease?,
    in transaction: Transaction, at moment: Timestamp
  ) throws {
    try queue.cancelAll(
      of: subscription.sequence, holding: lease, in: transaction, now: moment)
    try transaction.execute(
      """
      UPDATE subscription SET state = 'paused', problem_code = ?2, problem_class = ?3, problem_message = ?4
      WHERE id = ?1
      """, [.int(subscription.id.rawValue)] + problem.columns)
    try feed.append(
      NewChange(
        .subscriptionPaused, "subscription-\(subscription.id)",
        ["consumer": .word(subscription.consumer), "problem": .word(problem.code)]),
      in: transaction, at: moment)
  }

  /// Where a subscription that was paused goes on.
  public enum Place: String, CaseIterable, Sendable {
    /// With what it has missed.
    case missed
    /// With what comes from now on.
    case new
  }

  /// Missed changes that are sent after all; who has missed more reads them from the feed.
  public static let mostMissed = 20_000

  /// Lets a subscription go on that was paused.
  ///
  /// - Throws: `SubscriptionError` `notNow` unless it is paused, or where it has missed too much, or changes that are no longer kept.
  @discardableResult
  public func resume(
    _ id: SubscriptionID, of consumer: String? = nil, with place: Place
  ) async throws -> Subscription {
    let moment = now()
    return try await database.write { transaction in
      let subscription = try Self.require(id, of: consumer, transaction)
      guard subscription.state == .paused else {
        throw SubscriptionError(
          .notNow, "subscription \(id) is \(subscription.state.rawValue)", remedy: "nothing holds it up")
      }
      var last = subscription.delivered
      switch place {
      case .missed:
        for change in try self.missed(subscription, transaction) {
          try self.enqueue(change, for: subscription, in: transaction, at: moment)
        }
      case .new: last = try ChangeFeed.end(in: transaction)
      }
      try transaction.execute(
        """
        UPDATE subscription SET state = 'active', delivered = ?2, failures = 0, failing_since = NULL,
          refusals = 0, problem_code = NULL, problem_class = NULL, problem_message = NULL WHERE id = ?1
        """, .int(id.rawValue), .int(last))
      return try Self.require(id, of: nil, transaction)
    }
  }

  private func missed(_ subscription: Subscription, _ transaction: Transaction) throws -> [Change] {
    let kinds = Set(ChangeKind.allCases.filter { tells(subscription, $0) })
    var (missed, place) = ([Change](), subscription.delivered)
    do {
      while true {
        let page = try ChangeFeed.page(
          after: place, kinds: kinds, limit: Self.mostMissed + 1 - missed.count, in: transaction)
        missed += page.changes
        guard missed.count <= Self.mostMissed else {
          throw SubscriptionError(
            .notNow, "subscription \(subscription.id) has missed more than \(Self.mostMissed) changes",
            remedy:
              "read them from the feed after \(subscription.delivered), then let it go on with what is new"
          )
        }
        guard page.next > place else { return missed }
        place = page.next
      }
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
