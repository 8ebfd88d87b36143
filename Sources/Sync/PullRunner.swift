public import Adapters
public import CivilTime
import Exchanges
import Journal
public import Mapping
public import Registry
public import SQLDatabase

/// Pulls one operation: window by window, page by page, records and progress in one transaction for every batch of pages.
///
/// While some pages are mapped, the next is on its way and those before are being stored. Whatever ends a run, what was stored stays and the next run
/// goes on behind it.
public final class PullRunner: Sendable {
  /// Called after each stored batch; for progress bars. Must not block.
  public typealias Watcher = @Sendable (PullReport) -> Void

  public let key: OperationKey
  public let client: PlatformClient
  public let operation: PullOperation
  public let mapping: CompiledMapping
  let registry: Registry
  let ledger: SyncLedger
  let gate: TrialGate?
  let now: @Sendable () -> Timestamp

  /// Records stored in one transaction, once so many have gathered: the disk is waited for once for all of them.
  static let batchRecords = 4000
  /// Or once so much time has passed since the last.
  static let longestWait = Duration.seconds(1)
  /// Pages mapped at the same time. While a batch is written no page can be journaled, so there must be work for about that long.
  static let mappingPages = 8
  static let mappingBytes = 32 << 20

  /// - Parameter gate: keeps an untried mapping from being run; nil: nothing is asked or noted.
  public init(
    client: PlatformClient, operation: PullOperation, mapping: CompiledMapping, registry: Registry,
    ledger: SyncLedger, gate: TrialGate? = nil,
    now: @escaping @Sendable () -> Timestamp
  ) {
    key = OperationKey(platform: client.connection.platform, operation: operation.name)
    self.client = client
    self.operation = operation
    self.mapping = mapping
    self.registry = registry
    self.ledger = ledger
    self.gate = gate
    self.now = now
  }

  /// Throws when what follows must not be stored, because somebody else does the same by now.
  public typealias Guard = @Sendable (Transaction) throws -> Void

  /// Pulls everything up to now. What ended it early is in the report, and so is what was stored before; cancelling the task ends it so too.
  ///
  /// The history keeps every run, except where not even its row can be written; the report tells that.
  ///
  /// - Parameter restart: a window under way starts over from its first page.
  public func run(
    requestID: String, restart: Bool = false, watcher: Watcher? = nil
  ) async -> PullReport {
    var report = await pull(requestID: requestID, restart: restart, guarding: { _ in }, watcher: watcher)
    do {
      try await keep(report) { _ in }
    } catch {
      report.problem = report.problem ?? SyncProblem(error)
    }
    return report
  }

  /// The run without its place in the history.
  ///
  /// - Parameter guarding: called in each transaction that stores something.
  func pull(
    requestID: String, restart: Bool, guarding: @escaping Guard, watcher: Watcher?
  ) async -> PullReport {
    var report = PullReport(started: now())
    do {
      try await pullWindows(requestID: requestID, restart: restart, guarding, &report, watcher)
    } catch {
      report.problem = SyncProblem(error)
      await tell(report.problem, error, guarding)
    }
    do {
      try await registry.compareObservations(at: now())
    } catch is CancellationError {
      // It waits for the next run; what was pulled is complete all the same.
    } catch {
      // What was not compared waits for the next run.
      report.problem = report.problem ?? SyncProblem(error)
    }
    report.finished = now()
    return report
  }

  /// Writes a run into the history, together with what `ending` does.
  func keep(
    _ report: PullReport, _ ending: @escaping @Sendable (Transaction) throws -> Void
  ) async throws {
    let run = SyncRun(
      key: key, report: report, problemCode: report.problem?.code,
      problemClass: report.problem?.errorClass.rawValue)
    try await ledger.database.writeRegardless { transaction in
      try ending(transaction)
      try run.save(transaction)
    }
  }

  /// A message as a whole that is no longer understood is an incident too, and holds its window by itself.
  func tell(_ problem: SyncProblem?, _ error: any Error, _ guarding: @escaping Guard) async {
    guard let problem, problem.errorClass == .drift, problem.code != SyncProblem.held else { return }
    // A platform's own words may name somebody: they stand sealed in the journal.
    let ownWords = ((error as? ExchangeFailure)?.underlying as? MappingError)?.message
    let detail = ownWords ?? "the exchange in the journal says more"
    let finding = DriftFinding.unreadable(problem.code, detail, problem.exchange)
    do {
      try await ledger.report(
        [finding], of: key, mapping: mapping.name, by: .pull, at: now(), guarding: guarding)
    } catch {
      // The run's own problem is told in any case, and the next run meets it again.
      return
    }
  }

  /// - Throws: `TrialError` for a mapping that must not be run yet; nothing is stored then.
  func derivation() async throws -> Derivation {
    try await Derivation(key, mapping, client.adapter, registry, gate, at: now())
  }

  private func pullWindows(
    requestID: String, restart: Bool, _ guarding: @escaping Guard, _ report: inout PullReport,
    _ watcher: Watcher?
  ) async throws {
    let derivation = try await derivation()
    let (key, ledger, paging) = (key, ledger, operation.paging)
    let started = report.started
    let isIncremental = operation.incremental != nil
    var state: PullState
    (state, report.setBack) = try await ledger.database.write { transaction in
      try guarding(transaction)
      var state = try ledger.load(key, transaction)
      let ahead = isIncremental ? max(state.watermark ?? started, state.window?.to ?? started) : started
      if ahead > started {
        let mark = try PullMarks.fallBack(of: key, to: started, in: transaction)
        state = PullState(watermark: mark, window: nil, lastStarted: state.lastStarted)
      }
      if restart || state.progress.isStale(paging, at: started) { state = state.startedOver() }
      state.lastStarted = started
      try ledger.save(state, key, transaction)
      return (state, ahead > started ? ahead : nil)
    }
    guard let incremental = operation.incremental else {
      try await pull(&state, derivation, requestID: requestID, guarding, &report, watcher)
      return
    }
    // The end is fixed when the run begins, so that a busy platform does not keep one run going for ever.
    while let window = state.window ?? PullWindow.next(after: state.watermark, now: started, incremental) {
      state.window = window
      try await pull(&state, derivation, requestID: requestID, guarding, &report, watcher)
    }
  }

  /// One window, from its stored progress to its proven end.
  private func pull(
    _ state: inout PullState, _ derivation: Derivation, requestID: String, _ guarding: @escaping Guard,
    _ report: inout PullReport, _ watcher: Watcher?
  ) async throws {
    let opening = try await ledger.incidents.opening(key, mapping: derivation.mappingID)
    var store = PullStore(
      state: state, derivation, ledger: ledger, baseline: opening.baseline, accepted: opening.accepted,
      report: report,
      guarding: guarding, now: now)
    defer {
      state = store.state
      report = store.report
    }
    let window = state.window
    try await withThrowingTaskGroup(of: PullStore.Event.self) { group in
      var progress = store.state.progress
      // The first page of a run that goes on behind another's tells whether the platform still knows the place.
      var resumes = progress.pages > 0
      if !resumes { progress.begun = now() }
      do {
        var step = PullProgress.Step.more
        while step == .more {
          try await store.keepUp(&group, watcher)
          let page = try await client.page(operation, progress, window: window, requestID: requestID)
          resumes = false
          step = try await advance(&progress, with: page.answer.facts, of: page.exchange)
          let after = progress
          while !store.hasRoom { try await store.take(group.next(), &group, watcher) }
          let turn = store.begin(bytes: page.bytes)
          let exchange = page.exchange
          // Below everything that answers somebody.
          group.addTask(priority: .utility) {
            do {
              return .mapped(turn, try derivation.page(page, progress: after))
            } catch {
              return .notMapped(turn, exchange, error)
            }
          }
        }
        try await store.finish(&group, watcher)
      } catch let drift as DriftHold {
        throw try await store.hold(drift, &group, watcher)
      } catch {
        // What had been understood before it broke is stored, and the next run begins behind it, where that can be.
        let startsOver = (error as? AdapterError).map { $0.startsWindowOver || resumes && $0.refusesPlace }
        try await store.salvage(startsOver: startsOver ?? false, &group, watcher)
        throw error
      }
    }
  }

  func advance(
    _ progress: inout PullProgress, with facts: PageFacts, of exchange: ExchangeID
  ) async throws -> PullProgress.Step {
    do throws(AdapterError) {
      return try progress.advance(operation.paging, with: facts)
    } catch {
      var error = error
      error.exchange = exchange
      try await ledger.settle(exchange, .failed, error.problem)
      throw error
    }
  }
}
