import CivilTime
import Testing

@testable import Pushing

/// When a platform had what it took, whoever found that out, and however late.
@Suite struct PushReachTests {
  /// The moment is that of the event, in days since the first.
  private static func reached(_ events: [PushEvent], wasKnown: Bool = false) -> Int64? {
    PushReach(
      events.enumerated().map { (event: $1, moment: Timestamp(milliseconds: Int64($0))) },
      wasKnown: wasKnown
    ).moment?.milliseconds
  }

  @Test func aDirectAnswerIsTheMoment() {
    #expect(Self.reached([.begun, .accepted]) == 1)
    #expect(Self.reached([.begun, .notMade, .begun, .accepted]) == 3)
    // The first was lost and is not there: the answer to the next is direct again.
    #expect(Self.reached([.begun, .lost, .absent, .begun, .accepted]) == 4)
    #expect(Self.reached([.begun, .lost, .begun, .accepted]) == 3, "it did not know the key before")
    // What comes after it moves nothing.
    #expect(Self.reached([.begun, .accepted, .late, .secondEffect, .erased]) == 1)
  }

  @Test(arguments: [PushEvent.signedHappened, .found, .late])
  func whatSomebodyFindsOutHappenedWhenItWasSent(_ event: PushEvent) {
    #expect(Self.reached([.begun, .lost, event]) == 0)
    #expect(Self.reached([.begun, .lost, .absent, .begun, .lost, .notMade, .released, event]) == 3)
    // Tries that had their answer brought nothing there.
    #expect(Self.reached([.begun, .lost, .begun, .notMade, event]) == 0)
    #expect(Self.reached([.begun, .lost, .begun, .refused, event]) == 0)
    #expect(Self.reached([.begun, .lost, .begun, .gaveUp, event]) == 0)
    // Of a restored copy nobody knows when it was.
    #expect(Self.reached([.restored, event]) == 1)
  }

  @Test func whatIsKnownThereItHadWithTheFirst() {
    #expect(Self.reached([.begun, .lost, .begun, .lost, .begun, .accepted], wasKnown: true) == 0)
    #expect(Self.reached([.begun, .lost, .absent, .begun, .lost, .begun, .accepted], wasKnown: true) == 3)
    #expect(Self.reached([.begun, .notMade, .begun, .lost, .begun, .accepted], wasKnown: true) == 2)
  }

  @Test func whatIsNotThereHasNoMoment() {
    for events: [PushEvent] in [
      [], [.cancelled], [.begun, .refused], [.begun, .gaveUp, .cancelled], [.begun, .lost, .signedAbsent],
    ] { #expect(Self.reached(events) == nil, "\(events)") }
    #expect(Self.reached([.begun, .lost]) == 0, "as far as anybody knows")
  }
}
