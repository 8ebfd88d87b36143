import Adapters
import Exchanges
import Journal
import Registry
import SQLDatabase

/// The storing half of a pull: gathers mapped pages in their order and writes them in batches, one batch at a time, beside the fetching and mapping.
struct PullStore {
  /// A page on its way through the mapping: its place among the pages of this run, and its size.
  struct Turn: Sendable {
    let place: Int
    let bytes: Int
  }

  enum Event: Sendable {
    case mapped(Turn, PullPage)
    case notMapped(Turn, ExchangeID, any Error)
    case stored(StoreCounts, PullState, pages: Int)
    case notStored(any Error)
  }

  typealias Group = ThrowingTaskGroup<Event, any Error>

  /// As it is in the database.
  private(set) var state: PullState
  private(set) var report: PullReport
  private var isStoring = false
  /// Pages being mapped, and their bytes.
  private var mapping = (pages: 0, bytes: 0)
  /// How many pages were begun, and how many of them have been gathered.
  private var begun = 0
  private var taken = 0
  /// Mapped before a page in front of them.
  private var early: [Int: PullPage] = [:]
  private var gathered: [PullPage] = []
  private var gatheredRecords = 0
  /// When the last batch was begun.
  private var lastStored = ContinuousClock.now
  private let key: OperationKey
  private let ledger: SyncLedger
  private let registry: Registry
  private let guarding: PullRunner.Guard

  init(
    state: PullState, key: OperationKey, ledger: SyncLedger, registry: Registry, report: PullReport,
    guarding: @escaping PullRunner.Guard
  ) {
    self.state = state
    self.key = key
    self.ledger = ledger
    self.registry = registry
    self.report = report
    self.guarding = guarding
  }

  /// Whether one more page may be mapped: enough to keep all processors busy while the writer holds the journal up, and no more, because each takes
  /// a multiple of its size.
  var hasRoom: Bool {
    mapping.pages == 0
      || mapping.pages < PullRunner.mappingPages && mapping.bytes < PullRunner.mappingBytes
  }

  mutating func begin(bytes: Int) -> Turn {
    defer { begun += 1 }
    mapping.pages += 1
    mapping.bytes += bytes
    return Turn(place: begun, bytes: bytes)
  }

  /// Takes in what a child task has done, and begins the next batch when enough has gathered.
  mutating func take(_ event: Event?, _ group: inout Group, _ watcher: PullRunner.Watcher?) async throws {
    switch event {
    case nil: return
    case .mapped(let turn, let page):
      end(turn)
      early[turn.place] = page
      while let next = early.removeValue(forKey: taken) {
        taken += 1
        gathered.append(next)
        gatheredRecords += next.prepared.count
      }
    case .notMapped(let turn, let exchange, let error):
      end(turn)
      let problem = SyncProblem(error)
      try await ledger.settle(exchange, .failed, problem.exchangeProblem)
      throw ExchangeFailure(exchange: exchange, underlying: error)
    case .notStored(let error):
      isStoring = false
      // The progress must not run past pages that are not stored.
      discard()
      throw error
    case .stored(let counts, let state, let pages):
      isStoring = false
      self.state = state
      report.counts += counts
      report.pages += pages
      watcher?(report)
    }
    if gatheredRecords >= PullRunner.batchRecords, !isStoring { store(&group, then: .goOn) }
    // The writer has fallen behind: wait for it rather than gather without end.
    if gatheredRecords >= 3 * PullRunner.batchRecords, isStoring {
      try await take(group.next(), &group, watcher)
    }
  }

  /// To be called before each page is asked for: a slow platform's pages do not wait for others to fill a batch, so that a crash costs about a second's
  /// work and the page under way.
  mutating func keepUp(_ group: inout Group, _ watcher: PullRunner.Watcher?) async throws {
    guard ContinuousClock.now - lastStored >= PullRunner.longestWait else { return }
    while mapping.pages > 0 { try await take(group.next(), &group, watcher) }
    if !gathered.isEmpty, !isStoring { store(&group, then: .goOn) }
  }

  /// Waits for everything under way and writes the rest; the end being proven, the watermark moves in the same transaction.
  mutating func finish(_ group: inout Group, _ watcher: PullRunner.Watcher?) async throws {
    while mapping.pages > 0 || isStoring { try await take(group.next(), &group, watcher) }
    store(&group, then: .complete)
    while isStoring { try await take(group.next(), &group, watcher) }
  }

  /// Writes what was understood before something broke, as far as no page is missing; the rest is pulled again.
  ///
  /// - Parameter startsOver: going on behind these pages would be wrong or in vain; the next run begins the window anew.
  mutating func salvage(
    startsOver: Bool, _ group: inout Group, _ watcher: PullRunner.Watcher?
  ) async throws {
    while mapping.pages > 0 || isStoring {
      do {
        try await take(group.next(), &group, watcher)
      } catch {
        // What broke first is told; each of these is in the journal, or is stored again.
        continue
      }
    }
    guard !gathered.isEmpty || startsOver else { return }
    store(&group, then: startsOver ? .startOver : .goOn)
    while isStoring { try await take(group.next(), &group, watcher) }
  }

  private mutating func end(_ turn: Turn) {
    mapping.pages -= 1
    mapping.bytes -= turn.bytes
  }

  private mutating func discard() {
    gathered = []
    gatheredRecords = 0
    early = [:]
    // No page begun so far has its turn any more.
    taken = -1
  }

  /// What becomes of the window once the gathered pages are stored.
  private enum Next {
    case goOn, startOver, complete
  }

  private mutating func store(_ group: inout Group, then: Next) {
    let pages = gathered
    gathered = []
    gatheredRecords = 0
    isStoring = true
    lastStored = .now
    for page in pages {
      report.rows += page.rows
      report.skipped += page.skipped
      report.bytes += page.bytes
    }
    var next = state
    if let last = pages.last { next.progress = last.progress }
    let after =
      switch then {
      case .goOn: next
      case .startOver: next.startedOver()
      case .complete: next.completed()
      }
    let (key, registry, ledger, guarding) = (key, registry, ledger, guarding)
    group.addTask {
      do {
        return .stored(try await write(), after, pages: pages.count)
      } catch {
        return .notStored(error)
      }
    }
    @Sendable func write() async throws -> StoreCounts {
      // Also when the pull has been stopped: what is understood need not be pulled again.
      try await ledger.database.writeRegardless { transaction in
        try guarding(transaction)
        var counts = StoreCounts()
        for page in pages {
          counts += try registry.store(page.prepared, in: transaction)
          counts.quarantined += try registry.quarantine(page.quarantined, in: transaction)
          try registry.release(
            page.released, platform: key.platform, operation: key.operation, in: transaction)
          try ledger.journal.conclude(page.exchange, .succeeded, nil, in: transaction)
        }
        try ledger.save(after, key, transaction)
        return counts
      }
    }
  }
}
