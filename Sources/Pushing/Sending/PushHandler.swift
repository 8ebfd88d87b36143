public import Adapters
public import CivilTime
public import Exchanges
import Journal
public import SQLDatabase
public import Work

/// Works on pushes: sends, asks what became of them, and writes down what came out, all under the lease of the push's work.
///
/// A request is durable before its first byte leaves, together with the fact that it is about to leave. A process that dies at any point leaves a
/// push that is `queued` (nothing left), `sending` (it may have left) or decided; whoever takes the work over goes on from there.
public struct PushHandler: WorkHandler {
  /// What is worth a log line or a count.
  public struct Event: Sendable {
    public let push: Push
    public let event: PushEvent
    /// What becomes of the push's work.
    public let step: PushPolicy.Step
    public let problem: ExchangeProblem?
  }

  let pushes: Pushes
  var journal: Journal { pushes.journal }
  let policy: PushPolicy
  let environment: CallEnvironment
  /// Stands between the call and the database; tests put obstacles there.
  var recorder: @Sendable (Attempt) -> any PushRecorder = { $0 }
  let isOutdated: @Sendable (Push, Reader) throws -> String?
  private let routes: @Sendable (_ platform: String, _ operation: String) -> PushRoute?
  private let report: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - isOutdated: why what waits is not sent, in words; nil: nothing is against it.
  ///   - routes: the way of each operation's pushes; nil where the site no longer has it.
  ///   - report: told of everything that happens to a push; must not block.
  public init(
    pushes: Pushes, policy: PushPolicy = PushPolicy(), environment: CallEnvironment,
    isOutdated: @escaping @Sendable (Push, Reader) throws -> String? = { _, _ in nil },
    routes: @escaping @Sendable (_ platform: String, _ operation: String) -> PushRoute?,
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.pushes = pushes
    self.policy = policy
    self.environment = environment
    self.routes = routes
    self.isOutdated = isOutdated
    self.report = report
  }

  static func payload(_ id: PushID) -> [UInt8] { Array(id.description.utf8) }

  static func push(of payload: [UInt8]) -> PushID? {
    Int64(String(decoding: payload, as: UTF8.self)).map { PushID($0) }
  }

  public func perform(_ lease: WorkLease) async throws {
    guard let id = Self.push(of: lease.payload), let push = try await pushes.push(id) else {
      throw PushError(
        .unreadable, "work \(lease.id.rawValue) names no push that there is",
        remedy: "compare the database with a backup")
    }
    guard let route = routes(push.platform, push.operation) else {
      return try await end(
        lease, push, .snooze(seconds: 600),
        problem: ExchangeProblem(
          code: PushErrorCode.noRoute.rawValue, errorClass: .configuration,
          message: "the site has no operation '\(push.platform)/\(push.operation)' any more",
          remedy: "configure it again, or take the push back with 'push cancel'"))
    }
    switch push.state {
    case .accepted, .refused, .cancelled: try await end(lease, push, .end)
    case .parked: try await end(lease, push, .park)
    case .sending: try await takeOver(push, lease, route)
    case .queued: try await send(push, lease, route)
    case .unknown:
      if route.probe != nil, push.idempotency != .neither {
        try await ask(push, lease, route)
      } else if push.machine.state(after: .begun) != nil {
        try await send(push, lease, route)
      } else {
        try await end(lease, push, .park)
      }
    case .unrecognized:
      let error = Pushes.unrecognized(id)
      try await end(
        lease, push, .snooze(seconds: 600),
        problem: ExchangeProblem(
          code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
      )
    }
  }

  /// The loop sets work aside that failed in another way than by the platform's word: the push says so too.
  public func parked(
    _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
  ) throws {
    let id = try transaction.first("SELECT id FROM push WHERE work = ?1", .int(lease.id.rawValue)) {
      PushID($0.int(0))
    }
    guard let id, let push = try pushes.load(id, transaction) else { return }
    // It was decided meanwhile: the work only has to end, and must not hold up its case.
    guard !push.state.isFinal else {
      return try pushes.queue.hasten(lease.id, in: transaction, now: now)
    }
    // What was on its way may have arrived.
    var change = push.state == .sending ? PushChange(.lost, exchange: push.exchange) : PushChange(.gaveUp)
    change.uptime = uptime
    guard push.machine.state(after: change.event) != nil else { return }
    change.problem = ExchangeProblem(
      code: problem.code, errorClass: problem.errorClass, message: problem.message, remedy: problem.remedy)
    try pushes.apply(change, to: push, in: transaction, at: now)
  }

  public func problem(of error: any Error) -> WorkProblem {
    guard let error = error as? PushError else { return WorkProblem(error) }
    return WorkProblem(
      code: error.code.rawValue, errorClass: .configuration, message: error.message, remedy: error.remedy)
  }

  /// Milliseconds this machine has been up.
  var uptime: Int64 { Int64(environment.uptime()) }

  func fraction() -> Double { Double(environment.jitterByte()) / 256 }

  func tell(_ push: Push, _ event: PushEvent, _ step: PushPolicy.Step, _ problem: ExchangeProblem?) {
    report(Event(push: push, event: event, step: step, problem: problem))
  }
}
