import CivilTime
import Exchanges
import SQLDatabase
import Testing

@testable import Work

/// Taking out a whole sequence.
@Suite struct CancelAllTests {
  private static func cancelAll(
    _ bench: QueueBench, _ sequence: String, holding lease: WorkLease? = nil
  ) async throws -> Int {
    let queue = bench.queue
    return try await bench.database.write {
      try queue.cancelAll(of: sequence, holding: lease, in: $0, now: QueueBench.now)
    }
  }

  @Test func everythingOfTheSequenceGoesAndNothingElse() async throws {
    let bench = try await QueueBench()
    for key in 1...4 { try await bench.add(QueueBench.work(key, sequence: "s")) }
    try await bench.add(QueueBench.work(5, sequence: "t"))
    try await bench.add(QueueBench.work(6))
    #expect(try await Self.cancelAll(bench, "s") == 4)
    #expect(
      try await bench.states() == [.cancelled, .cancelled, .cancelled, .cancelled, .ready, .ready])
    #expect(try await Self.cancelAll(bench, "s") == 0)
    // The same may be enqueued again, and has its turn.
    guard case .added(let id) = try await bench.add(QueueBench.work(1, sequence: "s")) else {
      Issue.record("it was a duplicate")
      return
    }
    #expect(try await bench.queue.item(id)?.state == .ready)
    await bench.close()
  }

  @Test func whatSomebodyWorksOnIsTheHoldersAlone() async throws {
    let bench = try await QueueBench()
    for key in 1...3 { try await bench.add(QueueBench.work(key, sequence: "s")) }
    let lease = try #require(try await bench.claim().first)
    // Somebody else leaves it; it ends as its holder says.
    #expect(try await Self.cancelAll(bench, "s") == 2)
    #expect(try await bench.states() == [.leased, .cancelled, .cancelled])
    #expect(try await Self.cancelAll(bench, "s", holding: lease) == 1)
    #expect(try await bench.states() == [.cancelled, .cancelled, .cancelled])
    #expect(try await code { try await bench.complete(lease) } == .leaseLost)
    #expect(try await code { _ = try await Self.cancelAll(bench, "s", holding: lease) } == .leaseLost)
    await bench.close()
  }

  @Test func itIsFoundByIndexes() async throws {
    let bench = try await QueueBench()
    let plans = try await bench.database.read { reader in
      try reader.plan(of: WorkQueue.cancelWaiting, [.text("s"), .int(0)])
        + reader.plan(of: WorkQueue.cancelHead, [.text("s"), .int(0), .int(0)])
    }
    #expect(plans.contains { $0.contains("work_item_waiting") }, "\(plans)")
    #expect(plans.contains { $0.contains("work_item_head") }, "\(plans)")
    await bench.close()
  }
}
