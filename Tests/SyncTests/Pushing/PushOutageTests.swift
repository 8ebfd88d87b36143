import Adapters
import CivilTime
import Exchanges
@testable import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// Ten minutes in which the permit window does not work, with two hundred pushes waiting.
@Suite struct PushOutageTests {
  private struct Cost: Sendable {
    var calls = 0
    var events = 0
    var sleeps = 0
  }

  private static let outage: Int64 = 600_000

  /// Runs a desk's pushes through an outage until none is under way any more; what the ten minutes cost.
  private static func run(
    _ desk: PushDesk, _ ids: [PushID], pausing item: String, calls: @escaping @Sendable () -> Int,
    isOver: @escaping @Sendable () -> Void
  ) async throws {
    let loop = PushLoop(desk, pausing: item)
    let start = desk.bench.clock.elapsed
    let cost = Mutex<Cost?>(nil)
    var settled = 0
    try await loop.run {
      guard desk.bench.clock.elapsed - start >= outage else { return }
      cost.withLock { cost in
        guard cost == nil else { return }
        let changes = desk.events.withLock { $0.count }
        let failures = loop.events.count { if case .started = $0 { false } else { true } }
        cost = Cost(calls: calls(), events: changes + failures, sleeps: loop.sleeps)
        isOver()
      }
    } until: {
      guard cost.withLock({ $0 != nil }) else { return false }
      while let id = ids.dropFirst(settled).first {
        let push = try await desk.push(id)
        guard push.state.isFinal || push.state == .unknown && push.idempotency == .neither else {
          return false
        }
        settled += 1
      }
      return true
    }
    let spent = try #require(cost.withLock { $0 })
    #expect(spent.calls > 0 && spent.calls <= 40, "\(spent)")
    #expect(spent.events > 0 && spent.events <= 150, "\(spent)")
    // Once in five seconds, and when something is due.
    #expect(spent.sleeps <= 300, "\(spent)")
    // A breaker that has opened often tries seldom; after its next try all goes on.
    #expect(desk.bench.clock.elapsed - start <= 3 * outage, "\(desk.bench.clock.elapsed - start)")
  }

  private static func submit(_ desk: PushDesk, _ item: String) async throws -> [PushID] {
    var ids: [PushID] = []
    for number in 0..<200 { ids.append(try await desk.submit(item, number: "SQ-\(number)").id) }
    return ids
  }

  private static func check(_ desk: PushDesk, _ ids: [PushID]) async throws {
    for id in ids {
      #expect(try await desk.state(id) == .accepted)
      #expect(try await desk.effects(id).map(\.submissions) == [1])
    }
    #expect(desk.bench.sandbox.permitCases.count == ids.count)
  }

  /// What the window refuses too many calls with.
  private static let quota = "{in: [\"1005\"], class: rate}"

  /// Connections are reset when the request has come; the window says that it is out of order, that there are too many calls, or that it does not take ours as they are, and not for how long.
  @Test(
    arguments: [
      ("route-planning", .reset, .rate), ("road-digging", .reset, .rate),
      ("road-digging", .unavailable(retryAfter: 30), .rate),
      ("greening", .unavailable(retryAfter: 30), .rate),
      ("road-digging", .quota, .rate), ("greening", .quota, .rate), ("road-digging", .quota, .configuration),
      ("greening", .quota, .configuration), ("greening", .quota, .credentials),
    ] as [(String, FaultKind, ErrorClass)])
  func theWindowIsDown(_ item: String, _ fault: FaultKind, _ refusals: ErrorClass) async throws {
    let refused = Self.quota.replacing("rate", with: refusals.rawValue)
    try await PushDesk.run(hurried: [(Self.quota, refused)]) { desk in
      let ids = try await Self.submit(desk, item)
      desk.bench.sandbox.faults.add(FaultRule(fault, platform: "hangzhou-permits", trigger: .always))
      try await Self.run(desk, ids, pausing: item) {
        [item, "status"].map { desk.bench.sandbox.calls("hangzhou-permits", $0).calls }.reduce(0, +)
      } isOver: {
        desk.bench.sandbox.faults.removeAll()
      }
      // What cannot be asked for and may have arrived is a person's to find out: those few that met the outage.
      var open: [PushID] = []
      for id in ids where try await desk.state(id) == .unknown { open.append(id) }
      #expect(open.count <= (item == "greening" ? 40 : 0))
      for id in open {
        #expect(try await desk.effects(id).isEmpty)
        try await desk.pushes.decide(
          .didNotHappen, about: id, by: try SignOff(name: "op-1", reason: "the window was down"))
      }
      try await desk.settle()
      try await Self.check(desk, ids)
    }
  }

  /// Also few pushes, of which none stands in the way of another.
  @Test(arguments: [1, 20]) func aWindowThatTakesNoMoreIsAskedSeldom(_ count: Int) async throws {
    try await PushDesk.run { desk in
      var ids: [PushID] = []
      for number in 0..<count { ids.append(try await desk.submit("road-digging", number: "SQ-\(number)").id) }
      desk.bench.sandbox.faults.add(FaultRule(.quota, platform: "hangzhou-permits", trigger: .always))
      let loop = PushLoop(desk, pausing: "road-digging")
      let start = desk.bench.clock.elapsed
      try await loop.run { desk.bench.clock.elapsed - start >= 300_000 }
      let calls = desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls
      #expect(calls > 0 && calls <= 20, "\(calls)")
      #expect(desk.events.withLock { $0.count } <= 80)
      desk.bench.sandbox.faults.removeAll()
      try await desk.settle()
      try await Self.check(desk, ids)
    }
  }

  /// A push that is alone is tried ever more seldom, and waits for nobody when the window can be reached again.
  @Test(arguments: ["road-digging", "greening"]) func anOutageOfADayParksNothing(_ item: String) async throws
  {
    let wire = Wire()
    defer { wire.stop() }
    try await PushDesk.run(url: { wire.url($0) }) { desk in
      let id = try await desk.submit(item).id
      try await desk.settle(within: 86_400)
      #expect(try await desk.state(id) == .queued)
      let tries = desk.events.withLock { $0.count { $0.problem?.code == "transport" } }
      #expect(tries >= 48 && tries <= 150, "\(tries)")
      wire.start()
      try await desk.settle()
      try await Self.check(desk, [id])
    }
  }

  /// Nor does one in which nobody can be asked.
  @Test func aDayWithoutAnswersToQuestionsParksNothing() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "road-digging")
      desk.bench.sandbox.faults.add(
        FaultRule(.reset, platform: "hangzhou-permits", operation: "status", trigger: .always))
      let id = try await desk.submit("road-digging").id
      try await desk.settle(within: 86_400)
      let push = try await desk.push(id)
      #expect(push.state == .unknown && push.probes > 20)
      #expect(try await desk.work(of: push)?.state == .ready)
      desk.bench.sandbox.faults.removeAll()
      try await desk.settle()
      try await Self.check(desk, [id])
    }
  }

  /// Nothing leaves while nobody can be reached, so nothing is in doubt, also where nobody could be asked.
  @Test(arguments: ["route-planning", "road-digging", "greening"])
  func nobodyCanBeReached(_ item: String) async throws {
    let wire = Wire()
    defer { wire.stop() }
    try await PushDesk.run(url: { wire.url($0) }) { desk in
      let ids = try await Self.submit(desk, item)
      try await Self.run(desk, ids, pausing: item) {
        desk.events.withLock { $0.count { $0.problem?.code == "transport" } }
      } isOver: {
        wire.start()
      }
      #expect(desk.events.withLock { $0.allSatisfy { $0.event == .accepted || $0.event == .notMade } })
      try await Self.check(desk, ids)
    }
  }

  /// Half a day in which the window takes all applications but one: that one is tried ever more seldom, and is then a person's to look at.
  @Test(
    arguments: [
      (.quota, .rate), (.quota, .configuration), (.quota, .credentials), (.reset, .transient),
    ] as [(FaultKind, ErrorClass)])
  func whatAloneIsNeverTakenIsSetAside(_ fault: FaultKind, _ refusals: ErrorClass) async throws {
    let refused = Self.quota.replacing("rate", with: refusals.rawValue)
    try await PushDesk.run(hurried: fault == .quota ? [(Self.quota, refused)] : []) { desk in
      let faults = desk.bench.sandbox.faults
      let one = try await desk.submit("road-digging", number: "SQ-0").id
      var calls: [Int64] = []
      func work(until end: Int64) async throws {
        while true {
          while let lease = try await desk.claim() {
            let before = try await desk.push(one)
            if PushHandler.push(of: lease.payload) == one {
              faults.add(
                FaultRule(fault, platform: "hangzhou-permits", operation: "road-digging", trigger: .always))
            }
            try await desk.handler.perform(lease)
            faults.removeAll()
            if try await desk.push(one).attempts > before.attempts {
              calls.append(desk.bench.clock.elapsed / 1000)
            }
          }
          let now = desk.bench.clock.now
          let due = try await desk.queue.nextDue(kinds: [.push], now: now)?.milliseconds(since: now)
          let wait = min(max(due ?? .max, 1000), end - desk.bench.clock.elapsed)
          guard wait > 0 else { return }
          desk.bench.clock.advance(by: .milliseconds(wait))
        }
      }
      var others: [PushID] = []
      for number in 1...144 {
        others.append(try await desk.submit("road-digging", number: "SQ-\(number)").id)
        try await work(until: desk.bench.clock.elapsed + 300_000)
      }
      for id in others { #expect(try await desk.state(id) == .accepted) }
      let push = try await desk.push(one)
      let gaps = zip(calls.dropFirst(), calls).map { $0 - $1 }
      #expect(push.state == .parked && push.problemCode == "push-in-vain", "\(push.state) \(gaps)")
      #expect(try await desk.work(of: push)?.state == .parked)
      #expect((20...28).contains(calls.count) && push.probes <= 28, "\(gaps)")
      #expect(gaps.allSatisfy { $0 <= 3700 } && gaps.suffix(5).allSatisfy { $0 >= 900 }, "\(gaps)")
      // Mended, it goes on with all its tries.
      try await desk.pushes.decide(
        .retry, about: one, by: try SignOff(name: "op-1", reason: "the window has mended it"))
      try await desk.settle()
      #expect(try await desk.state(one) == .accepted)
      #expect(try await desk.effects(one).map(\.submissions) == [1])
    }
  }

  /// What nobody has seen to in all these days is a person's, whoever else is taken.
  @Test func whatIsInVainForDaysIsSetAside() async throws {
    try await PushDesk.run { desk in
      let id = try await desk.submit("road-digging").id
      try await desk.database.write { _ = try $0.execute("UPDATE push SET in_vain = 249") }
      desk.bench.sandbox.faults.add(FaultRule(.quota, platform: "hangzhou-permits", trigger: .always))
      try await desk.settle()
      let push = try await desk.push(id)
      #expect(push.state == .parked && push.problemCode == "push-in-vain" && push.attempts == 1)
      #expect(push.problemClass == .rate)
    }
  }

  /// What stands in the way of all is nobody's to look at one by one.
  @Test func whatIsTurnedAwayWithAllOthersWaits() async throws {
    try await PushDesk.run { desk in
      let ids = try await [desk.submit("road-digging").id, desk.submit("road-digging", number: "SQ-2").id]
      desk.bench.sandbox.faults.add(FaultRule(.quota, platform: "hangzhou-permits", trigger: .always))
      try await desk.settle(within: 2 * 86_400)
      let pushes = try await [desk.push(ids[0]), desk.push(ids[1])]
      #expect(pushes.allSatisfy { $0.state == .queued })
      #expect(pushes.contains { $0.inVain > 20 })
      let calls = desk.bench.sandbox.calls("hangzhou-permits", "road-digging").calls
      #expect(calls > 40 && calls < 250, "\(calls)")
      desk.bench.sandbox.faults.removeAll()
      try await desk.settle()
      try await Self.check(desk, ids)
    }
  }
}
