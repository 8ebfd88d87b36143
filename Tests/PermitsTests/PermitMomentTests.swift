import CivilTime
import Permits
import TestSupport
import Testing

/// Which moments of platforms are believed.
@Suite struct PermitMomentTests {
  static let handedIn = "2026-03-04T10:00:00"
  static let received = "2026-03-05T15:00:00"

  private static func moment(_ said: String?, handedIn: String? = handedIn) throws -> PermitMoment {
    PermitMoment(
      said: try said.map { try #require(CivilDateTime(iso: $0)) },
      received: try #require(CivilDateTime(iso: received)),
      handedIn: try handedIn.map { try #require(CivilDateTime(iso: $0)) })
  }

  @Test(
    arguments: [
      (nil, received, false), ("2026-03-04T16:00:00", "2026-03-04T16:00:00", false),
      (received, received, false),
      (handedIn, handedIn, false),
      // A clock that is a little off.
      ("2026-03-05T15:04:59", received, false), ("2026-03-05T15:05:00", received, false),
      ("2026-03-04T09:55:00", handedIn, false),
      // One that is wrong, or lies.
      ("2026-03-05T15:05:01", received, true), ("2036-01-01T00:00:00", received, true),
      ("2026-03-04T09:54:59", handedIn, true), ("2019-01-01T08:00:00", handedIn, true),
      // A day without a time.
      ("2026-03-04T00:00:00", handedIn, false), ("2026-03-05T00:00:00", "2026-03-05T00:00:00", false),
      ("2026-03-03T00:00:00", handedIn, true),
    ] as [(String?, String, Bool)])
  func nothingHappensAfterItIsToldOrBeforeItIsHandedIn(
    _ said: String?, _ happened: String, _ isDoubted: Bool
  ) throws {
    let moment = try Self.moment(said)
    #expect(moment.happened.description == happened)
    #expect(moment.said?.description == (isDoubted ? said : nil))
  }

  @Test(arguments: [
    ("2026-03-05T00:00:00", true), ("2026-03-04T00:00:00", true), ("2026-03-05T00:00:01", false),
    ("2026-03-03T00:00:00", false), ("2026-03-06T00:00:00", false), (nil, false), (received, false),
  ]) func midnightIsADay(_ said: String?, _ isDay: Bool) throws {
    #expect(try Self.moment(said).isDay == isDay)
  }

  @Test func whatWasHandedInOnPaperHasNoBeginning() throws {
    let moment = try Self.moment("2019-01-01T08:00:00", handedIn: nil)
    #expect(moment.happened.description == "2019-01-01T08:00:00" && moment.said == nil)
  }

  /// Whatever a platform says, what counts lies between the filing and the reception, and what is doubted is kept.
  @Test func noWordMovesAClockOutOfItsTime() throws {
    var chance = SplitMix64(seed: 11)
    let zero = try #require(CivilDateTime(iso: "2026-01-01T00:00:00"))
    for _ in 0..<20_000 {
      let handedIn = zero.advanced(bySeconds: Int.random(in: 0..<86_400 * 30, using: &chance))
      let received = handedIn.advanced(bySeconds: Int.random(in: 0..<86_400 * 30, using: &chance))
      let said = zero.advanced(bySeconds: Int.random(in: -86_400 * 30..<86_400 * 90, using: &chance))
      let moment = PermitMoment(said: said, received: received, handedIn: handedIn)
      #expect(moment.happened >= handedIn && moment.happened <= received)
      if let doubted = moment.said { #expect(doubted == said && moment.happened != said) }
      let distance = max(received.seconds(until: said), said.seconds(until: handedIn))
      if distance <= 0 { #expect(moment.happened == said && moment.said == nil) }
      if distance > PermitMoment.allowance, said.secondOfDay != 0 { #expect(moment.said == said) }
    }
  }
}
