import Applications
import Calendars
import CivilTime
import Documents
import Policies
import TestSupport
import Testing

@Suite struct PolicyCheckTests {
  private func library(_ policies: [String: String]) -> (PolicyLibrary, [String]) {
    let diagnostics = Diagnostics()
    let sources = policies.sorted { $0.key < $1.key }.map {
      PolicyLibrary.Source(name: $0.key, file: "\($0.key).yaml", bytes: Array($0.value.utf8))
    }
    return (PolicyLibrary(sources, diagnostics), diagnostics.all.map(\.description))
  }

  private func policy(_ permits: String, name: String = "a", head: String = "") -> String {
    """
    policy: \(name)
    title: 甲
    region: "110000"
    \(head)
    documents:
      D: {title: 文件, from: 2020-01-01}
    clock: {starts: [accepted], ends: [approved]}
    permits:
      needs: [{id: n, clause: D, need: needed}]
      limits: [{id: l, clause: D, limit: none}]
    \(permits)
    """
  }

  private let day = CivilDate(year: 2022, month: 1, day: 1)!

  @Test(arguments: ShippedPolicies.folders)
  func theShippedPoliciesHaveNeitherGapsNorOverlaps(_ name: String) throws {
    let library = try ShippedPolicies.library()
    let policy = try #require(library.policy(named: name))
    for day in ["2022-03-01", "2026-11-26"] {
      let check = PolicyCheck(library, from: try #require(CivilDate(iso: day)))
      let findings = check.findings(of: policy)
      #expect(findings.filter(\.isError) == [])
      // What they will leave open on the day the national document is not gone on by any more is said beforehand.
      let isOpen = findings.contains {
        $0.code == .gap && $0.day == CivilDate(iso: "2028-01-01") && !$0.isError
      }
      #expect(isOpen == (name == "national"))
    }
    // Nor had what they say of lines any since the first of their documents.
    let past = PolicyCheck(library, from: try #require(CivilDate(iso: "2026-11-26")), withPast: true)
    #expect(past.findings(of: policy).filter(\.isError) == [])
  }

  /// A case may go by the rules of a day that is over.
  @Test func aGapOfThePastIsFoundWhereItIsLookedFor() throws {
    let (library, problems) = library([
      "a": policy(
        """
          ways: [{id: w, clause: D 1, from: 2021-01-01, way: approval}]
        process:
          - {id: p, clause: D 1, step: whole, from: 2021-06-01, limit: none}
        """)
    ])
    #expect(problems == [])
    #expect(PolicyCheck(library, from: day).findings(of: library.policies[0]) == [])
    let found = PolicyCheck(library, from: day, withPast: true).findings(of: library.policies[0])
    let first = CivilDate(iso: "2020-01-01")
    #expect(found.map(\.code) == [.gap, .gap] && found.map(\.list) == ["ways", "whole"])
    #expect(found.allSatisfy { $0.day == first && $0.isError })
    // What is below it begins later, and has no part in that.
    let (both, others) = self.library([
      "a": policy("  ways: [{id: w, clause: D 1, from: 2021-01-01, way: approval}]"),
      "b": """
      policy: b
      title: 乙
      region: "110100"
      inherits: a
      documents: {E: {title: 文件, from: 2021-03-01}}
      permits: {ways: [{id: v, clause: E, way: approval}]}
      """,
    ])
    #expect(others == [])
    let check = PolicyCheck(both, from: day, withPast: true)
    #expect(both.policies.map { check.findings(of: $0).count } == [1, 0])
  }

  @Test func aGapIsFoundAtItsEdge() throws {
    let (library, problems) = library([
      "a": policy(
        """
          ways:
            - {id: short, clause: D 1, when: {length: {below: 150}}, way: promise}
            - {id: long, clause: D 2, when: {length: {over: 150}}, way: approval}
        """)
    ])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.map(\.code) == [.gap])
    #expect(findings[0].list == "ways" && findings[0].isError)
    #expect(findings[0].items == PermitItem.allCases)
    #expect(findings[0].example?[.length] == .number(Quantity(150)))
  }

  private static let ways = """
      ways:
        - {id: w, clause: D, items: [route-planning, road-occupation, road-digging], way: approval}
        - {id: short, clause: D, items: [greening], when: {length: {below: 150}}, way: exempt}
        - {id: long, clause: D, items: [greening], when: {length: {from: 150}}, way: approval}
    """

  /// The digging waits for the occupation, and that for the digging; the route for both, and nobody for it.
  @Test func aCircleIsFound() throws {
    let (library, problems) = library([
      "a": policy(
        Self.ways + """

            order:
              - {id: first, clause: D 1, items: [road-digging], after: [road-occupation]}
              - {id: second, clause: D 2, items: [road-occupation], after: [road-digging]}
              - {id: third, clause: D 3, items: [route-planning], after: [road-digging]}
          """)
    ])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.map(\.code) == [.circle])
    #expect(findings[0].items == [.roadOccupation, .roadDigging] && findings[0].isError)
    #expect(findings[0].list == "order" && findings[0].rules == ["second", "first"])
  }

  /// Over three items, and only for lines on which all three are handed in.
  @Test func aCircleIsFoundForTheFactsForWhichItIsThere() throws {
    func findings(_ length: String) throws -> [PolicyFinding] {
      let (library, problems) = library([
        "a": policy(
          Self.ways + """

              order:
                - {id: first, clause: D 1, items: [road-digging], after: [greening]}
                - {id: second, clause: D 2, items: [greening], after: [route-planning]}
                - {id: third, clause: D 3, items: [route-planning], when: {length: {\(length)}}, after: [road-digging]}
            """)
      ])
      #expect(problems == [])
      return PolicyCheck(library, from: day).findings(of: library.policies[0])
    }
    let found = try findings("over: 100")
    #expect(found.map(\.code) == [.circle])
    #expect(found[0].items == [.routePlanning, .roadDigging, .greening])
    #expect(found[0].example?[.length] == .number(Quantity(150)))
    // Where the third waits there is no greening to be waited for.
    #expect(try findings("below: 150") == [])
  }

  /// One that the county closes is the county's, and one of the nation is found there.
  @Test func aCircleIsFoundWhereItIsClosed() throws {
    let above = policy(
      Self.ways + """

          order: [{id: first, clause: D 1, items: [road-digging], after: [road-occupation]}]
        """)
    func below(_ order: String) -> String {
      """
      policy: a/b
      title: 乙
      region: "110101"
      inherits: a
      documents: {E: {title: 文件, from: 2020-01-01}}
      permits: {order: [\(order)]}
      """
    }
    let (library, problems) = library([
      "a": above,
      "a/b": below("{id: second, clause: E 1, items: [road-occupation], after: [road-digging]}"),
    ])
    #expect(problems == [])
    let check = PolicyCheck(library, from: day)
    #expect(check.findings(of: library.policies[0]) == [])
    let found = check.findings(of: library.policies[1])
    #expect(found.map(\.code) == [.circle] && found[0].policy == "a/b")
    // The nation's own is not told again.
    let (other, _) = self.library([
      "a": above.replacing("after: [road-occupation]", with: "after: [road-digging]"),
      "a/b": below("{id: second, clause: E 1, items: [greening], after: [road-digging]}"),
    ])
    let again = PolicyCheck(other, from: day)
    #expect(again.findings(of: other.policies[0]).map(\.items) == [[.roadDigging]])
    #expect(again.findings(of: other.policies[1]) == [])
  }

  @Test func anOverlapIsFoundWhereverItIs() throws {
    let (library, problems) = library([
      "a": policy(
        """
          ways:
            - {id: promise, clause: D 1, when: {length: {to: 150}}, way: promise}
            - {id: approval, clause: D 2, when: {length: {from: 150}}, way: approval}
            - {id: other, clause: D 3, items: [greening], when: {crossings: {any: [railway]}, length: {over: 1000}}, way: filing}
        """)
    ])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.map(\.code) == [.overlap, .overlap])
    #expect(findings.map(\.rules) == [["promise", "approval"], ["approval", "other"]])
    #expect(findings.map(\.items) == [PermitItem.allCases, [.greening]])
    #expect(findings[0].example?[.length] == .number(Quantity(150)))
    // The same outcome twice is no contradiction.
    let (same, _) = self.library([
      "a": policy(
        """
          ways:
            - {id: one, clause: D 1, way: approval}
            - {id: two, clause: D 2, when: {voltage: low}, way: approval}
        """)
    ])
    #expect(PolicyCheck(same, from: day).findings(of: same.policies[0]) == [])
  }

  @Test func everyFactsAnExampleStandsForAreDecidedAlike() throws {
    // What the check proves by examples holds for facts at random: never silent, and decided when all is known.
    let library = try ShippedPolicies.library()
    var chance = SplitMix64(seed: 9)
    for name in ShippedPolicies.folders {
      let region = try #require(library.policy(named: name)).region
      for _ in 0..<300 {
        let facts = ShippedPolicies.randomFacts(&chance)
        let answer = try #require(library.permits(forRegion: region, facts, on: day))
        for decision in answer.decisions {
          let need = try #require(decision.need.ruling?.rule.outcome)
          guard need == .needed else { continue }
          let way = try #require(decision.way?.ruling?.rule.outcome)
          #expect((decision.limit?.ruling != nil) == way.isDecided)
          #expect((decision.total?.ruling != nil) == way.isDecided)
        }
        let steps = try #require(library.process(forRegion: region, facts, on: day))
        for (step, resolution) in steps { #expect(resolution.ruling != nil, "\(step): \(resolution)") }
      }
    }
  }

  @Test func aHoleInAStepOfTheProcessIsFound() {
    let hole =
      "process: [{id: p, clause: D 7, step: whole, when: {voltage: low}, limit: 5 working days, starts: [requested], ends: [connected]}]"
    let (library, problems) = library(["a": policy("  ways: [{id: w, clause: D, way: approval}]\n" + hole)])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.map(\.code) == [.gap])
    #expect(findings.first?.list == "whole" && findings.first?.isError == true)
    #expect(findings.first?.example?[.voltage] == .number(Quantity(1)))
    // A policy below inherits the hole, or fills it; that nothing limits the rest is said.
    let filled = "process: [{id: q, clause: D 7, step: whole, when: {voltage: high}, limit: none}]"
    let (both, others) = self.library([
      "a": policy("  ways: [{id: w, clause: D, way: approval}]\n" + hole),
      "b": policy(
        "  ways: [{id: w, clause: D, way: approval}]\n" + filled, name: "b", head: "inherits: a"
      ).replacing("110000", with: "110100"),
    ])
    #expect(others == [])
    #expect(both.policies.map { PolicyCheck(both, from: day).findings(of: $0).count } == [1, 0])
    #expect(
      both.process(forRegion: "110100", try! ShippedPolicies.facts(#"{"voltage": 10}"#), on: day)?["whole"]?
        .ruling?.rule.outcome.rule == nil)
    // What will be open on a later day is said once, where it is.
    let ends = hole.replacing("when: {voltage: low}", with: "until: 2023-12-31")
    let (later, none) = self.library([
      "a": policy("  ways: [{id: w, clause: D, way: approval}]\n" + ends),
      "b": policy("  ways: [{id: w, clause: D, way: approval}]", name: "b", head: "inherits: a")
        .replacing("110000", with: "110100"),
    ])
    #expect(none == [])
    #expect(later.policies.map { PolicyCheck(later, from: day).findings(of: $0).count } == [1, 0])
  }

  @Test func aHoleInTheTotalsIsFoundWhereThereAreAny() {
    let (library, problems) = library([
      "a": policy(
        """
          ways: [{id: w, clause: D, way: approval}]
          totals: [{id: t, clause: D, items: [greening], when: {voltage: low}, limit: 5 working days}]
        """)
    ])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.allSatisfy { $0.code == .gap && $0.list == "totals" && $0.isError })
    #expect(Set(findings.flatMap(\.items)) == Set(PermitItem.allCases))
  }

  /// A limit may begin with another event than the rest, and show its colours at other times.
  @Test func aLimitHasItsOwnStartAndColours() throws {
    let (library, problems) = library([
      "a": """
      policy: a
      title: 甲
      region: "110000"
      documents: {D: {title: 文件}}
      clock: {starts: [accepted], ends: [approved], stops: [supplement], warnings: [{colour: blue, distance: 2, for: unit}]}
      permits:
        needs: [{id: n, clause: D, need: needed}]
        ways: [{id: w, clause: D, way: approval}]
        limits:
          - {id: usual, clause: D, items: [route-planning, greening], limit: 5 working days}
          - {id: own, clause: D, items: [road-digging], limit: 3 working days, starts: [received, accepted],
             warnings: [{colour: red, distance: 1, for: province}]}
          - {id: silent, clause: D, items: [road-occupation], limit: 3 working days, warnings: []}
        totals: [{id: t, clause: D, limit: 9 working days, starts: [submitted]}]
      """
    ])
    #expect(problems == [])
    let answer = try #require(library.permits(forRegion: "110000", Facts(), on: day))
    let clocks = answer.decisions.map(\.clock)
    #expect(
      clocks.map { $0?.starts } == [["accepted"], ["accepted"], ["received", "accepted"], ["accepted"]])
    #expect(clocks.map { $0?.warnings.map(\.colour) } == [[.blue], [], [.red], [.blue]])
    #expect(clocks.allSatisfy { $0?.ends == ["approved"] && $0?.stops.count == 1 })
    let totals = library.totals(of: answer.decisions, by: answer.policy)
    #expect(totals.map(\.clock.starts) == [["submitted"]] && totals.first?.clock.warnings.count == 1)
    #expect(PolicyCheck(library, from: day).findings(of: library.policies[0]) == [])
  }

  /// What goes without saying starts the usual clock, and none that begins with something else.
  @Test func silenceIsReadWithItsClause() throws {
    let (library, problems) = library([
      "a": """
      policy: a
      title: 甲
      region: "110000"
      documents: {D: {title: 文件}, L: {title: 许可法}}
      clock:
        starts: [accepted]
        starts-at-latest: [handling]
        silence: {after: 5 working days, from: [received, submitted], unless: [refused, supplement-requested], clause: L 第三十二条}
        ends: [approved]
        stops: [supplement]
      permits:
        needs: [{id: n, clause: D, need: needed}]
        ways: [{id: w, clause: D, way: approval}]
        limits:
          - {id: usual, clause: D, items: [route-planning, greening], limit: 5 working days}
          - {id: own, clause: D, items: [road-digging, road-occupation], limit: 3 working days, starts: [received]}
        totals: [{id: t, clause: D, limit: 9 working days}]
      """
    ])
    #expect(problems == [])
    let answer = try #require(library.permits(forRegion: "110000", Facts(), on: day))
    let silence = ClockRule.Silence(
      days: 5, count: .working, from: ["received", "submitted"], unless: ["refused", "supplement-requested"],
      clause: "L 第三十二条", document: "许可法")
    #expect(answer.decisions.map { $0.clock?.silence } == [silence, nil, nil, silence])
    #expect(answer.decisions.map { $0.clock?.startsAtLatest } == [["handling"], [], [], ["handling"]])
    #expect(library.totals(of: answer.decisions, by: answer.policy).map(\.clock.silence) == [silence])
  }

  @Test(arguments: [
    ("{after: 5 hours, from: [received], clause: D}", "a number of days such as '5 working days'"),
    ("{after: 5 working days, from: [recieved], clause: D}", "did you mean 'received'"),
    ("{after: 5 working days, from: [], clause: D}", "from"),
    ("{after: 5 working days, from: [received]}", "clause"),
    ("{after: 5 working days, from: [received], clause: E 1}", "names the document 'E'"),
  ])
  func mistakesOfSilenceHaveAPlace(_ silence: String, _ message: String) {
    let text = policy("  ways: [{id: w, clause: D, way: approval}]")
      .replacing("clock: {starts: [accepted],", with: "clock: {starts: [accepted], silence: \(silence),")
    let (library, problems) = library(["a": text])
    #expect(problems.contains { $0.contains(message) && $0.hasPrefix("a.yaml:7") }, "\(problems)")
    #expect(library.policies.isEmpty)
  }

  /// 行政许可法 第三十二条 holds everywhere, and a process of the utility's own knows no such thing.
  @Test(arguments: ShippedPolicies.folders) func theShippedPoliciesKnowWhatSilenceMeans(_ name: String) throws
  {
    let library = try ShippedPolicies.library()
    let policy = try #require(library.policy(named: name))
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 10, "capacity": 630, "length": 2000, "customer": "other", "digs-road": true, "occupies-road": true, "uses-green-land": true, "trees": "protected", "crossings": ["highway"], "red-line": "outside", "supply": "single", "works": "cable-transformer"}"#
    )
    let answer = try #require(library.permits(forRegion: policy.region, facts, on: day))
    let clocks =
      answer.decisions.compactMap(\.clock) + library.totals(of: answer.decisions, by: policy).map(\.clock)
    #expect(!clocks.isEmpty)
    for clock in clocks {
      let silence = try #require(clock.silence)
      #expect(silence.days == 5 && silence.count == .working && silence.clause == "LICENSING 第三十二条")
      #expect(clock.ends.isSuperset(of: silence.unless.subtracting(["supplement-requested"])))
    }
    for limit in try #require(library.process(forRegion: policy.region, facts, on: day)).values {
      #expect(limit.ruling?.rule.outcome.rule?.silence == nil)
    }
  }

  /// Whatever ends a permit ends the utility's own steps at it.
  @Test(arguments: ShippedPolicies.folders) func whatEndsAPermitEndsTheStepsAtIt(_ name: String) throws {
    let library = try ShippedPolicies.library()
    let policy = try #require(library.policy(named: name))
    let facts = try ShippedPolicies.facts(#"{"voltage": 10, "customer": "other", "supply": "single"}"#)
    let answers = try #require(library.process(forRegion: policy.region, facts, on: day))
    let supplement = try #require(answers["permit-supplement"]?.ruling?.rule.outcome.rule)
    let over = ["approved", "approved-deferred", "rejected", "not-accepted", "refused", "withdrawn"]
    #expect(supplement.ends.isSuperset(of: over), "\(supplement.ends.sorted())")
  }

  @Test func aRuleThatNeverHoldsIsFound() {
    let (library, problems) = library([
      "a": policy("  ways: [{id: w, clause: D, until: 2019-12-31, way: approval}]")
    ])
    #expect(problems == [])
    let findings = PolicyCheck(library, from: day).findings(of: library.policies[0])
    #expect(findings.contains { $0.code == .neverInForce && $0.rules == ["w"] })
  }

  @Test(arguments: [
    ("  ways: [{id: w, clause: E 1, way: approval}]", "names the document 'E'"),
    ("  ways: [{id: w, clause: D, way: aproval}]", "did you mean 'approval'"),
    ("  ways: [{id: w, clause: D, way: approval, when: {lenght: {to: 1}}}]", "did you mean 'length'"),
    ("  ways: [{id: w, clause: D, way: approval, when: {length: {to: 1.2345}}}]", "three digits"),
    ("  ways: [{id: w, clause: D, way: approval, when: {length: {over: 5, to: 5}}}]", "holds no number"),
    ("  ways: [{id: w, clause: D, way: approval, when: {length: {}}}]", "needs an end"),
    ("  ways: [{id: w, clause: D, way: approval, when: {crossings: {}}}]", "needs 'any' or 'none'"),
    ("  ways: [{id: n, clause: D, way: approval}]", "two rules with the id 'n'"),
    ("  totals: [{id: t, clause: D, limit: 5 working days, starts: [acepted]}]", "did you mean 'accepted'"),
    ("  totals: [{id: t, clause: D, limit: 5 days}]", "a limit such as '5 working days'"),
    (
      "  ways: [{id: w, clause: D, from: 2021-01-02, until: 2021-01-01, way: approval}]",
      "ends before it begins"
    ),
  ])
  func mistakesHaveAPlaceAndARemedy(_ permits: String, _ message: String) {
    let (library, problems) = library(["a": policy(permits)])
    #expect(problems.contains { $0.contains(message) && $0.hasPrefix("a.yaml:") }, "\(problems)")
    #expect(library.policies.isEmpty)
  }

  @Test func inheritanceMustLeadSomewhere() {
    let (nowhere, problems) = library(["a": policy("", head: "inherits: b")])
    #expect(problems.contains { $0.contains("inherits 'b', and there is no such policy") })
    #expect(nowhere.policies.isEmpty)
    let (circle, others) = library([
      "a": policy("", head: "inherits: b"), "b": policy("", name: "b", head: "inherits: a"),
    ])
    #expect(others.contains { $0.contains("in a circle") })
    #expect(circle.policies.isEmpty)
  }
}
