import Calendars
import Documents
import Policies
import TestSupport
import Testing

@Suite struct ClockRuleTests {
  @Test func rulesSurviveBeingWrittenDown() throws {
    var chance = SplitMix64(seed: 3)
    for _ in 0..<500 {
      let limits: [TimeLimit] = [
        .days(Int.random(in: 0...40, using: &chance), .working),
        .days(Int.random(in: 0...40, using: &chance), .rolling),
        .minutes(Int.random(in: 0...2000, using: &chance)),
      ]
      var rule = ClockRule(
        limit: limits.randomElement(using: &chance)!, starts: ["accepted", "甲"], ends: ["approved"],
        pausedDays: PausedDays.allCases.randomElement(using: &chance)!)
      rule.stops = PauseReason.known.filter { _ in Bool.random(using: &chance) }
        .map { reason in
          ClockRule.Stop(
            reason: reason, begins: "\(reason.rawValue)-started", ends: "\(reason.rawValue)-ended",
            alsoEnds: Bool.random(using: &chance) ? [] : ["accepted", "甲"])
        }
      rule.warnings = Warning.Colour.allCases.filter { _ in Bool.random(using: &chance) }
        .map { Warning(colour: $0, distance: Int.random(in: 0...9, using: &chance), audience: "unit") }
      if Bool.random(using: &chance) {
        rule.hours = OfficeHours(
          opens: Int.random(in: 0..<40_000, using: &chance),
          closes: Int.random(in: 40_000...86_400, using: &chance),
          isOpenOnRestDays: Bool.random(using: &chance))
      }
      if Bool.random(using: &chance) { rule.startsAtLatest = ["handling", "乙"] }
      if Bool.random(using: &chance) {
        rule.silence = ClockRule.Silence(
          days: Int.random(in: 0...9, using: &chance),
          count: DayCount.allCases.randomElement(using: &chance)!,
          from: ["received", "submitted"].shuffled(using: &chance), unless: ["refused", "withdrawn"],
          clause: "许可法 第三十二条", document: "许可法")
      }
      if Bool.random(using: &chance) { rule.quiet = QuietHours(from: 75_600, until: 28_800) }
      var writer = JSONWriter()
      rule.write(&writer)
      #expect(ClockRule(decoding: try JSONDocument(parsing: writer.takeBytes()).root) == rule)
    }
  }

  /// Of before a rule could say what else ends a stop.
  @Test func anOldRuleGoesOnWithTheAcceptance() throws {
    let stops = """
      [{"reason":"supplement","begins":"supplement-requested","ends":"supplement-received"},
       {"reason":"survey","begins":"survey-started","ends":"survey-ended"}]
      """
    let json = """
      {"limit":"5 working days","starts":["accepted"],"ends":["approved"],"stops":\(stops),"pausedDays":"after-first",
       "warnings":[]}
      """
    let rule = try #require(ClockRule(decoding: try JSONDocument(parsing: json).root))
    #expect(rule.stops.map(\.alsoEnds) == [["accepted"], []])
  }

  @Test(arguments: [
    "{}", "[]", #"{"limit":"5 days"}"#,
    #"{"limit":"5 working days","starts":[],"ends":[],"stops":[],"pausedDays":"after-first","warnings":[],"silence":{"after":"5 hours"}}"#,
    #"{"limit":"5 working days","starts":[],"startsAtLatest":1,"ends":[],"stops":[],"pausedDays":"after-first","warnings":[]}"#,
    #"{"limit":"5 working days","starts":[1],"ends":[]}"#,
  ])
  func otherThingsAreNoRule(_ json: String) throws {
    #expect(ClockRule(decoding: try JSONDocument(parsing: json).root) == nil)
  }
}
