import Adapters
public import CivilTime
import Exchanges
import Journal
public import SQLDatabase
import Work

/// What a platform says of a push that was decided otherwise, or of which nobody knew what had become.
extension Pushes {
  /// A platform tells of a push by itself: it has it, whatever counts here, and the request that had no answer has one.
  ///
  /// - Parameter receipt: the platform's number of it; nil where it says none.
  public func hear(
    of id: PushID, receipt: String?, in transaction: Transaction, at now: Timestamp
  ) throws {
    let push = try require(id, transaction)
    guard push.machine.state(after: .late) != nil else { return }
    if push.state == .accepted {
      // A person had signed for it, and here is its receipt.
      guard receipt != nil, push.erased == nil, try self.receipt(of: push, transaction) == nil else { return }
    }
    var change = PushChange(.late)
    // A refusal that another request of it got stays as it was told.
    if push.state == .unknown || push.state == .sending, let request = try doubted(push, in: transaction) {
      try journal.conclude(request, .succeeded, nil, in: transaction, now: now)
      change.exchange = request
    }
    change.acknowledgement = receipt.map { Acknowledgement(receipt: $0, state: nil, isDuplicate: false) }
    _ = try acceptLate(change, push, in: transaction, at: now)
  }

  /// Whether a push had been refused or taken back, whatever became of it since.
  public func hadEnded(_ id: PushID, in reader: Reader) throws -> Bool {
    try reader.first(
      "SELECT 1 FROM push_event WHERE push = ?1 AND state IN ('refused', 'cancelled') LIMIT 1",
      .int(id.rawValue)
    ) { _ in true } ?? false
  }

  /// The platform's acceptance of a request that counts no more, or of which it tells by itself.
  ///
  /// - Returns: the push after it, and what is told of it.
  func acceptLate(
    _ change: PushChange, _ current: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> (push: Push, event: PushEvent, problem: ExchangeProblem?) {
    var late = change
    late.event = .late
    // What was destroyed is not brought back.
    if current.erased != nil { late.acknowledgement = nil }
    late.problem = current.state == .refused || current.state == .cancelled ? Self.acceptedAfterAll : nil
    let known = try apply(late, to: current, in: transaction, at: now)
    // What stood still holds up its case no more.
    if let work = current.work { try queue.hasten(work, in: transaction, now: now) }
    if current.state != .accepted, try mayHaveTwo(known, by: change.event, in: transaction) {
      return try noteSecondEffect(of: known, in: transaction, at: now)
    }
    return (known, .late, late.problem)
  }

  /// Writes down that an accepted push may have had its effect twice. The exchange that counts stays the one that was accepted.
  func noteSecondEffect(
    of push: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> (push: Push, event: PushEvent, problem: ExchangeProblem?) {
    var second = PushChange(.secondEffect)
    second.problem = Self.secondEffect
    return (try apply(second, to: push, in: transaction, at: now), .secondEffect, second.problem)
  }

  private static let secondEffect = ExchangeProblem(
    code: "second-effect-possible", errorClass: .platform,
    message: "another request of the push had left too, or what repeats it was handed in",
    remedy: "ask the platform whether it has it twice, and have one withdrawn")

  private static let acceptedAfterAll = ExchangeProblem(
    code: "accepted-after-all", errorClass: .platform,
    message: "the platform's acceptance came after the push had been decided otherwise",
    remedy: "nothing, unless something was done because the platform did not have it")
}
