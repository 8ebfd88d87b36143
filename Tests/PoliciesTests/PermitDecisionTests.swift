import Applications
import Calendars
import CivilTime
import Policies
import Testing

/// What the shipped policies say, clause by clause.
@Suite struct PermitDecisionTests {
  private static let usual =
    #""digs-road": true, "occupies-road": true, "uses-green-land": true, "trees": "ordinary", "crossings": []"#

  private func decisions(
    _ region: String, _ facts: String, on day: String = "2022-03-01"
  ) throws -> [PermitItem: PermitDecision] {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts("{\(facts), \(Self.usual)}")
    let answer = library.permits(forRegion: region, facts, on: try #require(CivilDate(iso: day)))
    return Dictionary(uniqueKeysWithValues: try #require(answer).decisions.map { ($0.item, $0) })
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let region: String
    let facts: String
    /// By item, in the order of `PermitItem`: the way, the limit and the rule that decides the way.
    let expected: [(PermitWay, String?, String)]

    var testDescription: String { "\(region) \(facts)" }
  }

  static let rows = [
    // National: nothing but the totals.
    Row(
      region: "110000", facts: #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, "5 working days", "NDRC-1479 (四)"), count: 4)),
    Row(
      region: "110000", facts: #""voltage": 10, "capacity": 1000, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, "10 working days", "NDRC-1479 (四)"), count: 4)),
    Row(
      region: "110000", facts: #""voltage": 35, "capacity": 9000, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4)),
    // 河南: a promise up to 160 kW; above it the national limit; high voltage 4 and 5 days that roll.
    Row(
      region: "410100", facts: #""voltage": 0.4, "capacity": 160, "length": 100, "customer": "other""#,
      expected: [
        (.approval, "5 working days", "NDRC-1479 (四)"), (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
      ]),
    Row(
      region: "410000", facts: #""voltage": 0.4, "capacity": 160.001, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, "5 working days", "NDRC-1479 (四)"), count: 4)),
    Row(
      region: "410000", facts: #""voltage": 10, "capacity": 630, "length": 100, "customer": "other""#,
      expected: [
        (.approval, "4 rolling days", "NDRC-1479 (四)"), (.approval, "5 rolling days", "NDRC-1479 (四)"),
        (.approval, "5 rolling days", "NDRC-1479 (四)"), (.approval, "5 rolling days", "NDRC-1479 (四)"),
      ]),
    // 新县: promises for the small and the short, two working days for the rest; low voltage of others as in 河南.
    Row(
      region: "411523", facts: #""voltage": 0.4, "capacity": 300, "length": 900, "customer": "small-micro""#,
      expected: Array(repeating: (.promise, nil, "XX-20 1"), count: 4)),
    Row(
      region: "411523", facts: #""voltage": 10, "capacity": 630, "length": 150, "customer": "other""#,
      expected: Array(repeating: (.promise, nil, "XX-20 1"), count: 4)),
    Row(
      region: "411523", facts: #""voltage": 10, "capacity": 630, "length": 150.5, "customer": "other""#,
      expected: Array(repeating: (.approval, "2 working days", "XX-20 1"), count: 4)),
    Row(
      region: "411523", facts: #""voltage": 0.4, "capacity": 100, "length": 900, "customer": "other""#,
      expected: [
        (.approval, "5 working days", "NDRC-1479 (四)"), (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
      ]),
    // 重庆: no route approval outside of the red line; the rest together in two working days.
    Row(
      region: "500103",
      facts:
        #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "outside""#,
      expected: [
        (.exempt, nil, "CQ-45 措施7"), (.approval, "2 working days", "CQ-45 措施7"),
        (.approval, "2 working days", "CQ-45 措施7"), (.approval, "2 working days", "CQ-45 措施7"),
      ]),
    Row(
      region: "500000",
      facts:
        #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "inside""#,
      expected: [
        (.approval, "5 working days", "NDRC-1479 (四)"), (.approval, "2 working days", "CQ-45 措施7"),
        (.approval, "2 working days", "CQ-45 措施7"), (.approval, "2 working days", "CQ-45 措施7"),
      ]),
    // 常州: filed up to 500 m.
    Row(
      region: "320400", facts: #""voltage": 10, "capacity": 630, "length": 500, "customer": "other""#,
      expected: Array(repeating: (.filing, nil, "CZ-204 三.3"), count: 4)),
    Row(
      region: "320400", facts: #""voltage": 10, "capacity": 630, "length": 500.001, "customer": "other""#,
      expected: Array(repeating: (.approval, "10 working days", "CZ-204 三.4"), count: 4)),
    // 杭州: a promise up to 20 kV.
    Row(
      region: "330106", facts: #""voltage": 20, "capacity": 630, "length": 2000, "customer": "other""#,
      expected: Array(repeating: (.promise, nil, "HZ-340 任务四"), count: 4)),
    Row(
      region: "330100", facts: #""voltage": 35, "capacity": 630, "length": 2000, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4)),
  ]

  @Test(arguments: rows)
  func theDocumentsAreFollowed(_ row: Row) throws {
    let decisions = try decisions(row.region, row.facts)
    for (item, expected) in zip(PermitItem.allCases, row.expected) {
      let decision = try #require(decisions[item])
      let ruling = try #require(decision.way?.ruling, "\(item) is not decided")
      #expect(ruling.rule.outcome == expected.0, "\(item)")
      #expect(ruling.rule.clause.description == expected.2, "\(item)")
      #expect(decision.limit?.ruling?.rule.outcome.limit?.englishTitle == expected.1, "\(item)")
      #expect((decision.clock != nil) == (expected.1 != nil))
      #expect(decision.missing.isEmpty)
      #expect(!decision.after.contains(item))
    }
  }

  @Test func whatALineDoesNotTouchIsNotNeeded() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 10, "length": 900, "digs-road": false, "occupies-road": false, "uses-green-land": false, "trees": "none"}"#
    )
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let decisions = try #require(library.permits(forRegion: "411523", facts, on: day)).decisions
    #expect(decisions.map { $0.need.ruling?.rule.outcome } == [.needed, .notNeeded, .notNeeded, .notNeeded])
    #expect(decisions.map { $0.way == nil } == [false, true, true, true])
  }

  @Test func whatIsNotKnownIsAskedForAndNotGuessed() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(#"{"voltage": 10, "digs-road": true}"#)
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let decisions = try #require(library.permits(forRegion: "411523", facts, on: day)).decisions
    #expect(decisions.map(\.need).prefix(2).last == .undecided([.occupiesRoad]))
    #expect(decisions[0].way == .undecided([.length]))
    // The customer does not matter for high voltage, the length does not for whether a road is dug up.
    #expect(decisions[2].need.ruling?.rule.outcome == .needed)
  }

  @Test func theOwnersOfWhatIsCrossedSetTheirLimits() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 10, "capacity": 630, "crossings": ["railway"], "digs-road": true, "occupies-road": true, "uses-green-land": false, "trees": "none"}"#
    )
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let decision = try #require(library.permits(forRegion: "410000", facts, on: day)).decisions[0]
    #expect(decision.limit?.ruling?.rule.id == "high-voltage-owners")
    #expect(decision.limit?.ruling?.rule.outcome.limit == nil)
    #expect(decision.clock == nil)
  }

  @Test func protectedTreesAreInNoQuickProcedure() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 0.4, "red-line": "outside", "trees": "protected", "uses-green-land": true, "digs-road": false, "occupies-road": false}"#
    )
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let green = try #require(library.permits(forRegion: "500000", facts, on: day)).decisions[3]
    #expect(green.limit?.ruling?.rule.clause.document == "NDRC-1479")
  }

  @Test func documentsHoldFromTheirFirstDay() throws {
    let facts = #""voltage": 10, "capacity": 630, "length": 100, "customer": "other""#
    let before = try decisions("320400", facts, on: "2019-11-27")
    #expect(before[.greening]?.way == .silent)
    let after = try decisions("320400", facts, on: "2019-11-28")
    #expect(after[.greening]?.way?.ruling?.rule.outcome == .filing)
    // After the end of a term a decision says that the site goes on by the document.
    let now = try decisions("110000", facts, on: "2026-11-26")
    #expect(now[.greening]?.way?.ruling?.isContinued == true)
    let never = try decisions("110000", facts, on: "2028-01-01")
    #expect(never[.greening]?.way == .silent)
  }

  @Test func aPromiseComesWithItsLetter() throws {
    let decisions = try decisions(
      "411523", #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro""#)
    #expect(decisions[.greening]?.materials.map(\.code) == ["route-drawing", "promise-letter"])
    #expect(decisions[.greening]?.materials.map(\.clause.document) == ["SETTING", "SETTING"])
  }

  @Test func theUtilitysOwnLimits() throws {
    let library = try ShippedPolicies.library()
    func limit(_ region: String, _ step: String, _ facts: String, on day: String = "2022-03-01") throws
      -> String?
    {
      let day = try #require(CivilDate(iso: day))
      let all = try #require(library.process(forRegion: region, try ShippedPolicies.facts(facts), on: day))
      return all[step]?.ruling?.rule.outcome.rule.limit.englishTitle
    }
    let small = #"{"customer": "small-micro", "voltage": 0.4, "capacity": 100}"#
    #expect(try limit("110000", "whole", small, on: "2020-12-31") == "25 working days")
    #expect(try limit("110000", "whole", small, on: "2021-12-31") == "20 working days")
    #expect(try limit("110000", "whole", small) == "15 working days")
    #expect(try limit("410000", "whole", #"{"voltage": 10, "customer": "other"}"#) == "21 working days")
    #expect(try limit("411523", "dispatch", "{}") == "20 minutes")
    #expect(try limit("410000", "confirm", "{}") == "18 hours")
    #expect(try limit("410000", "supply", #"{"voltage": 0.4, "works": "none"}"#) == "1 rolling day")
    #expect(
      try limit("500000", "supply", #"{"customer": "small-micro", "works": "poles-lines"}"#)
        == "10 rolling days")
    #expect(try limit("320400", "contact", "{}") == "30 minutes")
    #expect(try limit("320400", "archive", "{}") == "1 working day")
    #expect(
      try limit("330100", "own-steps", #"{"voltage": 10, "supply": "dual", "customer": "other"}"#)
        == "32 working days")
    let larger = #"{"customer": "small-micro", "voltage": 0.4, "capacity": 200}"#
    #expect(try limit("330100", "whole", larger, on: "2021-11-30") == nil)
    #expect(try limit("330100", "whole", larger, on: "2021-12-01") == "20 working days")
  }
}
