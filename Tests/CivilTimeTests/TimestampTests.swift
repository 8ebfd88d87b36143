import CivilTime
import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-11-21T05:50:23.123Z", 1_795_240_223_123), ("1970-01-01T00:00:00Z", 0),
    ("1969-12-31T23:59:59.999Z", -1), ("2026-11-21T13:50:23.123+08:00", 1_795_240_223_123),
    ("2026-11-21T05:50:23.1Z", 1_795_240_223_100), ("2026-11-21T05:50:23.123999999Z", 1_795_240_223_123),
    ("1970-01-01T00:00:00-03:30", 12_600_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000),
  ])
  func parses(text: String, milliseconds: Int) {
    #expect(Timestamp(iso8601: text)?.milliseconds == Int64(milliseconds))
    let bytes = Array(text.utf8)
    let fromBytes = Timestamp(iso8601: bytes.span)
    #expect(fromBytes?.milliseconds == Int64(milliseconds))
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T05:50:23", "2026-11-21T05:50:23.Z", "2026-11-21T05:50:23.1234567890Z",
    "2026-11-21t05:50:23Z", "2026-11-21T05:50:23z", "2026-11-21 05:50:23Z", "2026-11-21T24:00:00Z",
    "2026-11-21T05:60:00Z", "2026-11-21T05:50:60Z", "2026-11-21T05:50Z", "2026-11-21T05:50:23+0800",
    "2026-11-21T05:50:23+24:00", "2026-11-21T05:50:23+08:60", "2026-11-21T05:50:23Z ", "2026-02-30T05:50:23Z",
    "2026-11-21T05:50:23,5Z", "2026-11-21T05:50:23.12-Z",
  ])
  func refuses(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test func textRoundTrips() {
    var generator = SplitMix64(seed: 20_261_121)
    for _ in 0..<20_000 {
      let milliseconds = Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator)
      let timestamp = Timestamp(milliseconds: milliseconds)
      guard Timestamp(iso8601: timestamp.iso8601) == timestamp else {
        Issue.record("\(milliseconds) \(timestamp.iso8601)")
        return
      }
      let offset = Int.random(in: -50_400...50_400, using: &generator)
      let civil = timestamp.civil(offsetSeconds: offset)
      let millisecond = (milliseconds % 1000 + 1000) % 1000
      guard civil.timestamp(offsetSeconds: offset).milliseconds == milliseconds - millisecond else {
        Issue.record("\(milliseconds) \(civil)")
        return
      }
    }
  }

  @Test func printsUTC() {
    #expect(Timestamp(milliseconds: 1_795_240_223_123).iso8601 == "2026-11-21T05:50:23.123Z")
    #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    #expect(Timestamp(milliseconds: 5).iso8601 == "1970-01-01T00:00:00.005Z")
  }

  @Test func showsTheClockOfChina() {
    let civil = Timestamp(milliseconds: 1_795_278_623_123).civil(offsetSeconds: UTCOffset.china)
    #expect(civil.description == "2026-11-22T00:30:23")
    #expect((civil.hour, civil.minute, civil.second) == (0, 30, 23))
  }

  @Test func arithmeticStopsAtTheEnds() {
    let last = Timestamp(milliseconds: .max)
    let first = Timestamp(milliseconds: .min)
    #expect(last.advanced(bySeconds: 1) == last)
    #expect(first.advanced(bySeconds: -1) == first)
    #expect(last.advanced(bySeconds: 1e300) == last)
    #expect(first.advanced(bySeconds: -Double.infinity) == first)
    #expect(Timestamp(milliseconds: 7).advanced(bySeconds: Double.nan).milliseconds == 7)
    #expect(Timestamp.seconds(.max) == last)
    #expect(Timestamp.seconds(.min) == first)
    #expect(last.milliseconds(since: first) == .max)
    #expect(first.milliseconds(since: last) == .min)
    #expect(Timestamp.seconds(3).advanced(bySeconds: 1.2345).milliseconds == 4235)
    #expect(Timestamp.seconds(3).advanced(bySeconds: -4).milliseconds == -1000)
    // The whole range can be printed.
    #expect(last.iso8601.hasSuffix("Z") && first.iso8601.hasPrefix("-"))
    #expect(last.civil(offsetSeconds: 50_400).timestamp(offsetSeconds: 50_400) < last)
  }

  @Test func nowAdvances() {
    let first = Timestamp.now()
    #expect(first > Timestamp(milliseconds: 1_700_000_000_000))
    #expect(Timestamp.now().milliseconds(since: first) < 60_000)
  }
}

@Suite struct CivilDateTimeTests {
  @Test(arguments: ["2019-03-04T05:06:07", "2019-03-04 05:06:07"])
  func parses(text: String) throws {
    let value = try #require(CivilDateTime(iso: text))
    #expect(value.description == "2019-03-04T05:06:07")
    #expect(value.compact == "20190304050607")
    #expect(CivilDateTime(compact: value.compact) == value)
    #expect(value.timestamp(offsetSeconds: UTCOffset.china).iso8601 == "2019-03-03T21:06:07.000Z")
  }

  @Test(arguments: [
    "2019-03-04", "2019-03-04T05:06", "2019-03-04T24:00:00", "2019-03-04T05:06:07Z", "2019-03-04  05:06:07",
    "2019-03-04T5:06:07", "2019-02-29T00:00:00",
  ])
  func refuses(text: String) {
    #expect(CivilDateTime(iso: text) == nil)
  }

  @Test(arguments: ["2019030405060", "201903040506070", "20190304246060", "20190304 50607"])
  func refusesCompact(text: String) {
    #expect(CivilDateTime(compact: text) == nil)
  }

  @Test func buildsAndOrders() throws {
    let day = try #require(CivilDate(iso: "2020-02-29"))
    let early = try #require(CivilDateTime(date: day, hour: 1, minute: 2, second: 3))
    let late = try #require(CivilDateTime(date: day, secondOfDay: 86_399))
    #expect(early.secondOfDay == 3723)
    #expect(CivilDateTime(startOf: day) < early)
    #expect(early < late)
    #expect(late < CivilDateTime(startOf: day.adding(days: 1)))
    #expect(CivilDateTime(date: day, secondOfDay: 86_400) == nil)
    #expect(CivilDateTime(date: day, secondOfDay: -1) == nil)
    #expect(CivilDateTime(date: day, hour: 24) == nil)
    #expect(CivilDateTime(date: day, hour: 0, minute: 60) == nil)
  }

  @Test(arguments: [("Z", 0), ("+08:00", 28_800), ("-03:30", -12_600), ("+00:00", 0)])
  func parsesOffsets(text: String, seconds: Int) {
    #expect(UTCOffset.seconds(parsing: text) == seconds)
  }

  @Test(arguments: ["", "8", "+8:00", "+0800", "+08:00 ", "+24:00", "z"])
  func refusesOffsets(text: String) {
    #expect(UTCOffset.seconds(parsing: text) == nil)
  }

  @Test func durationsAreAddedInWholeMilliseconds() {
    let time = Timestamp(milliseconds: 1_000)
    #expect(time.advanced(by: .seconds(20)) == Timestamp(milliseconds: 21_000))
    #expect(time.advanced(by: .microseconds(1_999)) == Timestamp(milliseconds: 1_001))
    #expect(time.advanced(by: .milliseconds(-1_500)) == Timestamp(milliseconds: -500))
    #expect(time.advanced(by: .seconds(Int64.max)) == Timestamp(milliseconds: .max))
  }
}
