import Adapters
import Exchanges
@testable import Pushing
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

  /// Connections are reset when the request has come, or the window says that it is out of order.
  @Test(
    arguments: [
      ("route-planning", .reset), ("road-digging", .reset), ("road-digging", .unavailable(retryAfter: 30)),
      ("greening", .unavailable(retryAfter: 30)),
    ] as [(String, FaultKind)])
  func theWindowIsDown(_ item: String, _ fault: FaultKind) async throws {
    try await PushDesk.run { desk in
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
}
