import Pushing
import SQLDatabase
import Testing

@Suite struct PushCountTests {
  /// A restored copy gives no number that others may know; it has taken in no more for that.
  @Test func numbersThatAreLeftOutAreNoPushes() async throws {
    try await PushDesk.run { desk in
      try await desk.submit("greening", number: "SQ-1")
      try await desk.database.write { try $0.skipNumbers(of: "push", 1_000_000_000) }
      let last = try await desk.submit("greening", number: "SQ-2")
      #expect(last.id.rawValue > 1_000_000_000)
      let counts = try await desk.pushes.counts()
      #expect(counts.total == 2 && counts.open == [.queued: 2])
    }
  }
}
