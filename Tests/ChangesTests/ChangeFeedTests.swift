import CivilTime
import Documents
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@testable import Changes

/// A feed on a database of its own.
struct FeedBench: Sendable {
  static let now = Timestamp(iso8601: "2026-03-04T12:00:00+08:00")!
  static let all = Set(ChangeKind.allCases)

  let folder = TemporaryFolder()
  let database: Database
  let feed: ChangeFeed

  init(off: Set<ChangeKind> = []) async throws {
    database = try await Database.open(path: folder.file("feed.db"))
    try await database.migrate(ChangesSchema.component)
    feed = ChangeFeed(database: database, off: off)
  }

  /// The same file as another process has it.
  func other() async throws -> (Database, ChangeFeed) {
    let database = try await Database.open(path: folder.file("feed.db"))
    return (database, ChangeFeed(database: database))
  }

  static func changes(_ count: Int, _ kind: ChangeKind = .pushSettled, from first: Int = 1) -> [NewChange] {
    (first..<first + count).map { NewChange(kind, "push-\($0)", ["state": .word("accepted")]) }
  }

  func append(_ changes: [NewChange], at now: Timestamp = Self.now) async throws {
    let feed = feed
    try await database.write { try feed.append(changes, in: $0, at: now) }
  }

  func page(after place: Int64?, kinds: Set<ChangeKind> = all, limit: Int = 1000) async throws -> ChangePage {
    try await feed.page(after: place, kinds: kinds, limit: limit)
  }

  func close() async { await database.close() }
}

private func code(_ body: () async throws -> Void) async -> ChangeError.Code? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? ChangeError)?.code
  }
}

@Suite struct ChangeFeedTests {
  @Test func changesAreNumberedInTheirOrderAndReadOnFromAnyPlace() async throws {
    let bench = try await FeedBench()
    // More than one portion of rows, and a rest.
    try await bench.append(FeedBench.changes(3))
    try await bench.append(FeedBench.changes(2 * ChangeRows.portion + 5, from: 4))
    let count = Int64(2 * ChangeRows.portion + 8)
    let all = try await bench.page(after: nil)
    #expect(all.changes.map(\.sequence) == Array(1...count) && all.next == count)
    #expect(all.changes.map(\.subject) == (1...count).map { "push-\($0)" })
    for place in [0, 1, 40, count - 1, count] {
      let page = try await bench.page(after: place, limit: 7)
      #expect(page.changes.map(\.sequence) == Array((place + 1..<count + 1).prefix(7)))
      #expect(page.next == min(place + 7, count))
    }
    var writer = JSONWriter()
    try writer.object { writer throws in try all.changes[0].write(to: &writer) }
    #expect(
      String(decoding: writer.takeBytes(), as: UTF8.self)
        == #"{"sequence":1,"kind":"push.settled","subject":"push-1","time":"2026-03-04T04:00:00.000Z","details":{"state":"accepted"}}"#
    )
    await bench.close()
  }

  @Test func whatIsUndoneLeavesNoGapAndTellsNobody() async throws {
    struct Undone: Error {}
    let bench = try await FeedBench()
    let feed = bench.feed
    let told = Mutex<[Int64]>([])
    feed.follow { changes, _ in told.withLock { $0 += changes.map(\.sequence) } }
    try await bench.append(FeedBench.changes(1))
    for _ in 1...3 {
      await #expect(throws: Undone.self) {
        try await bench.database.write { transaction in
          try feed.append(FeedBench.changes(5), in: transaction, at: FeedBench.now)
          throw Undone()
        }
      }
    }
    try await bench.append(FeedBench.changes(1, from: 2))
    let page = try await bench.page(after: 0)
    #expect(page.changes.map(\.sequence) == [1, 2] && page.changes.map(\.subject) == ["push-1", "push-2"])
    // A follower is told within the transaction, so what it wrote is undone as well.
    #expect(told.withLock { $0 } == [1] + Array(repeating: [2, 3, 4, 5, 6], count: 3).joined() + [2])
    await bench.close()
  }

  @Test func aFollowerThatFailsUndoesTheChange() async throws {
    struct Refused: Error {}
    let bench = try await FeedBench()
    bench.feed.follow { _, _ in throw Refused() }
    await #expect(throws: Refused.self) { try await bench.append(FeedBench.changes(1)) }
    #expect(try await bench.page(after: 0) == ChangePage(changes: [], next: 0))
    await bench.close()
  }

  /// Two processes append at random and a reader follows: it misses nothing, sees nothing twice, and the order is one.
  @Test(arguments: [UInt64](1...4))
  func noReaderSkipsWhatOthersCommitLater(_ seed: UInt64) async throws {
    let bench = try await FeedBench()
    let (database, feed) = try await bench.other()
    let writers = [(bench.database, bench.feed), (database, feed)]
    var random = SplitMix64(seed: seed)
    let batches = (0..<60).map { _ in
      (Int.random(in: 0...1, using: &random), Int.random(in: 1...40, using: &random))
    }
    let total = Int64(batches.reduce(0) { $0 + $1.1 })
    try await withThrowingTaskGroup(of: [Int64].self) { group in
      for writer in 0...1 {
        group.addTask {
          for (number, batch) in batches.enumerated() where batch.0 == writer {
            let (database, feed) = writers[writer]
            while true {
              do {
                try await database.write {
                  try feed.append(FeedBench.changes(batch.1, from: number * 100), in: $0, at: FeedBench.now)
                }
                break
              } catch let error as DatabaseError where error.code == .busy {
                continue
              }
            }
          }
          return []
        }
      }
      group.addTask {
        var (seen, place) = ([Int64](), Int64(0))
        while place < total {
          let page = try await bench.feed.page(
            after: place, kinds: FeedBench.all, limit: 50, waiting: .seconds(5))
          seen += page.changes.map(\.sequence)
          place = page.next
        }
        return seen
      }
      var seen: [Int64] = []
      for try await numbers in group { seen += numbers }
      #expect(seen == Array(1...total))
    }
    // What was appended together stands together.
    let page = try await bench.page(after: 0, limit: Int(total))
    var rest = page.changes[...]
    while let first = rest.first, let number = Int(first.subject.dropFirst(5)) {
      let size = batches[number / 100].1
      #expect(rest.prefix(size).map(\.subject) == (0..<size).map { "push-\(number + $0)" })
      rest = rest.dropFirst(size)
    }
    await database.close()
    await bench.close()
  }

  @Test func kindsAreLeftOutAndPassedOver() async throws {
    let bench = try await FeedBench(off: [.certificateChanged])
    try await bench.append(
      FeedBench.changes(2) + [
        NewChange(.certificateChanged, "crt-x"), NewChange(.incidentOpened, "incident-1"),
      ])
    #expect(!bench.feed.keeps(.certificateChanged) && bench.feed.keeps(.pushSettled))
    let all = try await bench.page(after: 0)
    #expect(all.changes.map(\.kind) == [.pushSettled, .pushSettled, .incidentOpened] && all.next == 3)
    let some = try await bench.page(after: 0, kinds: [.incidentOpened])
    #expect(some.changes.map(\.sequence) == [3])
    // A reader of rare kinds gets on all the same.
    let none = try await bench.page(after: 0, kinds: [.replayEnded])
    #expect(none == ChangePage(changes: [], next: 3))
    try await bench.append([NewChange(.certificateChanged, "crt-x")])
    #expect(try await bench.feed.end() == 3)
    await bench.close()
  }

  @Test func aReaderOfRareKindsIsWokenAndGetsPastManyOthers() async throws {
    let bench = try await FeedBench()
    try await bench.append(FeedBench.changes(ChangeFeed.mostLookedAt + 10))
    try await bench.append([NewChange(.replayEnded, "replay-1")])
    let page = try await bench.feed.page(
      after: 0, kinds: [.replayEnded], limit: 10, waiting: .seconds(30))
    #expect(page.changes.map(\.subject) == ["replay-1"])
    await bench.close()
  }

  @Test func oldChangesGoAndReadersBehindThemAreToldSo() async throws {
    let bench = try await FeedBench()
    let day = 86_400
    for age in [10, 9, 2, 1] {
      try await bench.append(
        FeedBench.changes(4), at: FeedBench.now.advanced(bySeconds: -age * day))
    }
    // A clock that was set back is no reason to leave a gap in what is kept.
    try await bench.append(FeedBench.changes(1), at: FeedBench.now.advanced(bySeconds: -20 * day))
    let removed = try await bench.feed.prune(
      before: FeedBench.now.advanced(bySeconds: -5 * day), portion: 3)
    #expect(removed == 8)
    #expect(try await bench.feed.prune(before: FeedBench.now.advanced(bySeconds: -5 * day)) == 0)
    for place in [0, 1, 7] as [Int64] {
      #expect(await code { _ = try await bench.page(after: place) } == .gone)
    }
    #expect(try await bench.page(after: 8).changes.map(\.sequence) == Array(9...17))
    #expect(try await bench.page(after: nil).changes.map(\.sequence) == Array(9...17))
    #expect(await code { _ = try await bench.page(after: 18) } == .ahead)
    // Everything may go; numbers go on.
    #expect(try await bench.feed.prune(before: FeedBench.now.advanced(bySeconds: day)) == 9)
    #expect(try await bench.page(after: nil) == ChangePage(changes: [], next: 17))
    try await bench.append(FeedBench.changes(1))
    #expect(try await bench.page(after: 17).changes.map(\.sequence) == [18])
    await bench.close()
  }

  /// Work in the background shows its changes before they are on the disk.
  @Test func aLossOfPowerGivesNoNumberTwice() async throws {
    let bench = try await FeedBench()
    try await ChangeFeed.begin(boot: "first", in: bench.database)
    try await bench.append(FeedBench.changes(3))
    // As it will be found: without what comes now.
    try await bench.database.backup(to: bench.folder.file("found.db"))
    try await bench.append(FeedBench.changes(2, from: 4))
    let seen = try await bench.page(after: 0).next
    #expect(seen == 5)
    await bench.close()

    let found = try await Database.open(path: bench.folder.file("found.db"))
    let feed = ChangeFeed(database: found)
    // Another process of the same start has lost nothing.
    try await ChangeFeed.begin(boot: "first", in: found)
    #expect(try await feed.end() == 3)
    for _ in 1...2 { try await ChangeFeed.begin(boot: "second", in: found) }
    try await found.write { try feed.append(FeedBench.changes(1, from: 6), in: $0, at: FeedBench.now) }
    let page = try await feed.page(after: seen, kinds: FeedBench.all, limit: 10)
    #expect(page.changes.map(\.subject) == ["push-6"])
    #expect(page.changes.map(\.sequence) == [3 + ChangeFeed.mostUnsafe + 1])
    // Who was behind the loss goes on as well, and misses nothing.
    #expect(
      try await feed.page(after: 2, kinds: FeedBench.all, limit: 10).changes.map(\.subject)
        == ["push-3", "push-6"])
    await found.close()
  }

  @Test func aNewFeedBeginsWithOne() async throws {
    let bench = try await FeedBench()
    try await ChangeFeed.begin(boot: "first", in: bench.database)
    // Where the system does not tell, each start may be another one.
    try await bench.append(FeedBench.changes(1))
    #expect(try await bench.feed.end() == 1)
    for _ in 1...2 { try await ChangeFeed.begin(boot: "", in: bench.database) }
    #expect(try await bench.feed.end() == 1 + 2 * ChangeFeed.mostUnsafe)
    await bench.close()
  }

  @Test func aRestoredCopyGivesNoNumberTwice() async throws {
    let bench = try await FeedBench()
    try await bench.append(FeedBench.changes(3))
    try await bench.database.write { try ChangeFeed.leaveGap(in: $0) }
    // Whoever had seen something, more than the copy has or less, is told that it may not be so any more.
    for place in [0, 2, 3, 50] as [Int64] {
      #expect(await code { _ = try await bench.page(after: place) } == .gone)
    }
    let start = ChangeFeed.gap + 3
    #expect(try await bench.page(after: nil) == ChangePage(changes: [], next: start))
    try await bench.append(FeedBench.changes(1))
    #expect(try await bench.page(after: start).changes.map(\.sequence) == [start + 1])
    // Pruning what lies before brings nobody's place back.
    #expect(try await bench.feed.prune(before: FeedBench.now, portion: 2) == 0)
    #expect(try await bench.feed.prune(before: FeedBench.now.advanced(bySeconds: 1), portion: 2) == 4)
    #expect(await code { _ = try await bench.page(after: 3) } == .gone)
    #expect(await code { _ = try await bench.page(after: start + 1) } == nil)
    await bench.close()
  }
}

@Suite struct WaitingTests {
  @Test func waitingEndsWithWhatComes() async throws {
    let bench = try await FeedBench()
    async let page = bench.feed.page(after: 0, kinds: [.replayEnded], limit: 10, waiting: .seconds(60))
    // Others' kinds do not end it.
    try await bench.append(FeedBench.changes(2))
    try await bench.append([NewChange(.replayEnded, "replay-1")])
    #expect(try await page.changes.map(\.sequence) == [3])
    await bench.close()
  }

  @Test func whatAnotherProcessAppendsIsFound() async throws {
    let bench = try await FeedBench()
    let (database, feed) = try await bench.other()
    async let page = bench.feed.page(after: 0, kinds: FeedBench.all, limit: 10, waiting: .seconds(60))
    try await database.write { try feed.append(FeedBench.changes(1), in: $0, at: FeedBench.now) }
    #expect(try await page.changes.count == 1)
    await database.close()
    await bench.close()
  }

  @Test func waitingEndsWithItsTimeItsTaskOrTheProgram() async throws {
    let bench = try await FeedBench()
    let feed = bench.feed
    let empty = try await feed.page(after: 0, kinds: FeedBench.all, limit: 1, waiting: .milliseconds(5))
    #expect(empty == ChangePage(changes: [], next: 0))
    let cancelled = Task {
      try await feed.page(after: 0, kinds: FeedBench.all, limit: 1, waiting: .seconds(600))
    }
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
    let stopped = Task {
      try await feed.page(after: 0, kinds: FeedBench.all, limit: 1, waiting: .seconds(600))
    }
    feed.endWaiting()
    #expect(try await stopped.value.changes.isEmpty)
    #expect(
      try await feed.page(after: 0, kinds: FeedBench.all, limit: 1, waiting: .seconds(600)).changes.isEmpty)
    await bench.close()
  }
}
