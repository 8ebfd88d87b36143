import CivilTime
import TestSupport
import Testing

@testable import Journal

/// On one machine that is started again where it has been up for less.
extension ClockStanding {
  fileprivate init(moment: Timestamp, uptime: Int64) {
    self.init(moment: moment, uptime: uptime, boot: "b")
  }

  fileprivate mutating func look(at now: Timestamp, uptime: Int64) -> Behind? {
    look(at: now, uptime: uptime, boot: "b")
  }
}

/// A clock that people set, judged by one that nobody sets.
@Suite struct ClockStandingTests {
  private static let (hour, day): (Int64, Int64) = (3_600_000, 86_400_000)
  private static let start = Timestamp(milliseconds: 20_000 * day)

  private static func at(_ milliseconds: Int64) -> Timestamp { start.advanced(byMilliseconds: milliseconds) }

  @Test func aMachineThatStartsBehindIsSeenUntilItsClockIsSet() throws {
    var standing = ClockStanding(moment: Self.start, uptime: 500 * Self.day)
    // Started again an hour later, half a year behind; its clock is set after two minutes.
    let wrong = Self.at(Self.hour - 180 * Self.day)
    let none = standing.look(at: wrong, uptime: 30_000)
    #expect(none == nil)
    let behind = try #require(standing.behind)
    #expect(behind.began <= wrong.advanced(byMilliseconds: -30_000) && standing.doubt == nil)
    #expect(standing.reached == Self.start)
    let ended = standing.look(at: Self.at(Self.hour + 120_000), uptime: 150_000)
    let over = try #require(ended)
    #expect(over.began == behind.began && over.ended >= wrong.advanced(byMilliseconds: 120_000))
    #expect(over.ended < wrong.advanced(byMilliseconds: Self.hour))
    // What was written down then is no more than an hour older than it will be taken for.
    #expect(wrong.advanced(byMilliseconds: over.shift) == Self.start)
    #expect(standing.behind == nil && standing.doubt == nil)
    #expect(standing.reached == Self.at(Self.hour + 120_000))
  }

  /// What goes on is one span, and what is set back once more another.
  @Test func eachStepBackIsASpan() throws {
    var standing = ClockStanding(moment: Self.start, uptime: 0)
    var over: [ClockStanding.Behind?] = []
    let looks: [(Int64, Int64)] = [
      (-10 * Self.day, 300_000), (300_000 - 10 * Self.day, 600_000), (-20 * Self.day, 900_000),
      (1_200_000, 1_200_000),
    ]
    for (now, uptime) in looks {
      over.append(standing.look(at: Self.at(now), uptime: uptime))
      if over.count == 2 { #expect(standing.behind?.ended == Self.at(300_000 - 10 * Self.day)) }
      if over.count == 3 { #expect(try #require(standing.behind).began < Self.at(-20 * Self.day)) }
    }
    #expect(over[0] == nil && over[1] == nil && over[3] != nil)
    let first = try #require(over[2])
    #expect(first.ended == Self.at(300_000 - 10 * Self.day))
  }

  @Test func aLeapIsBelievedAfterThreeDaysOfRunning() {
    var standing = ClockStanding(moment: Self.start, uptime: 1_000)
    let ahead = 200 * Self.day
    _ = standing.look(at: Self.at(ahead), uptime: 301_000)
    #expect(standing.doubt == ClockStanding.trial && standing.ahead > 199 * Self.day)
    var uptime: Int64 = 301_000
    while uptime < 301_000 + ClockStanding.trial {
      #expect(standing.doubt != nil)
      uptime += 6 * Self.hour
      _ = standing.look(at: Self.at(ahead + uptime - 301_000), uptime: uptime)
    }
    #expect(standing.doubt == nil && standing.reached == standing.moment)
  }

  @Test func aLeapThatIsSetRightIsOver() {
    var standing = ClockStanding(moment: Self.start, uptime: 1_000)
    _ = standing.look(at: Self.at(200 * Self.day), uptime: 301_000)
    _ = standing.look(at: Self.at(600_000), uptime: 601_000)
    #expect(standing.doubt == nil && standing.behind == nil && standing.reached == Self.at(600_000))
  }

  /// Off for a month, and started again each day after that: what was left of the trial is left.
  @Test func aNewStartKeepsTheTrial() {
    var standing = ClockStanding(moment: Self.start, uptime: 90 * Self.day)
    var now = 30 * Self.day
    _ = standing.look(at: Self.at(now), uptime: 1_000)
    #expect(standing.doubt == ClockStanding.trial)
    for _ in 0..<10 {
      now += 12 * Self.hour
      _ = standing.look(at: Self.at(now), uptime: 12 * Self.hour)
      now += 12 * Self.hour
      _ = standing.look(at: Self.at(now), uptime: 1_000)
    }
    #expect(standing.doubt == nil)
  }

  @Test func aDayAndARestartAreNoLeap() {
    var standing = ClockStanding(moment: Self.start, uptime: 90 * Self.day)
    _ = standing.look(at: Self.at(23 * Self.hour), uptime: 1_000)
    #expect(standing.doubt == nil)
    // The gateway stood still for a month while the machine ran.
    _ = standing.look(at: Self.at(23 * Self.hour + 30 * Self.day), uptime: 1_000 + 30 * Self.day)
    #expect(standing.doubt == nil)
  }

  /// The database is attached to a machine that has been up for 300 days: nothing of that has gone by.
  @Test(arguments: ["other", ""]) func howLongAnotherMachineHasBeenUpTellsNothing(_ boot: String) {
    var standing = ClockStanding(moment: Self.start, uptime: 5 * Self.day, boot: "b")
    let over = standing.look(at: Self.at(Self.hour), uptime: 300 * Self.day, boot: boot)
    #expect(over == nil && standing.behind == nil && standing.doubt == nil)
    #expect(standing.reached == Self.at(Self.hour))
    // And a clock that leaps as it changes machines is seen.
    _ = standing.look(at: Self.at(200 * Self.day), uptime: 600 * Self.day, boot: "third")
    #expect(standing.doubt == ClockStanding.trial)
  }

  /// Some hours ahead when the machine starts, and set right: that is said once, however long it goes on.
  @Test func thatItStandsBehindIsSaidOncePerSpan() {
    var standing = ClockStanding(moment: Self.start, uptime: 90 * Self.day)
    _ = standing.look(at: Self.at(8 * Self.hour), uptime: 60_000, boot: "c")
    var said: [Bool] = []
    for look in 1...20 {
      let uptime = 60_000 + Int64(look) * 300_000
      _ = standing.look(at: Self.at(uptime), uptime: uptime, boot: "c")
      #expect(standing.behind != nil)
      said.append(standing.isBehindAnew)
    }
    #expect(said == [true] + Array(repeating: false, count: 19))
    _ = standing.look(at: Self.at(-8 * Self.hour), uptime: 60_000 + 21 * 300_000, boot: "c")
    #expect(standing.isBehindAnew)
  }

  /// Off over each weekend: the clock went on as it may have, and what is left of a trial that has begun is left.
  @Test func aMachineThatWasOffForDaysKeepsTheTrial() {
    var standing = ClockStanding(moment: Self.start, uptime: 90 * Self.day)
    var now = 30 * Self.day
    _ = standing.look(at: Self.at(now), uptime: 1_000, boot: "0")
    for start in 1...8 {
      now += 10 * Self.hour
      _ = standing.look(at: Self.at(now), uptime: 1_000 + 10 * Self.hour, boot: "\(start - 1)")
      guard start < 8 else { break }
      #expect(standing.doubt == ClockStanding.trial - Int64(start) * 10 * Self.hour)
      now += 3 * Self.day
      _ = standing.look(at: Self.at(now), uptime: 1_000, boot: "\(start)")
    }
    #expect(standing.doubt == nil)
    // A leap by more than that is another one.
    _ = standing.look(at: Self.at(now + 40 * Self.day), uptime: 1_000, boot: "x")
    _ = standing.look(at: Self.at(now + 40 * Self.day + Self.hour), uptime: Self.hour + 1_000, boot: "x")
    _ = standing.look(at: Self.at(now + 80 * Self.day), uptime: 1_000, boot: "y")
    #expect(standing.doubt == ClockStanding.trial)
  }

  /// Whatever is done to the clock and the machine: without a leap that was lived through it is never believed to be later than it can be, and what is written down is
  /// never taken for much older than it is.
  @Test func neitherDirectionMakesAnythingOld() {
    var random = SplitMix64(seed: 27)
    for _ in 0..<2_000 {
      var (real, offset, uptime): (Int64, Int64, Int64) = (0, 0, 5_000)
      var standing = ClockStanding(moment: Self.start, uptime: uptime)
      var spans: [ClockStanding.Behind] = []
      var written: [(moment: Timestamp, real: Int64)] = []
      for _ in 0..<40 {
        let step = Int64.random(in: 1_000...300_000, using: &random)
        (real, uptime) = (real + step, uptime + step)
        switch Int.random(in: 0..<10, using: &random) {
        // Only back, or right: what leaps ahead and is believed has no bound.
        case 0: offset = -Int64.random(in: 0...400 * Self.day, using: &random)
        case 1: offset = 0
        case 2: uptime = Int64.random(in: 0...min(step, 60_000), using: &random)
        default: break
        }
        let now = Self.at(real + offset)
        if let over = standing.look(at: now, uptime: uptime) { spans.append(over) }
        written.append((now, real))
        #expect(standing.reached.milliseconds - Self.start.milliseconds <= real + 2)
        #expect(standing.doubt == nil)
      }
      if let open = standing.behind { spans.append(open) }
      for (moment, real) in written {
        let earliest =
          spans.filter { $0.began <= moment && moment <= $0.ended }
          .map { moment.advanced(byMilliseconds: $0.shift) }.max() ?? moment
        #expect(max(earliest, moment) >= Self.at(real - 5 * Self.hour))
      }
    }
  }
}
