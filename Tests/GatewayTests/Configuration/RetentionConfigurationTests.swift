import CivilTime
import Documents
import Journal
import Testing

@testable import Gateway

@Suite struct RetentionConfigurationTests {
  private static func read(_ retention: String) -> (RetentionConfiguration?, [String]) {
    let diagnostics = Diagnostics()
    let text = """
      database: d
      keys: {file: keys}
      egress: connections
      platforms:
        hz: {adapter: a, url: https://example.gov.cn}
      \(retention)
      """
    let site = SiteConfiguration.parse(
      Array(text.utf8), file: "z.yaml", share: "/", diagnostics: diagnostics)
    return (site?.retention, diagnostics.all.filter { $0.severity == .error }.map(\.description))
  }

  private static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

  @Test func withoutItNothingIsEverRemoved() {
    let (retention, errors) = Self.read("")
    #expect(retention == nil && errors.isEmpty)
  }

  @Test func anEmptyOneTakesTheDefaults() throws {
    let (read, errors) = Self.read("retention: {}")
    let retention = try #require(read)
    #expect(errors.isEmpty && retention.rules.isEmpty)
    #expect(retention.otherwise == RetentionTimes(bodies: Self.days(180), rows: Self.days(1_095)))
    #expect(retention.minuteOfDay == 190 && retention.jitter == .seconds(1_200))
    #expect(retention.materials == Self.days(1_095) && retention.authorisations == Self.days(1_095))
  }

  @Test func papersHaveTimesOfTheirOwn() throws {
    let (read, errors) = Self.read("retention: {materials: 400d, authorisations: 2d}")
    let retention = try #require(read)
    #expect(errors == [] && retention.permits == Self.days(1_095))
    #expect(retention.materials == Self.days(400) && retention.authorisations == Self.days(2))
    #expect(Self.read("retention: {materials: 1h}").1.count == 1)
  }

  @Test func rulesTakeWhatTheyDoNotSayFromBeside() throws {
    let (read, errors) = Self.read(
      """
      retention:
        bodies: 200d
        rows: 400d
        at: "23:05"
        jitter: 0s
        rules:
          - {kind: token, bodies: 10d, rows: 180d}
          - {platform: hz, operation: deed, rows: 1000d}
          - {contentType: image/*, bodies: 30d}
          - {kind: probe, rows: 190d}
      """)
    #expect(errors == [])
    let retention = try #require(read)
    #expect(retention.rules.map(\.description) == ["token", "hz/deed", "image/*", "probe"])
    #expect(retention.rules[0].times == RetentionTimes(bodies: Self.days(10), rows: Self.days(180)))
    #expect(retention.rules[1].times == RetentionTimes(bodies: Self.days(200), rows: Self.days(1_000)))
    #expect(retention.rules[2].times == RetentionTimes(bodies: Self.days(30), rows: Self.days(400)))
    // Less than the bodies beside it: they go with the row.
    #expect(retention.rules[3].times == RetentionTimes(bodies: Self.days(190), rows: Self.days(190)))
    #expect(retention.minuteOfDay == 23 * 60 + 5 && retention.jitter == .zero)
  }

  static let mistakes: [(String, String)] = [
    ("{rows: 179d}", "z.yaml:6:19: error: configuration.retention.rows must be 180d or more"),
    ("{rows: 30m}", "must be 1d to 36500d, not 30m"),
    ("{bodies: 1h}", "z.yaml:6:21: error: configuration.retention.bodies must be 1d to 36500d"),
    ("{bodies: 300d, rows: 200d}", "is longer than the row is kept"), ("{bodies: 3y}", "a duration"),
    ("{at: 3am}", "a time of day such as 03:10"), ("{at: \"24:00\"}", "a time of day"),
    ("{row: 200d}", "did you mean"), ("{rules: [{bodies: 20d}]}", "covers everything"),
    ("{rules: [{kind: token}]}", "says no time"), ("{rules: [{kind: pulls, rows: 200d}]}", "pull"),
    ("{rules: [{platform: hzz, rows: 200d}]}", "hz"),
    ("{rules: [{operation: deed, rows: 200d}]}", "needs platform"),
    ("{rules: [{kind: token, rows: 100d}]}", "must be 180d or more"),
    ("{rules: [{contentType: pdf, rows: 200d}]}", "a media type such as"),
  ]

  @Test(arguments: mistakes)
  func saysWhatIsWrongAndWhere(_ retention: String, _ message: String) {
    let (read, errors) = Self.read("retention: " + retention)
    #expect(read == nil)
    #expect(errors.contains { $0.contains(message) }, "\(errors)")
  }

  @Test func theNextNightIsAlwaysAheadAndOnlyOne() {
    let night = RetentionNight(minuteOfDay: 190, jitter: .seconds(1_200))
    func next(_ text: String, _ fraction: Double) -> String {
      night.next(after: Timestamp(iso8601: text)!, fraction: fraction).iso8601
    }
    #expect(next("2026-11-20T02:00:00+08:00", 0) == Timestamp(iso8601: "2026-11-20T03:10:00+08:00")!.iso8601)
    #expect(
      next("2026-11-20T02:00:00+08:00", 0.5) == Timestamp(iso8601: "2026-11-20T03:20:00+08:00")!.iso8601)
    #expect(next("2026-11-20T03:10:00+08:00", 0) == Timestamp(iso8601: "2026-11-21T03:10:00+08:00")!.iso8601)
    #expect(next("2026-12-31T23:00:00+08:00", 0) == Timestamp(iso8601: "2027-01-01T03:10:00+08:00")!.iso8601)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<1_000 {
      let now = Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &generator))
      let next = night.next(after: now, fraction: .random(in: 0..<1, using: &generator))
      #expect(next > now && next.milliseconds(since: now) <= (86_400 + 1_200) * 1_000)
    }
  }
}
