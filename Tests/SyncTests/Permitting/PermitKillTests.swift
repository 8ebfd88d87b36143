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
  @Test func whereverItDiesTheNextGoesOn() async throws {
    var steps = 0
    var wasWhole = false
    while !wasWhole {
      steps += 1
      try #require(steps < 60, "a case of four items has fewer steps")
      wasWhole = try await Self.run(dyingAt: steps)
    }
    #expect(steps > 8, "it died \(steps - 1) times only")
  }

  /// - Returns: whether it came to an end before it was to die.
  private static func run(dyingAt step: Int) async throws -> Bool {
    try await PermitFloor.run { floor in
      let id = try await floor.open()
      let clock = floor.desk.bench.clock
      let counted = Mutex(0)
      // Whoever asks for the time for the step is dead from then on: nothing of it is written any more.
      let mortal = try floor.handler(now: {
        let isTheEnd = counted.withLock { count in
          count += 1
          return count == step
        }
        if isTheEnd { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
        return clock.now
      })
      var isWhole = true
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
            isWhole = false
            // Its lease runs out.
            clock.advance(seconds: 30)
          }
        }
        try await floor.pass(seconds: 3700)
      }
      #expect(try await floor.state(.routePlanning, of: id) == .approved, "died at step \(step)")
      #expect(try await floor.state(.roadOccupation, of: id) == .filed)
      #expect(try await floor.state(.greening, of: id) == .submitted)
      for item in PermitItem.allCases { #expect(floor.effects(item).count == 1, "step \(step): \(item)") }
      #expect(floor.effects(.routePlanning).map(\.supplements) == [1])
      let names = try await floor.events(.routePlanning, of: id)
      #expect(Set(names).count == names.count, "step \(step): nothing is entered twice: \(names)")
      return isWhole
    }
  }
}
