import Adapters
import CivilTime
import Exchanges
import SQLDatabase
import Synchronization
import Work

@testable import Pushing

/// The loop of a process over a desk's pushes, on a clock that goes on only while everything sleeps.
final class PushLoop: Sendable {
  private struct State {
    var underWay = 0
    var events: [WorkLoop.Event] = []
    var sleeps = 0
  }

  let desk: PushDesk
  private let handler: PushHandler
  private let paused: Set<String>
  private let state = Mutex(State())

  /// - Parameters:
  ///   - handler: the desk's own if not given.
  ///   - operations: those of which nothing is begun while a breaker is open.
  init(_ desk: PushDesk, _ handler: PushHandler? = nil, pausing operations: String...) {
    self.desk = desk
    self.handler = handler ?? desk.handler
    paused = Set(operations)
  }

  var events: [WorkLoop.Event] { state.withLock { $0.events } }
  var sleeps: Int { state.withLock { $0.sleeps } }

  /// How often the database could not be used.
  var storeFailures: Int { events.count { if case .storeFailed = $0 { true } else { false } } }

  /// Runs until `isOver`.
  ///
  /// - Parameter onSleep: called after each step of the clock.
  func run(onSleep: @escaping @Sendable () -> Void = {}, until isOver: () async throws -> Bool) async throws {
    let desk = desk
    let loop = WorkLoop(
      desk.queue, handlers: [.push: Counted(handler, self)],
      clock: WorkClock(
        now: { desk.bench.clock.now }, fraction: { 0.5 },
        sleep: { [self] duration in
          for _ in 0..<20 { await Task.yield() }
          while state.withLock({ $0.underWay > 0 }) { try await Task.sleep(for: .milliseconds(1)) }
          try Task.checkCancellation()
          state.withLock { $0.sleeps += 1 }
          desk.bench.clock.advance(by: duration)
          onSleep()
        }),
      paused: { [paused] in
        Set(
          paused.filter { (try? desk.client.isPaused(desk.route($0).operation)) ?? false }
            .map { "hangzhou-permits/\($0)" })
      }
    ) { [self] event in state.withLock { $0.events.append(event) } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await loop.run() }
      while try await !isOver() { try await Task.sleep(for: .milliseconds(2)) }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// Until each of the pushes is decided, or waits for a person.
  func settle(_ ids: [PushID]) async throws {
    try await run { [desk] in
      for id in ids {
        let push = try await desk.push(id)
        let isParked = try await desk.work(of: push)?.state == .parked
        if !push.state.isFinal, !isParked { return false }
      }
      return true
    }
  }

  private struct Counted: WorkHandler {
    let handler: PushHandler
    let loop: PushLoop

    init(_ handler: PushHandler, _ loop: PushLoop) {
      self.handler = handler
      self.loop = loop
    }

    func perform(_ lease: WorkLease) async throws {
      loop.state.withLock { $0.underWay += 1 }
      defer { loop.state.withLock { $0.underWay -= 1 } }
      try await handler.perform(lease)
    }

    func problem(of error: any Error) -> WorkProblem { handler.problem(of: error) }

    func parked(
      _ lease: WorkLease, _ problem: WorkProblem, in transaction: Transaction, now: Timestamp
    ) throws { try handler.parked(lease, problem, in: transaction, now: now) }
  }
}

extension PushDesk {
  func work(of push: Push) async throws -> WorkItem? {
    try await queue.list(WorkFilter(kind: .push, limit: 1000)).first { $0.id == push.work }
  }

  /// A handler between whose calls and the database something happens at one of three moments.
  func handler(
    at moment: PushMoment, _ action: @escaping @Sendable () async -> Void
  ) -> PushHandler {
    var handler = handler
    handler.recorder = { Obstructed($0, moment, action) }
    return handler
  }
}

/// The three moments at which a push is written down.
enum PushMoment: String, CaseIterable, Sendable {
  /// That it is about to leave.
  case begin
  /// What came back.
  case answer
  /// What becomes of it.
  case decision
}

private final class Obstructed: PushRecorder {
  private let attempt: PushHandler.Attempt
  private let moment: PushMoment
  private let action: @Sendable () async -> Void

  init(
    _ attempt: PushHandler.Attempt, _ moment: PushMoment, _ action: @escaping @Sendable () async -> Void
  ) {
    self.attempt = attempt
    self.moment = moment
    self.action = action
  }

  func begin(_ exchange: Exchange) async throws -> ExchangeID {
    if moment == .begin { await action() }
    return try await attempt.begin(exchange)
  }

  func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
    if moment == .answer { await action() }
    try await attempt.answer(id, exchange)
    if moment == .decision { await action() }
  }
}
