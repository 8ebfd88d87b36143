import Adapters
import Calendars
import CivilTime
import Exchanges
import Testing

@testable import Sync

@Suite struct RunPaceTests {
  static let now = Timestamp(iso8601: "2026-03-04T12:00:00+08:00")!

  static func pace(_ cron: String, jitter: Int = 0) throws -> RunPace {
    RunPace(Schedule(cron: try #require(CronExpression(cron)), jitter: jitter))
  }

  static func problem(_ errorClass: ErrorClass, _ code: AdapterError.Code = .status, retryAfter: Int? = nil)
    -> SyncProblem
  {
    SyncProblem(AdapterError(code, errorClass, "m", remedy: "r", retryAfter: retryAfter))
  }

  static func seconds(_ time: Timestamp) -> Int { Int(time.milliseconds(since: now) / 1000) }

  @Test func whatNeverRanIsDueAtOnce() throws {
    let pace = try Self.pace("0 2 * * *")
    #expect(pace.start(lastStarted: nil, now: Self.now, fraction: 0) == Self.now)
    let yesterday = Self.now.advanced(bySeconds: -86_400)
    #expect(
      pace.start(lastStarted: yesterday, now: Self.now, fraction: 0) < Self.now, "missed, and caught up")
  }

  @Test func successGoesByTheSchedule() throws {
    var pace = try Self.pace("*/10 * * * *", jitter: 60)
    let next = pace.next(after: nil, started: Self.now, now: Self.now, fraction: 0.5)
    #expect(Self.seconds(next) == 630)
  }

  @Test func whatPassesByItselfIsTriedSoonerAndMoreSeldom() throws {
    var pace = try Self.pace("0 2 * * *")
    var waits: [Int] = []
    for _ in 0..<8 {
      waits.append(
        Self.seconds(
          pace.next(after: Self.problem(.transient), started: Self.now, now: Self.now, fraction: 0)))
    }
    #expect(waits == [30, 60, 120, 240, 480, 900, 900, 900])
    // Once it is over the count begins anew.
    _ = pace.next(after: nil, started: Self.now, now: Self.now, fraction: 0)
    let again = pace.next(after: Self.problem(.transient), started: Self.now, now: Self.now, fraction: 0)
    #expect(Self.seconds(again) == 30)
  }

  @Test func aScheduleThatComesSoonerIsKept() throws {
    var pace = try Self.pace("* * * * *")
    for _ in 0..<5 {
      let next = pace.next(after: Self.problem(.transient), started: Self.now, now: Self.now, fraction: 0.99)
      #expect(Self.seconds(next) <= 60)
    }
  }

  @Test(arguments: [ErrorClass.credentials, .configuration, .platform, .drift, .data])
  func whatNeedsAPersonWaitsForTheSchedule(_ errorClass: ErrorClass) throws {
    var pace = try Self.pace("0 13 * * *")
    let next = pace.next(after: Self.problem(errorClass), started: Self.now, now: Self.now, fraction: 0)
    #expect(Self.seconds(next) == 3600)
  }

  @Test func movedPagesArePulledAgainSoon() throws {
    var pace = try Self.pace("0 2 * * *")
    let next = pace.next(
      after: Self.problem(.data, .paging), started: Self.now, now: Self.now, fraction: 0)
    #expect(Self.seconds(next) == 30)
    let undeclared = pace.next(
      after: Self.problem(.configuration, .paging), started: Self.now, now: Self.now, fraction: 0)
    #expect(Self.seconds(undeclared) == 14 * 3600)
  }

  @Test func limitsAreWaitedForWhateverTheScheduleSays() throws {
    var pace = try Self.pace("*/10 * * * *", jitter: 60)
    let limit = Self.problem(.rate, .limit, retryAfter: 36_000)
    #expect(limit.isPause)
    let next = pace.next(after: limit, started: Self.now, now: Self.now, fraction: 0.5)
    #expect(Self.seconds(next) == 36_030)
  }
}
