import Applications
import Calendars
import CivilTime
import Policies
import TestSupport
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
    /// By item, in the order of `PermitItem`: the way, the limit of it alone and the rule that decides the way.
    let expected: [(PermitWay, String?, String)]
    /// Of all that are approved, together.
    var total: String?

    var testDescription: String { "\(region) \(facts)" }
  }

  static let rows = [
    // National: nothing but the totals.
    Row(
      region: "110000", facts: #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4), total: "5 working days"),
    Row(
      region: "110000", facts: #""voltage": 10, "capacity": 1000, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4), total: "10 working days"),
    Row(
      region: "110000", facts: #""voltage": 35, "capacity": 9000, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4)),
    // 河南: a promise up to 160 kW; above it the national total; high voltage 4 and 5 days that roll, within that total.
    Row(
      region: "410100", facts: #""voltage": 0.4, "capacity": 160, "length": 100, "customer": "other""#,
      expected: [
        (.approval, nil, "NDRC-1479 (四)"), (.promise, nil, "HA-345 三"), (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
      ], total: "5 working days"),
    Row(
      region: "410000", facts: #""voltage": 0.4, "capacity": 160.001, "length": 100, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4), total: "5 working days"),
    Row(
      region: "410000", facts: #""voltage": 10, "capacity": 630, "length": 100, "customer": "other""#,
      expected: [
        (.approval, "4 rolling days", "NDRC-1479 (四)"), (.approval, "5 rolling days", "NDRC-1479 (四)"),
        (.approval, "5 rolling days", "NDRC-1479 (四)"), (.approval, "5 rolling days", "NDRC-1479 (四)"),
      ], total: "10 working days"),
    // 新县: promises for the small and the short, two working days for the rest; low voltage of others as in 河南.
    Row(
      region: "411523", facts: #""voltage": 0.4, "capacity": 300, "length": 900, "customer": "small-micro""#,
      expected: Array(repeating: (.promise, nil, "XX-20 1"), count: 4)),
    Row(
      region: "411523", facts: #""voltage": 10, "capacity": 630, "length": 150, "customer": "other""#,
      expected: Array(repeating: (.promise, nil, "XX-20 1"), count: 4)),
    Row(
      region: "411523", facts: #""voltage": 10, "capacity": 630, "length": 150.5, "customer": "other""#,
      expected: Array(repeating: (.approval, "2 working days", "XX-20 1"), count: 4), total: "10 working days"
    ),
    Row(
      region: "411523", facts: #""voltage": 0.4, "capacity": 100, "length": 900, "customer": "other""#,
      expected: [
        (.approval, nil, "NDRC-1479 (四)"), (.promise, nil, "HA-345 三"), (.promise, nil, "HA-345 三"),
        (.promise, nil, "HA-345 三"),
      ], total: "5 working days"),
    // 重庆: of low voltage outside of the red line no route approval, the rest together in two working days.
    Row(
      region: "500103",
      facts:
        #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "outside""#,
      expected: [
        (.exempt, nil, "CQ-45 措施7"), (.approval, "2 working days", "CQ-45 措施7"),
        (.approval, "2 working days", "CQ-45 措施7"), (.approval, "2 working days", "CQ-45 措施7"),
      ], total: "5 working days"),
    Row(
      region: "500000",
      facts:
        #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "inside""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4), total: "5 working days"),
    Row(
      region: "500000",
      facts:
        #""voltage": 10, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "outside""#,
      expected: Array(repeating: (.approval, nil, "NDRC-1479 (四)"), count: 4), total: "10 working days"),
    // 常州: filed up to 500 m.
    Row(
      region: "320400", facts: #""voltage": 10, "capacity": 630, "length": 500, "customer": "other""#,
      expected: Array(repeating: (.filing, nil, "CZ-204 三.3"), count: 4)),
    Row(
      region: "320400", facts: #""voltage": 10, "capacity": 630, "length": 500.001, "customer": "other""#,
      expected: Array(repeating: (.approval, nil, "CZ-204 三.4"), count: 4), total: "10 working days"),
    // 杭州: a promise up to 20 kV.
    Row(
      region: "330106", facts: #""voltage": 20, "capacity": 630, "length": 2000, "customer": "other""#,
      expected: Array(repeating: (.promise, nil, "HZ-SETTING 任务四"), count: 4)),
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
      let total = decision.total?.ruling?.rule.outcome.limit?.englishTitle
      #expect(total == (expected.0 == .approval ? row.total : nil), "\(item)")
      #expect(decision.missing.isEmpty)
      #expect(!decision.after.contains(item))
    }
    // One clock over all that are approved, and none where nothing limits them together.
    let library = try ShippedPolicies.library()
    let policy = try #require(library.policy(forRegion: row.region))
    let totals = library.totals(of: PermitItem.allCases.compactMap { decisions[$0] }, by: policy)
    #expect(totals.map(\.clock.limit.englishTitle) == [row.total].compactMap(\.self))
    let approved = zip(PermitItem.allCases, row.expected).filter { $0.1.0 == .approval }.map(\.0)
    #expect(totals.first.map { $0.items == approved } != false)
  }

  /// 城市绿化条例: whoever wants to fell or move them needs an approval of its own, whatever is promised of the rest.
  @Test(arguments: [
    (
      "410100", #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "other""#,
      [PermitWay.approval, .promise, .promise]
    ),
    (
      "411523", #""voltage": 0.4, "capacity": 300, "length": 900, "customer": "small-micro""#,
      [.promise, .promise, .promise]
    ),
    (
      "411523", #""voltage": 0.4, "capacity": 100, "length": 900, "customer": "small-micro""#,
      [.promise, .promise, .promise]
    ),
    (
      "411523", #""voltage": 10, "capacity": 630, "length": 150, "customer": "other""#,
      [.promise, .promise, .promise]
    ),
    (
      "320400", #""voltage": 10, "capacity": 630, "length": 500, "customer": "other""#,
      [.filing, .filing, .filing]
    ),
    (
      "330100", #""voltage": 20, "capacity": 630, "length": 2000, "customer": "other""#,
      [.promise, .promise, .promise]
    ),
    (
      "500000",
      #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "small-micro", "red-line": "outside""#,
      [.exempt, .approval, .approval]
    ),
  ])
  func protectedTreesAreApprovedEverywhere(_ region: String, _ facts: String, _ others: [PermitWay]) throws {
    let library = try ShippedPolicies.library()
    let given = try ShippedPolicies.facts(
      #"{\#(facts), "digs-road": true, "occupies-road": true, "uses-green-land": true, "crossings": [], "trees": "protected"}"#
    )
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let decisions = try #require(library.permits(forRegion: region, given, on: day)).decisions
    #expect(decisions.prefix(3).map { $0.way?.ruling?.rule.outcome } == others)
    let green = decisions[3]
    #expect(green.way?.ruling?.rule.outcome == .approval)
    #expect(green.way?.ruling?.rule.clause.description == "GREENING 古树名木")
    #expect(green.missing.isEmpty && green.limit?.ruling != nil)
    // What is not known is no leave; where it is approved either way nothing has to be known.
    let unknown = try ShippedPolicies.facts(
      #"{\#(facts), "digs-road": true, "occupies-road": true, "uses-green-land": true, "crossings": []}"#)
    let open = try #require(library.permits(forRegion: region, unknown, on: day)).decisions[3]
    #expect(open.way == .undecided([.trees]) || open.way?.ruling?.rule.outcome == .approval)
  }

  /// What lets something of others be crossed is no promise about a municipal road.
  @Test(arguments: ["highway", "railway", "south-north-water", "defence-cable"])
  func noPromiseReachesWhatOthersOwn(_ crossing: String) throws {
    for (region, facts, way) in [
      ("410100", #""voltage": 0.4, "capacity": 100, "length": 100, "customer": "other""#, PermitWay.promise),
      ("411523", #""voltage": 0.4, "capacity": 300, "length": 900, "customer": "small-micro""#, .promise),
      ("411523", #""voltage": 10, "capacity": 630, "length": 150, "customer": "other""#, .promise),
      ("320400", #""voltage": 10, "capacity": 630, "length": 500, "customer": "other""#, .filing),
      ("330100", #""voltage": 20, "capacity": 630, "length": 2000, "customer": "other""#, .promise),
    ] {
      for (given, expected) in [("municipal-road", way), ("municipal-road\", \"" + crossing, .approval)] {
        let library = try ShippedPolicies.library()
        let facts = try ShippedPolicies.facts(
          #"{\#(facts), "digs-road": true, "occupies-road": true, "uses-green-land": true, "trees": "ordinary", "crossings": ["\#(given)"]}"#
        )
        let day = try #require(CivilDate(iso: "2022-03-01"))
        let decisions = try #require(library.permits(forRegion: region, facts, on: day)).decisions
        for item in [1, 2] { #expect(decisions[item].way?.ruling?.rule.outcome == expected, "\(region)") }
        #expect(decisions[3].way?.ruling?.rule.outcome == way, "\(region): green land is no road")
        for decision in decisions { #expect(decision.missing.isEmpty) }
      }
    }
  }

  /// Of all facts at random: never exempt, promised or filed, and never without a procedure.
  @Test func quickWaysReachNeitherProtectedTreesNorOthersCrossings() throws {
    let library = try ShippedPolicies.library()
    let owners: Set = ["highway", "railway", "south-north-water", "defence-cable"]
    let day = try #require(CivilDate(iso: "2022-03-01"))
    var chance = SplitMix64(seed: 21)
    var (trees, roads) = (0, 0)
    for _ in 0..<1200 {
      let region = ["110000", "410000", "411523", "500000", "320400", "330100"].randomElement(using: &chance)!
      let facts = ShippedPolicies.randomFacts(&chance)
      let decisions = try #require(library.permits(forRegion: region, facts, on: day)).decisions
      for decision in decisions {
        guard let way = decision.way?.ruling?.rule.outcome else {
          #expect(decision.need.ruling?.rule.outcome == .notNeeded)
          continue
        }
        if decision.item == .greening, facts[.trees] == .word("protected") {
          trees += 1
          #expect(way == .approval, "\(region) \(facts)")
        }
        if decision.item == .roadDigging || decision.item == .roadOccupation,
          case .words(let crossed)? = facts[.crossings], !crossed.isDisjoint(with: owners)
        {
          roads += 1
          #expect(way == .approval, "\(region) \(facts)")
        }
      }
    }
    #expect(trees > 200 && roads > 400)
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

  /// Their owners publish limits for what they allow; the permits keep theirs.
  @Test(arguments: ["railway", "highway", "south-north-water", "defence-cable", "municipal-road"])
  func aCrossingLeavesThePermitsTheirLimits(_ crossing: String) throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 10, "capacity": 630, "crossings": ["\#(crossing)"], "digs-road": true, "occupies-road": true, "uses-green-land": true, "trees": "none"}"#
    )
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let decisions = try #require(library.permits(forRegion: "410000", facts, on: day)).decisions
    #expect(
      decisions.map { $0.clock?.limit.englishTitle } == [
        "4 rolling days", "5 rolling days", "5 rolling days", "5 rolling days",
      ])
  }

  @Test func documentsHoldFromTheirFirstDay() throws {
    let facts = #""voltage": 10, "capacity": 630, "length": 100, "customer": "other""#
    let before = try decisions("320400", facts, on: "2019-11-27")
    #expect(before[.greening]?.way?.ruling?.rule.outcome == .approval)
    let after = try decisions("320400", facts, on: "2019-11-28")
    #expect(after[.greening]?.way?.ruling?.rule.outcome == .filing)
    // After the end of a term a decision says that the site goes on by the document.
    let now = try decisions("110000", facts, on: "2026-11-26")
    #expect(now[.greening]?.way?.ruling?.isContinued == true)
    let never = try decisions("110000", facts, on: "2028-01-01")
    #expect(never[.greening]?.way == .silent)
  }

  /// Before the nation's programme: what is assumed says so, each permit has the time of the law, and 河南 that of 2019.
  @Test(arguments: [
    ("110000", "2020-09-24", "20 working days", "LICENSING 第四十二条"),
    ("500000", "2019-11-01", "20 working days", "LICENSING 第四十二条"),
    ("410000", "2019-05-30", "5 rolling days", "HA-345 三"),
    ("410000", "2019-12-31", "5 rolling days", "HA-345 三"),
    ("410000", "2020-01-01", "5 rolling days", "HA-PLAN (二)5"),
  ])
  func whatWasHandedInBeforeTheNationsProgramme(
    _ region: String, _ day: String, _ limit: String, _ clause: String
  ) throws {
    let facts = #""voltage": 10, "capacity": 630, "length": 100, "customer": "other""#
    let digging = try #require(try decisions(region, facts, on: day)[.roadDigging])
    #expect(digging.way?.ruling?.rule.outcome == .approval)
    #expect(digging.way?.ruling?.document.isAssumed == true)
    #expect(digging.clock?.limit.englishTitle == limit)
    #expect(digging.limit?.ruling?.rule.clause.description == clause)
    #expect(digging.total?.ruling?.rule.outcome.limit == nil)
    let route = try #require(try decisions(region, facts, on: day)[.routePlanning])
    #expect(route.clock?.limit.englishTitle == (region == "410000" ? "4 rolling days" : limit))
    let after = try #require(try decisions(region, facts, on: "2020-09-25")[.roadDigging])
    #expect(after.way?.ruling?.rule.clause.description == "NDRC-1479 (四)")
    #expect(after.total?.ruling?.rule.outcome.limit?.englishTitle == "10 working days")
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
      return all[step]?.ruling?.rule.outcome.rule?.limit.englishTitle
    }
    let small = #"{"customer": "small-micro", "voltage": 0.4, "capacity": 100}"#
    #expect(try limit("110000", "whole", small, on: "2020-12-31") == "25 working days")
    #expect(try limit("110000", "whole", small, on: "2021-12-31") == "20 working days")
    #expect(try limit("110000", "whole", small) == "15 working days")
    #expect(try limit("410000", "whole", #"{"voltage": 10, "customer": "other"}"#) == "21 working days")
    #expect(try limit("411523", "dispatch", #"{"stage": "booking"}"#) == "20 minutes")
    #expect(try limit("410000", "confirm", #"{"stage": "booking"}"#) == "18 hours")
    // Whoever applies otherwise than by telephone has another promise.
    for step in ["dispatch", "confirm"] {
      #expect(try limit("410000", step, #"{"stage": "application"}"#) == nil)
      #expect(try limit("410000", step, "{}") == nil)
    }
    #expect(try limit("410000", "supply", #"{"voltage": 0.4, "works": "none"}"#) == "1 rolling day")
    #expect(
      try limit("500000", "supply", #"{"customer": "small-micro", "works": "poles-lines"}"#)
        == "10 rolling days")
    #expect(try limit("320400", "contact", "{}") == "30 minutes")
    #expect(try limit("320400", "archive", "{}") == "1 working day")
    #expect(
      try limit("330100", "own-steps", #"{"voltage": 10, "supply": "dual", "customer": "other"}"#)
        == "32 working days")
    // Each other figure of the documents, once.
    for (region, step, facts, wanted) in [
      ("411523", "whole", #"{"customer": "resident", "voltage": 0.4}"#, "5 working days"),
      (
        "410000", "whole", #"{"customer": "small-micro", "voltage": 0.4, "capacity": 200}"#, "15 working days"
      ),
      ("410000", "acceptance", "{}", "1 rolling day"),
      ("410000", "supply", #"{"voltage": 0.4, "works": "poles-lines"}"#, "7 rolling days"),
      ("410000", "supply-plan", #"{"voltage": 10}"#, "10 rolling days"),
      ("500000", "whole", #"{"customer": "small-micro"}"#, "15 rolling days"),
      ("500000", "supply", #"{"customer": "small-micro", "works": "none"}"#, "4 rolling days"),
      ("500000", "supply", #"{"customer": "small-micro", "works": "cable-transformer"}"#, "15 rolling days"),
      ("320400", "average", #"{"voltage": 0.4}"#, "3 working days"),
      ("320400", "average", #"{"voltage": 20}"#, "7 working days"),
      ("330100", "own-steps", #"{"voltage": 10, "supply": "single"}"#, "22 working days"),
      (
        "330100", "whole", #"{"customer": "small-micro", "voltage": 0.4, "capacity": 200}"#, "15 working days"
      ),
      ("110000", "whole", #"{"customer": "resident", "voltage": 0.4}"#, "5 working days"),
      ("110000", "own-steps", #"{"customer": "other", "voltage": 0.4}"#, "6 working days"),
      ("110000", "own-steps", #"{"voltage": 10, "supply": "single"}"#, "22 working days"),
      ("110000", "own-steps", #"{"voltage": 10, "supply": "dual"}"#, "32 working days"),
    ] {
      #expect(try limit(region, step, facts) == wanted, "\(region) \(step) \(facts)")
    }
    let larger = #"{"customer": "small-micro", "voltage": 0.4, "capacity": 200}"#
    // Who is small and needs more than “三零” reaches to has the limit of the utility's own steps.
    #expect(try limit("110000", "own-steps", larger) == "6 working days")
    #expect(try limit("410000", "own-steps", larger) == "6 working days")
    #expect(try limit("110000", "own-steps", small) == nil)
    #expect(try limit("330100", "own-steps", larger) == "8 working days")
    // Of what days they are the document does not say: that they are working days is the site's.
    let day = try #require(CivilDate(iso: "2022-03-01"))
    let own = library.process(forRegion: "330100", try ShippedPolicies.facts(larger), on: day)?["own-steps"]
    #expect(own?.ruling?.document.isAssumed == true)
    #expect(try limit("330100", "whole", larger, on: "2021-11-30") == nil)
    #expect(try limit("330100", "whole", larger, on: "2021-12-01") == "20 working days")
  }
}
