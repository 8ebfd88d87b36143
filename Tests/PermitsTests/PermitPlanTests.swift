import Applications
import CivilTime
import Documents
import Permits
import Policies
import Testing

@Suite struct PermitPlanTests {
  private func decisions(_ order: String = "", _ facts: String = #"{"length": 200}"#) throws
    -> [PermitDecision]
  {
    let yaml = """
      policy: a
      title: 甲
      region: "110000"
      documents: {D: {title: 文件}}
      clock: {starts: [accepted], ends: [approved]}
      permits:
        needs:
          - {id: n, clause: D, items: [route-planning, road-occupation, road-digging], need: needed}
          - {id: m, clause: D, items: [greening], need: not-needed}
        ways:
          - {id: w1, clause: D, items: [route-planning, greening], way: approval}
          - {id: w2, clause: D, items: [road-occupation], when: {length: {over: 100}}, way: promise}
          - {id: w3, clause: D, items: [road-occupation], when: {length: {to: 100}}, way: exempt}
          - {id: w4, clause: D, items: [road-digging], way: exempt}
        limits: [{id: l, clause: D, limit: 5 working days}]
        materials:
          - {id: all, clause: D 1, need: [drawing]}
          - {id: letter, clause: D 2, ways: [promise], need: [letter]}
      \(order)
      """
    let diagnostics = Diagnostics()
    let library = PolicyLibrary([.init(name: "a", file: "a.yaml", bytes: Array(yaml.utf8))], diagnostics)
    #expect(diagnostics.all.map(\.description) == [])
    let known = try Facts(decoding: JSONDocument(parsing: facts).root)
    let day = try #require(CivilDate(iso: "2024-01-01"))
    return try #require(library.permits(forRegion: "110000", known, on: day)).decisions
  }

  private let complete: [PermitItem: Set<String>] = [
    .routePlanning: ["drawing"], .roadOccupation: ["drawing", "letter"],
  ]

  @Test func aLineWithAllItsFilesCanBeHandedIn() throws {
    let plan = PermitPlan(try decisions(), materials: complete)
    #expect(plan.steps[.routePlanning] == .handIn(.approval, after: []))
    #expect(plan.steps[.roadOccupation] == .handIn(.promise, after: []))
    #expect(plan.steps[.roadDigging] == .exempt)
    #expect(plan.steps[.greening] == .notNeeded)
    #expect(plan.isComplete)
  }

  @Test func missingFilesAreNamedWithTheirClause() throws {
    let plan = PermitPlan(try decisions(), materials: [.roadOccupation: ["drawing"]])
    guard case .incomplete(let missing)? = plan.steps[.roadOccupation] else {
      Issue.record("\(String(describing: plan.steps[.roadOccupation]))")
      return
    }
    #expect(missing.map(\.code) == ["letter"])
    #expect(missing.map(\.clause.description) == ["D 2"])
    #expect(!plan.isComplete)
  }

  @Test func whatIsNotKnownKeepsItFromBeingHandedIn() throws {
    let plan = PermitPlan(try decisions("", "{}"), materials: complete)
    #expect(plan.steps[.roadOccupation] == .undecided([.length]))
    #expect(!plan.isComplete)
  }

  @Test func itemsWaitForThoseBeforeThem() throws {
    let order =
      "  order: [{id: o, clause: D, items: [route-planning], after: [road-occupation, road-digging]}]"
    let plan = PermitPlan(try decisions(order), materials: complete)
    // An exempt item is waited for by nobody.
    #expect(plan.steps[.routePlanning] == .handIn(.approval, after: [.roadOccupation]))
    let found = try #require(plan.order)
    #expect(found.firstIndex(of: .roadOccupation)! < found.firstIndex(of: .routePlanning)!)
    let circle = """
        order:
          - {id: o, clause: D, items: [route-planning], after: [road-occupation]}
          - {id: p, clause: D, items: [road-occupation], after: [route-planning]}
      """
    #expect(PermitPlan(try decisions(circle), materials: complete).order == nil)
  }
}
