import Changes
public import CivilTime
import Exchanges
public import HTTPTransport
public import SQLDatabase
public import Work

/// Tells receivers of changes: one message under each lease of a subscription's work, which then waits for its next turn behind those of others.
///
/// What is sent is read from the feed, behind what was delivered. A process that dies has sent the message or has not; whoever takes the work over sends it again
/// under the same id.
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

  /// What there is to do for a subscription.
  private enum Errand: Sendable {
    case message(Change, Subscription, url: String, secret: WebhookSecret)
    /// Nothing up to this place is of interest.
    case nothing(upTo: Int64)
    /// It cannot be told any more.
    case ended(WorkProblem)
    /// It was deleted or paused since.
    case dropped
    /// A newer program knows what to do with it.
    case unrecognized
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let id = Self.subscription(of: lease) else {
      throw SubscriptionError(
        .unreadable, "work \(lease.id) names no subscription", remedy: "compare the database with a backup")
    }
    switch try await subscriptions.database.read({ try look(for: id, $0) }) {
    case .dropped: try await drop(id, lease)
    case .unrecognized: try await leave(lease)
    case .nothing(let place): try await skipOver(place, id, lease)
    case .ended(let problem): try await end(.pause, problem, of: nil, id, lease, isRefusal: false)
    case .message(let change, let subscription, let url, let secret):
      let message = try WebhookMessage(change)
      let answer = try await send(message.request(to: url, secret: secret, timeouts: timeouts, now: now()))
      let step = policy.judge(
        answer, failures: subscription.failures, failingSince: subscription.failingSince,
        refusals: subscription.refusals, fraction: fraction(), now: now())
      try await end(step, answer.problem, of: change, id, lease, isRefusal: answer.isRefusal)
    }
  }

  /// Asked anew for each message: rights may have been withdrawn since the change happened.
  private func look(for id: SubscriptionID, _ reader: Reader) throws -> Errand {
    guard let subscription = try Subscriptions.find(id, reader) else { return .dropped }
    switch subscription.state {
    case .active: break
    case .paused: return .dropped
    case .unrecognized: return .unrecognized
    }
    guard let kinds = subscriptions.kinds(of: subscription) else { return .ended(.consumerGone) }
    do {
      let page = try ChangeFeed.page(after: subscription.delivered, kinds: kinds, limit: 1, in: reader)
      guard let change = page.changes.first else { return .nothing(upTo: page.next) }
      let receiver = try subscriptions.receiver(of: id, reader)
      return .message(change, subscription, url: receiver.url, secret: receiver.secret)
    } catch let error as ChangeError {
      return .ended(WorkProblem(error))
    }
  }

  private func drop(_ id: SubscriptionID, _ lease: WorkLease) async throws {
    let (queue, moment) = (subscriptions.queue, now())
    try await subscriptions.database.writeRegardless { transaction in
      if try Subscriptions.find(id, transaction)?.state == .active {
        // Somebody has let it go on meanwhile, and found that there is work.
        try queue.snooze(lease, until: moment, in: transaction, now: moment)
      } else {
        try queue.cancelAll(
          of: Subscription.sequence(id), holding: lease, in: transaction, now: moment)
      }
    }
  }

  /// Seconds for which a newer program may take what this one cannot do.
  private static let patience = 60.0

  private func leave(_ lease: WorkLease) async throws {
    let (queue, moment) = (subscriptions.queue, now())
    try await subscriptions.database.writeRegardless {
      try queue.snooze(lease, until: moment.advanced(bySeconds: Self.patience), in: $0, now: moment)
    }
  }

  private func skipOver(_ place: Int64, _ id: SubscriptionID, _ lease: WorkLease) async throws {
    let (moment, subscriptions) = (now(), subscriptions)
    try await subscriptions.database.writeRegardless { transaction in
      let end = try ChangeFeed.hold(in: transaction)
      try subscriptions.queue.check(lease, in: transaction)
      guard let subscription = try Subscriptions.find(id, transaction), subscription.state == .active else {
        return try subscriptions.queue.complete(lease, in: transaction, now: moment)
      }
      try subscriptions.goOn(subscription, behind: place, end: end, lease, in: transaction, at: moment)
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
    _ step: DeliveryPolicy.Step, _ problem: WorkProblem?, of change: Change?, _ id: SubscriptionID,
    _ lease: WorkLease, isRefusal: Bool
  ) async throws {
    let (moment, subscriptions) = (now(), subscriptions)
    let problem = problem ?? WorkProblem(code: "receiver-failed", errorClass: .transient)
    let event = try await subscriptions.database.writeRegardless { transaction -> Event? in
      let queue = subscriptions.queue
      // First, as whoever appends does: two that hold one thing each and wait for the other's would stand still.
      let end = try ChangeFeed.hold(in: transaction)
      try queue.check(lease, in: transaction)
      guard let subscription = try Subscriptions.find(id, transaction), subscription.state == .active else {
        try queue.complete(lease, in: transaction, now: moment)
        return nil
      }
      switch (step, change) {
      case (.delivered, let change?):
        try subscriptions.noteDelivered(id, change.sequence, in: transaction, at: moment)
        try subscriptions.goOn(
          subscription, behind: change.sequence, end: end, lease, in: transaction, at: moment)
        return nil
      case (.skip, let change?):
        try subscriptions.noteSkipped(id, change.sequence, problem, in: transaction)
        try subscriptions.goOn(
          subscription, behind: change.sequence, end: end, lease, in: transaction, at: moment)
        return .skipped(id, change: change.sequence, problem)
      case (.retry(let seconds), _):
        try queue.retry(
          lease, at: moment.advanced(bySeconds: seconds), problem, in: transaction, now: moment)
        try subscriptions.noteFailed(id, problem, isRefusal: isRefusal, in: transaction, at: moment)
        return .failed(id, problem)
      case (.pause, _), (_, nil):
        try subscriptions.pause(subscription, problem, holding: lease, in: transaction, at: moment)
        return .paused(id, problem)
      }
    }
    if let event { report(event) }
  }

  /// The loop sets work aside that failed in another way than by the receiver's word. What is still to be told must not wait for ever unseen.
  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    // Not by the payload: that may be what does not open.
    guard let number = Int64(String(decoding: lease.businessKey, as: UTF8.self)),
      let subscription = try Subscriptions.find(SubscriptionID(rawValue: number), transaction),
      subscription.state == .active
    else { return }
    try subscriptions.pause(subscription, problem, holding: nil, in: transaction, at: now)
  }

  public func problem(of error: any Error) -> WorkProblem {
    switch error {
    case let error as SubscriptionError:
      WorkProblem(
        code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
    default: WorkProblem(error)
    }
  }

  private static func subscription(of lease: WorkLease) -> SubscriptionID? {
    Int64(String(decoding: lease.payload, as: UTF8.self)).map { SubscriptionID(rawValue: $0) }
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
