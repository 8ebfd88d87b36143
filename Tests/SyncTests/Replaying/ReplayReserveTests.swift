import Adapters
import Applications
import CivilTime
import Exchanges
import Journal
import Pushing
import Testing

@testable import Replay

/// Of ten calls a day six are kept for what is due on it.
@Suite struct ReplayReserveTests {
  private static let manifest = [
    (
      "limits: {rate: 20/s, concurrency: 4}",
      "limits: {rate: 20/s, concurrency: 4, daily: 10, reserve: 6}"
    )
  ]

  private static func days(_ desk: ReplayDesk) async throws -> [CivilDate: Int] {
    let made = try await desk.engine.journal.list(
      ExchangeFilter(platform: "hangzhou-permits", operation: "greening"))
    return Dictionary(
      made.map { ($0.recorded.civil(offsetSeconds: UTCOffset.china).date, 1) }, uniquingKeysWith: +)
  }

  /// Two that are due today have the calls that are kept, two of the others those that are not, and two wait until some of the reserve is
  /// given back, or for tomorrow as the plan says.
  @Test func aPlanKeepsToTheReserveAndSoDoesItsRun() async throws {
    try await ReplayDesk.run(changing: Self.manifest) { desk in
      desk.clock.advance(seconds: 60)
      let (pushing, now) = (desk.pushing, desk.clock.now)
      let today = now.civil(offsetSeconds: UTCOffset.china).date
      let noon = now.advanced(bySeconds: 43_200)
      for number in 1...6 {
        let due = number > 4 ? noon : nil
        let id = try await pushing.submit("greening", number: "SQ-\(number)", due: due).id
        try await pushing.pushes.decide(
          .cancel, about: id, by: try SignOff(name: "op-1", reason: "wrong paper"))
      }
      try await pushing.settle(within: 60)
      // What waits beside the replay is due as well: nothing that is not due delays it.
      let beside = try await pushing.submit("road-digging", number: "SQ-9", due: noon).id
      let outlook = try await desk.look(ReplayDesk.permits("greening"), .repush)
      let preview = outlook.preview
      #expect(preview.items == 6 && preview.calls == 6)
      #expect(preview.daily == 10 && preview.leftToday == 4 && preview.days == 2)
      #expect(preview.ends.map { $0.civil(offsetSeconds: UTCOffset.china).date } == today.adding(days: 1))
      #expect(preview.deadlines == Self.onTime(noon))
      try await pushing.pushes.decide(
        .cancel, about: beside, by: try SignOff(name: "op-1", reason: "wrong paper"))

      let id = try await desk.start(ReplayDesk.permits("greening"), .repush)
      try await desk.settle(step: 600)
      #expect(try await desk.counts(id).list == [0, 0, 6, 0])
      // As the reserve melts nobody needs it, so that they are done earlier than the plan may promise.
      #expect(try await Self.days(desk) == [today: 6])
      // Those that are due went in time.
      for item in try await desk.replays.items(of: id) {
        let push = try await pushing.push(PushID(try #require(item.repetition)))
        guard push.due != nil else { continue }
        #expect(push.changed < noon)
      }
    }
  }

  private static func onTime(_ due: Timestamp) -> DeadlineEffect {
    var effect = DeadlineEffect()
    effect.earliest = due
    return effect
  }
}
