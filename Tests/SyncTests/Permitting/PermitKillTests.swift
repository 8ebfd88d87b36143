import Applications
import CivilTime
import Permits
import Pushing
import SQLDatabase
import Sandbox
import Synchronization
import Testing
import Work

/// A process that dies between any two steps of a case leaves it so that the next one goes on, and files nothing twice.
@Suite struct PermitKillTests {
  /// More than one look at a case takes, so that each gets to its end the second time.
  private static let stride = 24

  /// Together they die once at each step.
  @Test(arguments: 0..<stride) func whereverItDiesTheNextGoesOn(_ first: Int) async throws {
    let deaths = try await Self.run { step in step % Self.stride == first }
    #expect(deaths > 0)
  }

  /// - Returns: how often it died.
  private static func run(dyingAt isLast: @escaping @Sendable (Int) -> Bool) async throws -> Int {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let clock = floor.desk.bench.clock
      let counted = Mutex(0)
      // Whoever asks for the time for the step is dead from then on: nothing of it is written any more.
      let mortal = try floor.handler(
        now: {
          let isTheEnd = counted.withLock { count in
            count += 1
            return isLast(count)
          }
          if isTheEnd { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
          return clock.now
        }, seldom: true)
      var deaths = 0
      for state in ["", "accepted", "correction", "supplement", "approved"] {
        if state == "supplement" {
          _ = try await floor.people().supplement(
            PermitPlace(id, .routePlanning), with: [PermitFloor.material("plan")], remarks: nil)
        } else if !state.isEmpty {
          try await floor.window(.routePlanning, state)
        }
        clock.advance(seconds: 3700)
        while let lease = try await floor.claim() {
          guard lease.kind == .permit else {
            try await floor.desk.handler.perform(lease)
            continue
          }
          let task = Task { try await mortal.perform(lease) }
          if case .failure = await task.result {
            deaths += 1
            try #require(deaths < 100, "it gets nowhere")
            // Its lease runs out.
            clock.advance(seconds: 30)
          }
        }
        try await floor.pass(seconds: 3700, seldom: true)
      }
      #expect(try await floor.state(.routePlanning, of: id) == .approved)
      #expect(try await floor.state(.roadOccupation, of: id) == .filed)
      #expect(try await floor.state(.greening, of: id) == .submitted)
      for item in PermitItem.allCases { #expect(floor.effects(item).count == 1, "\(item)") }
      #expect(floor.effects(.routePlanning).map(\.supplements) == [1])
      let names = try await floor.events(.routePlanning, of: id)
      #expect(Set(names).count == names.count, "nothing is entered twice: \(names)")
      return deaths
    }
  }
}
