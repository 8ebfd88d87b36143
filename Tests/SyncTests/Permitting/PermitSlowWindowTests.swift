import Applications
import Calendars
import Changes
import CivilTime
import Permits
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// A window that answers slowly keeps waiting only what needs its answer.
@Suite struct PermitSlowWindowTests {
  @Test func oneWindowHoldsUpNoOther() async throws {
    try await PermitFloor.run(PermitFloor.Site(changes: [])) { floor in
      try floor.addWindow("henan", for: ["330106"])
      floor.desk.fault(.refusal, "road-digging")
      let first = try await floor.open("GD-1", application: "SQ-1")
      try await floor.work()
      // As many as are worked on at once.
      var slow: Set = [first]
      for number in 2...4 {
        slow.insert(try await floor.open("GD-\(number)", application: "SQ-\(number)"))
      }
      try await floor.work()
      let sandbox = floor.desk.bench.sandbox
      sandbox.faults.add(
        FaultRule(
          .stall(seconds: 3600), platform: "hangzhou-permits", operation: "status", trigger: .always))
      floor.desk.bench.clock.advance(seconds: 12 * 86_400)
      _ = try await floor.people().retry(PermitPlace(first, .roadDigging))
      let before = sandbox.calls("hangzhou-permits", "status").calls
      let loop = try PermitLoop(floor, counting: slow)
      try await loop.run {
        while sandbox.calls("hangzhou-permits", "status").calls < before + 4, loop.ended == 0 {
          try await Task.sleep(for: .milliseconds(2))
        }
        let other = try await floor.open("GD-5", application: "SQ-5", region: "330106")
        while try await floor.state(.greening, of: other) == .planned, loop.ended == 0 {
          try await Task.sleep(for: .milliseconds(2))
        }
        #expect(try await floor.state(.greening, of: other) == .submitted)
        // What needs no answer of the slow one was done before it was asked.
        #expect(try await floor.item(.roadDigging, of: first).attempt.push != nil)
        let warned = try await floor.feed.page(after: nil, kinds: [.permitWarning], limit: 1000).changes
        #expect(Set(warned.map(\.subject)).count == 4)
        #expect(loop.ended == 0, "nothing that the slow one was asked has come to an end")
      }
    }
  }

  /// A new case is taken up before what is asked day by day, and what an older version has left is worked on by window too.
  @Test func casesAreWorkedOnWindowByWindow() async throws {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let lease = try #require(try await floor.claim([.permit]))
      #expect(lease.lane == "permits")
      try await floor.handler().perform(lease)
      func work() async throws -> [String] {
        try await floor.desk.database.read { reader in
          try reader.query("SELECT lane, priority FROM work_item WHERE kind = 'permit' AND state = 'ready'") {
            "\($0.text(0)) \($0.int(1))"
          }
        }
      }
      guard case .at(let due)? = try await floor.item(.routePlanning, of: id).own?.reading.due else {
        Issue.record("the utility has a day")
        return
      }
      let priority = PermitUrgency.priority(due: due.timestamp(offsetSeconds: UTCOffset.china))
      #expect(priority < 0)
      #expect(try await work() == ["hangzhou-permits/permits \(priority)"])
      try await floor.work()
      #expect(floor.effects(.routePlanning).count == 1)
      // Its region gets a window of its own, and loses it.
      try floor.addWindow("henan", for: ["330100"])
      floor.removeWindow("hangzhou-permits")
      try await floor.pass(seconds: 3600)
      #expect(try await work().map { $0.split(separator: " ")[0] } == ["henan-permits/permits"])
      floor.removeWindow("henan-permits")
      try await floor.pass(seconds: 2 * 3600)
      #expect(try await work().map { $0.split(separator: " ")[0] } == ["permits"])
    }
  }
}

/// The loop of a process over a floor's cases and pushes.
private final class PermitLoop: Sendable {
  private let floor: PermitFloor
  private let handler: PermitHandler
  private let counted: Set<String>
  private let count = Mutex(0)

  init(_ floor: PermitFloor, counting cases: Set<PermitCaseID>) throws {
    self.floor = floor
    counted = Set(cases.map(\.description))
    handler = try floor.handler()
  }

  /// Looks at the cases that have come to an end.
  var ended: Int { count.withLock { $0 } }

  /// Runs for as long as `body` takes.
  func run(_ body: () async throws -> Void) async throws {
    let clock = floor.desk.bench.clock
    let loop = WorkLoop(
      floor.desk.queue, handlers: [.permit: Cases(loop: self), .push: Pushes(floor: floor)],
      clock: WorkClock(now: { clock.now }, fraction: { 0.5 }, sleep: { try await Task.sleep(for: $0) }))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await loop.run() }
      defer { group.cancelAll() }
      try await body()
    }
  }

  private struct Cases: WorkHandler {
    let loop: PermitLoop

    func perform(_ lease: WorkLease) async throws {
      try await loop.handler.perform(lease)
      if loop.counted.contains(String(decoding: lease.payload, as: UTF8.self)) {
        loop.count.withLock { $0 += 1 }
      }
    }
  }

  private struct Pushes: WorkHandler {
    let floor: PermitFloor

    func perform(_ lease: WorkLease) async throws { try await floor.send(lease) }
  }
}
