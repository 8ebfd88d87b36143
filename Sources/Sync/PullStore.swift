import Adapters
import CivilTime
import Exchanges
import Journal
import Mapping
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
  /// Says when the messages are no longer what they were.
  private var watch: DriftWatch
  /// The window is held: pages that are still being mapped are only counted.
  private var isHolding = false
  /// Exchanges of pages that came and are not stored, because the window is held.
  private var heldBack: [ExchangeID] = []
  private let derivation: Derivation
  private let accepted: Set<DriftSubject>
  private let ledger: SyncLedger
  private let guarding: PullRunner.Guard
  private let now: @Sendable () -> Timestamp

  private var key: OperationKey { derivation.key }

  init(
    state: PullState, _ derivation: Derivation, ledger: SyncLedger, baseline: DriftBaseline,
    accepted: Set<DriftSubject>, report: PullReport,
    guarding: @escaping PullRunner.Guard, now: @escaping @Sendable () -> Timestamp
  ) {
    self.state = state
    self.derivation = derivation
    self.ledger = ledger
    self.accepted = accepted
    self.report = report
    self.guarding = guarding
    self.now = now
    watch = DriftWatch(derivation.mapping.entities, baseline, accepted: accepted)
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
      guard !isHolding else {
        heldBack.append(page.exchange)
        return
      }
      early[turn.place] = page
      while let next = early[taken] {
        let holding = watch.take(next.surveys, of: next.exchange)
        if !holding.isEmpty { throw DriftHold(findings: holding) }
        early[taken] = nil
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
    let holding = watch.end(volume, of: gathered.last?.exchange)
    if !holding.isEmpty { throw DriftHold(findings: holding) }
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

  /// Writes down why the window is held, once what is under way has ended. Of the pages that are not stored yet none is; progress and watermark stay where
  /// they are.
  ///
  /// Returns the error that says so.
  mutating func hold(
    _ drift: DriftHold, _ group: inout Group, _ watcher: PullRunner.Watcher?
  ) async throws -> DriftHeld {
    isHolding = true
    heldBack += gathered.map(\.exchange) + early.values.map(\.exchange)
    discard()
    while mapping.pages > 0 || isStoring {
      do {
        try await take(group.next(), &group, watcher)
      } catch {
        continue
      }
    }
    let held = try await ledger.report(
      drift.findings, told: watch.takeUntold(), of: key, mapping: derivation.mapping.name, by: .pull,
      ending: Set(heldBack).sorted(), at: now(), guarding: guarding)
    guard let held else { preconditionFailure("a window is held by something") }
    return held
  }

  /// How much the window has brought, those pages too that earlier runs stored.
  private var volume: VolumeHistory.Window {
    let seconds = state.window.map { Int($0.to.milliseconds(since: $0.from) / 1000) } ?? 0
    // Behind the look-back, rows come for the first time.
    let fresh = state.window.flatMap { window in
      state.watermark.map { Int(window.to.milliseconds(since: max($0, window.from)) / 1000) }
    }
    return VolumeHistory.Window(
      rows: (gathered.last?.progress ?? state.progress).rows, seconds: seconds, fresh: fresh)
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
    let learned = then == .complete ? watch.learned(volume) : nil
    let told = watch.takeUntold()
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
    let (key, ledger, guarding, derivation) = (key, ledger, guarding, derivation)
    let (accepted, time) = (accepted, now())
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
          counts += try derivation.store(page, in: transaction, now: time)
          try ledger.journal.conclude(page.exchange, .succeeded, nil, in: transaction)
        }
        try ledger.incidents.report(told, of: key, isHeld: false, at: time, in: transaction)
        if let learned {
          try ledger.incidents.complete(
            key, mapping: derivation.mappingID, learned, accepted: accepted, in: transaction)
        }
        try ledger.save(after, key, transaction)
        if then == .complete, let mark = after.watermark {
          try PullMarks.add(mark, of: key, in: transaction)
        }
        return counts
      }
    }
  }
}
