import Exchanges
import Glibc
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// Disks that are full and databases that others hold, at each moment at which a push is written down.
@Suite struct PushObstacleTests {
  static let cases = ["route-planning", "road-digging", "greening"].flatMap { item in
    PushMoment.allCases.map { (item, $0) }
  }

  /// What becomes of a push that met an obstacle: nothing is lost, and nothing happens twice.
  private static func check(
    _ desk: PushDesk, _ id: PushID, _ item: String, _ moment: PushMoment
  ) async throws {
    let asked = try await desk.outcomes().contains { $0.hasPrefix("status ") }
    #expect(try await desk.effects(id).map(\.submissions) == [1])
    // What came back and could not be written down is unknown: asked for, or a person's to find out.
    let isLost = moment == .answer
    #expect(asked == (isLost && item != "greening"))
    #expect(try await desk.state(id) == (isLost && item == "greening" ? .unknown : .accepted))
    let exchanges = try await desk.outcomes().filter { $0.hasPrefix(item) }
    #expect(exchanges == ["\(item) \(isLost && item == "greening" ? "unknown" : "succeeded")"])
    _ = try await desk.journal.checkpoint()
    #expect(try await Journal.verify(desk.database).finding == nil)
  }

  /// Writes that would need room fail from the moment on, as with a full disk; everything does, or the one transaction.
  private static func full(
    _ item: String, _ moment: PushMoment, _ triggers: [String]
  ) async throws {
    var configuration = DatabaseConfiguration()
    configuration.maximumPageCount = 2_000
    try await PushDesk.run(configuration: configuration) { desk in
      let ticket = try await desk.submit(item)
      let isMet = Flag()
      let handler = desk.handler(at: moment) {
        guard isMet.setOnce() else { return }
        do {
          try await desk.database.write { transaction in
            try transaction.execute("CREATE TABLE filler (body BLOB)")
            for (number, trigger) in triggers.enumerated() {
              try transaction.execute(
                """
                CREATE TRIGGER full_\(number) BEFORE \(trigger)
                BEGIN INSERT INTO filler VALUES (zeroblob(50000000)); END
                """)
            }
          }
        } catch {
          Issue.record("\(error)")
        }
      }
      let loop = PushLoop(desk, handler)
      // Several tries in vain, then there is room.
      try await loop.run { loop.failures.count >= 3 }
      #expect(loop.failures.allSatisfy { $0 == "database-full" })
      #expect(try await desk.effects(ticket.id).count == (moment == .begin ? 0 : 1))
      #expect(try await desk.state(ticket.id) == (moment == .begin ? .queued : .sending))
      try await desk.database.write { transaction in
        for number in triggers.indices { try transaction.execute("DROP TRIGGER full_\(number)") }
      }
      try await PushLoop(desk).settle([ticket.id])
      try await check(desk, ticket.id, item, moment)
    }
  }

  @Test(arguments: cases) func theDiskIsFull(_ item: String, _ moment: PushMoment) async throws {
    try await Self.full(
      item, moment,
      [
        "INSERT ON exchange", "UPDATE ON exchange", "UPDATE ON push", "UPDATE ON work_item",
        "INSERT ON push_event",
      ])
  }

  /// The room is just enough for the others: only the transaction of the moment fails.
  @Test(arguments: cases) func theDiskIsFullForOneTransaction(
    _ item: String, _ moment: PushMoment
  ) async throws {
    switch moment {
    case .begin: try await Self.full(item, moment, ["INSERT ON exchange"])
    case .answer: try await Self.full(item, moment, ["UPDATE ON exchange WHEN OLD.answered IS NULL"])
    // At its very end, when all but the work is written.
    case .decision: try await Self.full(item, moment, ["UPDATE ON work_item WHEN NEW.state = 'done'"])
    }
  }

  /// Another process writes for longer than anybody waits.
  @Test(arguments: cases) func theDatabaseIsLocked(_ item: String, _ moment: PushMoment) async throws {
    var configuration = DatabaseConfiguration()
    configuration.busyTimeoutMilliseconds = 30
    try await PushDesk.run(configuration: configuration) { desk in
      let other = try await Database.open(path: desk.database.path)
      let ticket = try await desk.submit(item)
      let (isMet, isHeld, mayEnd) = (Flag(), Flag(), Flag())
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          while !isMet.isSet { try await Task.sleep(for: .milliseconds(1)) }
          try await other.write { transaction in
            try transaction.execute("UPDATE push SET changed = changed")
            isHeld.set()
            while !mayEnd.isSet { usleep(500) }
          }
        }
        let handler = desk.handler(at: moment) {
          isMet.set()
          while !isHeld.isSet { await Task.yield() }
        }
        let loop = PushLoop(desk, handler)
        try await loop.run { loop.failures.count >= 3 }
        #expect(loop.failures.allSatisfy { $0 == "database-busy" })
        #expect(try await desk.effects(ticket.id).count == (moment == .begin ? 0 : 1))
        mayEnd.set()
        try await group.waitForAll()
      }
      await other.close()
      try await PushLoop(desk).settle([ticket.id])
      try await Self.check(desk, ticket.id, item, moment)
    }
  }

  /// An hour without room for what is long, while what is short can be written: nothing is used up, and few lines tell it.
  @Test func anHourWithoutRoomUsesUpNothing() async throws {
    var configuration = DatabaseConfiguration()
    configuration.maximumPageCount = 4_000
    try await PushDesk.run(configuration: configuration) { desk in
      var ids: [PushID] = []
      for number in 0..<40 { ids.append(try await desk.submit("greening", number: "SQ-\(number)").id) }
      try await desk.database.write { transaction in
        try transaction.execute("CREATE TABLE filler (body BLOB)")
        try transaction.execute(
          """
          CREATE TRIGGER full BEFORE INSERT ON exchange
          BEGIN INSERT INTO filler VALUES (zeroblob(50000000)); END
          """)
      }
      let loop = PushLoop(desk)
      let start = desk.bench.clock.elapsed
      try await loop.run { desk.bench.clock.elapsed - start >= 3_600_000 }
      #expect(!loop.failures.isEmpty && loop.failures.count <= 1_000, "\(loop.failures.count)")
      for id in ids {
        let work = try #require(await desk.work(of: desk.push(id)))
        #expect(work.state == .ready && work.attempts == 0)
      }
      #expect(desk.bench.sandbox.permitCases.isEmpty)
      _ = try await desk.database.write { try $0.execute("DROP TRIGGER full") }
      try await PushLoop(desk).settle(ids)
      for id in ids { #expect(try await desk.effects(id).map(\.submissions) == [1]) }
    }
  }

  /// What goes wrong each time, whatever it is, stands still with its work, and a person lets both go on.
  @Test func whatIsParkedByTheLoopCanBeReleased() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      _ = try await desk.database.write {
        try $0.execute(
          "CREATE TRIGGER never BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'never'); END")
      }
      try await PushLoop(desk).settle([ticket.id])
      #expect(try await desk.state(ticket.id) == .parked)
      #expect(try await desk.push(ticket.id).problemCode?.hasPrefix("database-") == true)
      _ = try await desk.database.write { try $0.execute("DROP TRIGGER never") }
      try await desk.pushes.decide(
        .retry, about: ticket.id, by: try SignOff(name: "op-1", reason: "mended"))
      try await PushLoop(desk).settle([ticket.id])
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).count == 1)
    }
  }
}

extension PushLoop {
  /// The codes of what could not be stored, also of items that could.
  var failures: [String] {
    events.compactMap {
      switch $0 {
      case .storeFailed(let problem, _), .failed(_, let problem, _): problem.code
      default: nil
      }
    }
  }
}

final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .acquiring) }

  func set() { state.store(true, ordering: .releasing) }

  /// Whether it was not set before.
  func setOnce() -> Bool { !state.exchange(true, ordering: .acquiringAndReleasing) }
}
