import Adapters
import Exchanges
import Journal
import Registry
import SQLDatabase

/// The storing half of a pull: gathers mapped pages and writes them in batches, one batch at a time, beside the fetching and mapping.
struct PullStore {
  enum Event: Sendable {
    case mapped(PullPage)
    case notMapped(ExchangeID, any Error)
    case stored(StoreCounts, PullState, pages: Int)
    case notStored(any Error)
  }

  typealias Group = ThrowingTaskGroup<Event, any Error>

  /// As it is in the database.
  private(set) var state: PullState
  private(set) var report: PullReport
  var isMapping = false
  private var isStoring = false
  private var gathered: [PullPage] = []
  private var gatheredRecords = 0
  private let key: OperationKey
  private let ledger: SyncLedger
  private let registry: Registry

  init(state: PullState, key: OperationKey, ledger: SyncLedger, registry: Registry, report: PullReport) {
    self.state = state
    self.key = key
    self.ledger = ledger
    self.registry = registry
    self.report = report
  }

  /// Takes in what a child task has done, and begins the next batch when enough has gathered.
  mutating func take(_ event: Event?, _ group: inout Group, _ watcher: PullRunner.Watcher?) async throws {
    switch event {
    case nil: return
    case .mapped(let page):
      isMapping = false
      gathered.append(page)
      gatheredRecords += page.prepared.count
    case .notMapped(let exchange, let error):
      isMapping = false
      let problem = SyncProblem(error)
      try await ledger.settle(exchange, .failed, problem.exchangeProblem)
      throw error
    case .notStored(let error):
      isStoring = false
      throw error
    case .stored(let counts, let state, let pages):
      isStoring = false
      self.state = state
      report.counts += counts
      report.pages += pages
      watcher?(report)
    }
    if gatheredRecords >= PullRunner.batchRecords, !isStoring { store(&group, isLast: false) }
    // The writer has fallen behind: wait for it rather than gather without end.
    if gatheredRecords >= 3 * PullRunner.batchRecords, isStoring {
      try await take(group.next(), &group, watcher)
    }
  }

  /// Waits for everything under way and writes the rest; with the end proven, the watermark moves in the same transaction.
  mutating func finish(
    _ group: inout Group, _ watcher: PullRunner.Watcher?, isComplete: Bool
  ) async throws {
    while isMapping || isStoring { try await take(group.next(), &group, watcher) }
    guard isComplete || !gathered.isEmpty else { return }
    store(&group, isLast: isComplete)
    while isStoring { try await take(group.next(), &group, watcher) }
  }

  private mutating func store(_ group: inout Group, isLast: Bool) {
    let pages = gathered
    gathered = []
    gatheredRecords = 0
    isStoring = true
    for page in pages {
      report.rows += page.rows
      report.skipped += page.skipped
      report.bytes += page.bytes
    }
    var next = state
    if let last = pages.last { next.progress = last.progress }
    let after = isLast ? next.completed() : next
    let (key, registry, ledger) = (key, registry, ledger)
    group.addTask {
      do {
        return .stored(try await write(), after, pages: pages.count)
      } catch {
        return .notStored(error)
      }
    }
    @Sendable func write() async throws -> StoreCounts {
      try await ledger.database.write { transaction in
        var counts = StoreCounts()
        for page in pages {
          counts += try registry.store(page.prepared, in: transaction)
          counts.quarantined += try registry.quarantine(page.quarantined, in: transaction)
          try ledger.journal.conclude(page.exchange, .succeeded, nil, in: transaction)
        }
        try after.save(key, transaction)
        return counts
      }
    }
  }
}
