import CivilTime
import SQLDatabase
import Testing

@testable import Work

/// What operators decide about items, and what they see of them.
@Suite struct DecidingTests {
  private static func decide(
    _ bench: QueueBench, _ decision: WorkDecision, _ id: WorkID
  ) async throws -> WorkItem {
    let queue = bench.queue
    return try await bench.database.write {
      try queue.decide(decision, about: id, in: $0, now: QueueBench.now)
    }
  }

  private static func code(_ body: () async throws -> Void) async throws -> WorkError.Code? {
    do {
      try await body()
      return nil
    } catch let error as WorkError {
      return error.code
    }
  }

  @Test(arguments: WorkKind.allCases) func whatBelongsToSomethingElseIsDecidedThere(_ kind: WorkKind)
    async throws
  {
    for (number, decision) in WorkDecision.allCases.enumerated() {
      // Of what a subscription is to be told nothing is left out.
      // Nor does a permit case or an archive wait for ever.
      let standsAlone =
        [.pull, .inbound, .supply].contains(kind)
        || [.notification, .permit, .archive].contains(kind) && decision == .release
      let bench = try await QueueBench()
      let id = try await bench.add(QueueBench.work(number, kind: kind)).id
      let lease = try #require(try await bench.claim().first)
      try await bench.park(lease)
      let found = try await Self.code { _ = try await Self.decide(bench, decision, id) }
      #expect(found == (standsAlone ? nil : .decidedElsewhere), "\(kind) \(decision)")
      let state = try await bench.queue.item(id)?.state
      #expect(state == (standsAlone ? (decision == .release ? .ready : .cancelled) : .parked))
      await bench.database.close()
    }
  }

  @Test func eachStateAllowsWhatItMay() async throws {
    let bench = try await QueueBench()
    func work(_ number: Int) -> NewWork {
      QueueBench.work(number, sequence: "s\(number)", kind: .pull)
    }
    let ready = try await bench.add(work(1)).id
    #expect(try await Self.code { _ = try await Self.decide(bench, .release, ready) } == .wrongState)
    #expect(try await Self.decide(bench, .cancel, ready).state == .cancelled)
    #expect(try await Self.code { _ = try await Self.decide(bench, .cancel, ready) } == .wrongState)
    let leased = try await bench.add(work(2)).id
    let lease = try #require(try await bench.claim().first)
    for decision in WorkDecision.allCases {
      #expect(
        try await Self.code { _ = try await Self.decide(bench, decision, leased) }
          == (decision == .cancel ? .leased : .wrongState))
    }
    try await bench.complete(lease)
    #expect(try await Self.code { _ = try await Self.decide(bench, .cancel, leased) } == .wrongState)
    #expect(
      try await Self.code { _ = try await Self.decide(bench, .cancel, WorkID(rawValue: 99)) } == .notFound)
    await bench.database.close()
  }

  @Test func whatIsOpenIsListedByPlatform() async throws {
    let bench = try await QueueBench()
    let names = ["city/deeds", "city/permits", "city-2/deeds", "cit/deeds"]
    for (number, lane) in names.enumerated() {
      try await bench.add(QueueBench.work(number, lane: lane, kind: .notification))
    }
    try await bench.complete(try #require(try await bench.claim(1).first))
    func lanes(_ change: (inout WorkFilter) -> Void) async throws -> [String] {
      var filter = WorkFilter()
      change(&filter)
      return try await bench.queue.list(filter).map(\.lane)
    }
    #expect(try await lanes { _ in }.count == 4)
    #expect(try await lanes { $0.isOpen = true }.count == 3)
    #expect(try await lanes { $0.platform = "city" } == ["city/deeds", "city/permits"])
    #expect(try await lanes { $0.platform = "cit" } == ["cit/deeds"])
    #expect(try await lanes { $0.platform = "ci%" }.isEmpty)
    await bench.database.close()
  }

  /// Names stand as they are, digests in hexadecimal.
  @Test func keysAreShownAsWhatTheyAre() async throws {
    let bench = try await QueueBench()
    for (number, key) in [Array("city/deeds".utf8), [0, 255, 16], Array("拟".utf8), Array("a b".utf8)]
      .enumerated()
    {
      var work = QueueBench.work(number, kind: .pull)
      work.businessKey = key
      try await bench.add(work)
    }
    #expect(
      try await bench.queue.list(WorkFilter()).map(\.key) == ["city/deeds", "00ff10", "e68b9f", "612062"])
    await bench.database.close()
  }
}
