import Calendars
import Certificates
import CivilTime
import Documents
import Policies
import Testing

/// The papers of an application as policies state them, and the four things they must not ask for.
@Suite struct SupplyPolicyTests {
  private let day = CivilDate(year: 2022, month: 1, day: 1)!

  private func findings(_ supply: String) throws -> [PolicyFinding] {
    let text = """
      policy: a
      title: 甲
      region: "110000"
      documents:
        D: {title: 文件, from: 2020-01-01}
        S: {title: 设定, assumed: true}
      clock: {starts: [accepted], ends: [approved]}
      permits:
        needs: [{id: n, clause: D, need: not-needed}]
        ways: [{id: w, clause: D, way: approval}]
        limits: [{id: l, clause: D, limit: none}]
      supply:
        demands:
          - {id: others, clause: S, of: [project, trade-approval, design-qualification, design-documents, construction-qualification, concealed-works, completion-report], demand: none}
      \(supply)
      """
    let diagnostics = Diagnostics()
    let library = PolicyLibrary(
      [PolicyLibrary.Source(name: "a", file: "a.yaml", bytes: Array(text.utf8))], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    return PolicyCheck(library, from: day).findings(of: try #require(library.policies.first))
  }

  private let sound = """
        - {id: subject, clause: D 1, of: [subject], demand: customer}
        - {id: property, clause: D 1, of: [property], demand: shared}
      proofs:
        - {id: licence, clause: D, of: [subject], kinds: [business-licence]}
        - {id: deed, clause: D, of: [property], kinds: [property-deed]}
    """
  private let source = """
      obtainable:
        - {id: platform, clause: D, of: [property], platforms: [real-estate]}
    """

  private func body(_ parts: String...) -> String { parts.joined(separator: "\n") }

  @Test func aSoundPolicyHasNoFindings() throws {
    #expect(try findings(body(sound, source)) == [])
  }

  @Test func aDemandWithoutADocumentIsFound() throws {
    let found = try findings(
      body(sound.replacing("clause: D 1, of: [subject]", with: "clause: S, of: [subject]"), source))
    #expect(found.map(\.code) == [.noBasis] && found[0].isError)
    #expect(found[0].requirements == [.subject] && found[0].rules == ["subject"])
  }

  @Test func aDemandForWhatCanBeHadIsFoundWhereItIs() throws {
    let more =
      #"    - {id: licences, clause: D, of: [subject], when: {applicant: organisation, voltage: high}, platforms: [market-regulation]}"#
    let found = try findings(body(sound, source, more))
    #expect(found.map(\.code) == [.obtainable])
    #expect(found[0].rules == ["subject", "licences"])
    #expect(found[0].example?[.applicant] == .word("organisation"))
    #expect(found[0].example?[.voltage] == .number(Quantity(1)))
  }

  @Test func whatIsToBeFetchedMustComeFromSomewhere() throws {
    #expect(try findings(body(sound)).map(\.code) == [.unobtainable])
  }

  @Test func aDemandThatNothingMeetsIsFound() throws {
    let narrow = sound.replacing(
      "of: [subject], kinds", with: "of: [subject], when: {applicant: organisation}, kinds")
    let found = try findings(body(narrow, source))
    #expect(found.map(\.code) == [.noProof] && found[0].requirements == [.subject])
    #expect(found[0].example?[.applicant] == .word("person"))
  }

  @Test func gapsAndContradictionsAreFoundRequirementByRequirement() throws {
    let gap = sound.replacing("of: [property], demand", with: "of: [property], when: {voltage: low}, demand")
    #expect(try findings(body(gap, source)).map(\.code) == [.gap])
    let overlap = sound.replacing(
      "    - {id: property",
      with:
        "    - {id: second, clause: D 2, of: [subject], when: {voltage: high}, demand: none}\n    - {id: property"
    )
    let found = try findings(body(overlap, source))
    #expect(found.map(\.code) == [.overlap] && found[0].rules == ["subject", "second"])
  }

  @Test(arguments: [
    ("demands: [{id: d, of: [subject], demand: customer}]", "clause"),
    ("demands: [{id: d, clause: D, demand: customer}]", "'of'"),
    ("demands: [{id: d, clause: D, of: [subjet], demand: customer}]", "did you mean 'subject'"),
    ("demands: [{id: d, clause: D, of: [], demand: customer}]", "of"),
    ("proofs: [{id: p, clause: D, of: [subject]}]", "what it is proven by"),
    ("proofs: [{id: p, clause: D, of: [subject], kinds: [passport]}]", "kinds"),
    ("deferrals: [{id: p, clause: D, of: [subject], ends: 3 days}]", "an event such as connected"),
    (
      "obtainable: [{id: p, clause: D, of: [subject], platforms: [goverment-services]}]",
      "government-services"
    ),
    ("freshness: [{id: p, clause: D, kinds: [property-deed], days: -1}]", "days"),
    ("designers: [{id: p, clause: D, level: 1, voltage: 220}]", "A, B, C"),
    ("contractors: [{id: p, clause: D, level: 6, voltage: any}]", "1, 2, 3, 4, 5"),
    ("levels: [{id: p, clause: D, level: none, title: 无}]", "level"),
    ("demand: []", "did you mean 'demands'"),
  ])
  func mistakesHaveAPlaceAndARemedy(_ line: String, _ message: String) {
    let text = """
      policy: a
      title: 甲
      region: "110000"
      documents: {D: {title: 文件}}
      supply:
        \(line)
      """
    let diagnostics = Diagnostics()
    let library = PolicyLibrary(
      [PolicyLibrary.Source(name: "a", file: "a.yaml", bytes: Array(text.utf8))], diagnostics)
    let problems = diagnostics.all.map(\.description)
    #expect(problems.contains { $0.contains(message) && $0.hasPrefix("a.yaml:") }, "\(problems)")
    #expect(library.policies.isEmpty)
  }

  @Test func theNearestPolicyDecidesAndTheRestAddsUp() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 10, "business": "new", "stage": "application", "applicant": "organisation", "customer": "other", "special-trade": false}"#
    )
    let terms = try #require(library.supply(forRegion: "411523", facts, on: day))
    let project = try #require(terms.decision(.project))
    #expect(project.demand.ruling?.rule.clause.description == "XX-20 2")
    #expect(project.demand.ruling?.rule.outcome == .shared)
    // From above: what meets it, what may wait, how old records may be.
    #expect(project.proof(by: .projectRegistration)?.policy == "national")
    let property = try #require(terms.decision(.property))
    #expect(property.deferral?.rule.outcome.until == .event("connected"))
    #expect(property.deferral?.rule.outcome.given == [.subject])
    #expect(property.sources.map(\.policy) == ["xinxian", "henan"])
    #expect(terms.freshness[.propertyDeed] == 30)
    let grades = try #require(terms.grades[.designLicence]).mapValues(\.rule.outcome.highest)
    #expect(grades == ["A": nil, "B": Quantity("220"), "C": Quantity("110")])
    #expect(terms.grades[.contractorLicence]?["2"]?.rule.outcome.highest == Quantity("220"))
    #expect(terms.levels.first { $0.rule.outcome.level == .zero }?.policy == "xinxian")
    #expect(terms.kinds == [.businessLicence, .propertyDeed, .projectRegistration])
    // What depends on a fact names it.
    let few = try ShippedPolicies.facts(#"{"stage": "application", "business": "new"}"#)
    let open = try #require(library.supply(forRegion: "411523", few, on: day)?.decision(.project))
    #expect(open.demand == .undecided([.voltage]))
  }

  @Test func theRulesOfADayAreThoseInForceThen() throws {
    let library = try ShippedPolicies.library()
    let facts = try ShippedPolicies.facts(
      #"{"voltage": 0.4, "business": "new", "stage": "application", "applicant": "organisation", "customer": "other"}"#
    )
    func clause(_ day: String) throws -> String? {
      let terms = library.supply(forRegion: "330100", facts, on: try #require(CivilDate(iso: day)))
      return terms?.decision(.subject)?.demand.ruling?.rule.clause.description
    }
    #expect(try clause("2021-09-08") == "NDRC-1479 (六)")
    #expect(try clause("2021-09-09") == "HZ-340 任务七")
    #expect(try clause("2020-09-24") == nil)
  }

  /// What is no word of a fact's form may be somebody's name or number.
  @Test(arguments: [
    ("volts", "'volts'"), ("330106198001010011", "of one of these names"), ("张三", "of one of these names"),
  ])
  func onlyAWordIsSaidAgain(_ name: String, _ said: String) throws {
    let root = try JSONDocument(parsing: Array("{\"\(name)\": 1}".utf8)).root
    do throws(Facts.Unreadable) {
      _ = try Facts(decoding: root)
      Issue.record("it was read")
    } catch {
      #expect(
        error.problems.count == 1 && error.problems[0].hasPrefix("there is no fact \(said)"), "\(error)")
    }
  }
}
