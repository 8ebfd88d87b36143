import Changes
public import CivilTime
import Exchanges
public import HTTPTransport
public import SQLDatabase
public import Work

/// Tells receivers of changes: one message after the other for each subscription, under the lease of its work.
///
/// A process that dies has sent the message or has not; whoever takes the work over sends it again under the same id.
public struct NotificationHandler: WorkHandler {
  /// What is worth a log line.
  public enum Event: Sendable {
    case failed(SubscriptionID, WorkProblem)
    /// The receiver refuses this change again and again: it is left out.
    case skipped(SubscriptionID, change: Int64, WorkProblem)
    case paused(SubscriptionID, WorkProblem)
  }

  private let subscriptions: Subscriptions
  private let http: HTTPClient
  private let policy: DeliveryPolicy
  private let timeouts: Timeouts
  private let now: @Sendable () -> Timestamp
  private let fraction: @Sendable () -> Double
  private let report: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - http: its egress policy says where receivers may be.
  ///   - report: must not block.
  public init(
    subscriptions: Subscriptions, http: HTTPClient, policy: DeliveryPolicy = DeliveryPolicy(),
    timeouts: Timeouts = Self.timeouts,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    fraction: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.subscriptions = subscriptions
    self.http = http
    self.policy = policy
    self.timeouts = timeouts
    self.now = now
    self.fraction = fraction
    self.report = report
  }

  /// Given up soon: a receiver takes the message and works on it afterwards.
  public static let timeouts = Timeouts(connect: .seconds(10), idle: .seconds(15), total: .seconds(20))

  private struct Errand: Sendable {
    let subscription: Subscription
    let url: String
    let secret: WebhookSecret
    let change: Change?
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let (id, sequence) = Self.read(lease.payload) else {
      throw SubscriptionError(
        .unreadable, "work \(lease.id) names no subscription", remedy: "compare the database with a backup")
    }
    let errand = try await subscriptions.database.read { try look(for: id, sequence, $0) }
    guard let errand else {
      // It was deleted or paused since. Not done: whoever lets it go on may want it sent.
      let (queue, moment) = (subscriptions.queue, now())
      try await subscriptions.database.writeRegardless { transaction in
        _ = try queue.cancelAll(
          of: Subscription.sequence(id), holding: lease, in: transaction, now: moment)
      }
      return
    }
    guard let change = errand.change else {
      return try await end(.skip, Self.missing, sequence, lease, isRefusal: false)
    }
    let message = try WebhookMessage(change)
    let answer = try await send(
      message.request(to: errand.url, secret: errand.secret, timeouts: timeouts, now: now()))
    let step = policy.judge(
      answer, failures: errand.subscription.failures, failingSince: errand.subscription.failingSince,
      refusals: errand.subscription.refusals, fraction: fraction(), now: now())
    try await end(step, answer.problem, sequence, lease, isRefusal: answer.isRefusal)
  }

  private func look(for id: SubscriptionID, _ sequence: Int64, _ reader: Reader) throws -> Errand? {
    do {
      let subscription = try Subscriptions.require(id, of: nil, reader)
      guard subscription.state == .active else { return nil }
      let receiver = try subscriptions.receiver(of: id, reader)
      return Errand(
        subscription: subscription, url: receiver.url, secret: receiver.secret,
        change: try ChangeFeed.change(sequence, in: reader))
    } catch let error as SubscriptionError where error.code == .notFound {
      return nil
    }
  }

  private func send(_ request: HTTPRequest) async throws -> DeliveryAnswer {
    do throws(TransportError) {
      let response = try await http.send(request)
      return DeliveryAnswer(status: response.status, retryAfter: Self.retryAfter(response.headers))
    } catch {
      try Task.checkCancellation()
      return DeliveryAnswer(error)
    }
  }

  /// Writes down what came of a try; also in a task that was cancelled meanwhile, because it did happen.
  private func end(
    _ step: DeliveryPolicy.Step, _ problem: WorkProblem?, _ sequence: Int64, _ lease: WorkLease,
    isRefusal: Bool
  ) async throws {
    let (moment, subscriptions) = (now(), subscriptions)
    guard let (id, _) = Self.read(lease.payload) else { return }
    let problem = problem ?? WorkProblem(code: "receiver-failed", errorClass: .transient)
    let event = try await subscriptions.database.writeRegardless { transaction -> Event? in
      let queue = subscriptions.queue
      try queue.check(lease, in: transaction)
      switch step {
      case .delivered:
        try queue.complete(lease, in: transaction, now: moment)
        try subscriptions.noteDelivered(id, sequence, in: transaction, at: moment)
        return nil
      case .skip:
        try queue.complete(lease, in: transaction, now: moment)
        try subscriptions.noteSkipped(id, sequence, problem, in: transaction)
        return .skipped(id, change: sequence, problem)
      case .retry(let seconds):
        try queue.retry(
          lease, at: moment.advanced(bySeconds: seconds), problem, in: transaction, now: moment)
        try subscriptions.noteFailed(id, problem, isRefusal: isRefusal, in: transaction, at: moment)
        return .failed(id, problem)
      case .pause:
        let subscription = try Subscriptions.require(id, of: nil, transaction)
        try subscriptions.pause(subscription, problem, holding: lease, in: transaction, at: moment)
        return .paused(id, problem)
      }
    }
    if let event { report(event) }
  }

  /// The loop sets a message aside that failed in another way than by the receiver's word. What stands behind it must not wait for ever unseen.
  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    // Not by the payload: that may be what does not open.
    guard let number = Int64(String(decoding: lease.businessKey, as: UTF8.self)) else { return }
    do {
      let subscription = try Subscriptions.require(SubscriptionID(rawValue: number), of: nil, transaction)
      try subscriptions.pause(subscription, problem, holding: nil, in: transaction, at: now)
    } catch let error as SubscriptionError where error.code == .notFound {
      return
    }
  }

  public func problem(of error: any Error) -> WorkProblem {
    switch error {
    case let error as SubscriptionError:
      WorkProblem(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    case let error as ChangeError:
      WorkProblem(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    default: WorkProblem(error)
    }
  }

  private static let missing = WorkProblem(
    code: "change-gone", errorClass: .data, message: "the change is no longer kept",
    remedy: "keep changes longer than receivers are away")

  private static func read(_ payload: [UInt8]) -> (SubscriptionID, sequence: Int64)? {
    let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
    guard words.count == 2, let id = Int64(words[0]), let sequence = Int64(words[1]) else { return nil }
    return (SubscriptionID(rawValue: id), sequence)
  }

  /// Seconds; a date is not looked at, our own guess is as good.
  private static func retryAfter(_ headers: [HTTPHeader]) -> Int? {
    headers["Retry-After"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}

extension DeliveryAnswer {
  fileprivate var problem: WorkProblem? {
    switch self {
    case .taken: nil
    case .ended(let problem), .refused(let problem), .failed(let problem): problem
    }
  }

  fileprivate var isRefusal: Bool {
    if case .refused = self { true } else { false }
  }
}
