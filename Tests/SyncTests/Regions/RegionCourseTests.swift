import Adapters
import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Policies
import Pushing
import Sandbox
import Synchronization
import Testing

/// Every course in every region: from the policy's decision, by the region's own window, to the end.
@Suite struct RegionCourseTests {
  @Test(arguments: PermitRegion.all, PermitCourse.allCases)
  func eachRegionTakesEachCourse(_ region: PermitRegion, _ course: PermitCourse) async throws {
    switch course {
    case .exempt: try await Self.exempt(region)
    case .promise: try await Self.handInOnly(region, .promise)
    case .filing: try await Self.handInOnly(region, .filing)
    case .approval: try await Self.approve(region)
    case .supplementTwice: try await Self.supplementTwice(region)
    case .refusedAndAgain: try await Self.refuseAndTakeAgain(region)
    case .unknownOutcome: try await Self.timeOut(region)
    case .lateEntry: try await Self.enterLate(region)
    case .platformDown: try await Self.beDown(region)
    case .platformUnreachable: try await Self.beDown(region, behind: Wire())
    }
  }

  static func run(
    _ region: PermitRegion, changes: [(String, String)] = [], wire: Wire? = nil,
    _ body: @escaping @Sendable (PermitFloor) async throws -> Void
  ) async throws {
    try await PermitFloor.run(
      region.window, of: region.area, from: "2026-10-12T09:00:00", changes: changes, wire: wire, body)
  }

  static func signOff() throws -> SignOff { try SignOff(name: "op-1", reason: "asked at the window") }

  /// Opens a case of the region's approvals, with the item that the courses follow or all of them, and hands it in.
  static func open(
    _ region: PermitRegion, _ floor: PermitFloor, all: Bool = false
  ) async throws -> PermitCaseID {
    let id = try await floor.open(
      region.area, region.approval.facts, needing: all ? region.approval.items : [region.item],
      crossings: region.approval.crossings)
    try await floor.goOn(to: "2026-10-12T10:00:00")
    return id
  }

  /// That the policy decides a way for no line, with the reason.
  private static func expectAbsent(_ way: PermitWay, _ region: PermitRegion) throws {
    let why = try #require(region.absent[way], "\(way) has neither a line nor a reason")
    let day = try #require(CivilDate(iso: "2026-10-12"))
    var lines = 0
    for voltage in ["0.4", "10", "110"] {
      for (capacity, length) in [(100, 100), (160, 150), (630, 151), (5000, 501)] {
        for customer in ["resident", "small-micro", "other"] {
          for side in ["inside", "outside"] {
            let text = """
              "voltage": \(voltage), "capacity": \(capacity), "length": \(length), "customer": "\(customer)", "red-line": "\(side)"
              """
            for crossings in [[], ["municipal-road"], ["highway"], ["railway", "south-north-water"]] {
              for trees in ["ordinary", "protected"] {
                let facts = try PermitFloor.facts(
                  text, needing: PermitItem.allCases, crossings: crossings, trees: trees)
                let decided = try #require(
                  PermitFloor.repositoryPolicies.permits(forRegion: region.area, facts, on: day))
                let found = decided.decisions.filter { $0.way?.ruling?.rule.outcome == way }.map(\.item)
                #expect(found.isEmpty, "\(why); but \(text), \(crossings), \(trees)")
                lines += 1
              }
            }
          }
        }
      }
    }
    #expect(lines == 72 * 8)
  }

  /// What is exempt, and what the line does not touch, is handed in nowhere; the rest is.
  private static func exempt(_ region: PermitRegion) async throws {
    guard let line = region.exempt else {
      try expectAbsent(.exempt, region)
      return try await run(region) { floor in
        let id = try await open(region, floor)
        for item in PermitItem.allCases {
          let attempt = try await floor.item(item, of: id).attempt
          let isHandedIn = item == region.item || region.beside.contains(item)
          #expect((attempt.state != nil) == isHandedIn && (attempt.push != nil) == isHandedIn, "\(item)")
        }
        #expect(region.cases(floor).map(\.item) == [region.item.rawValue])
      }
    }
    try await run(region) { floor in
      let id = try await open(region, floor)
      for item in line.items {
        let attempt = try await floor.item(item, of: id).attempt
        #expect(attempt.state == nil && attempt.push == nil, "\(item)")
        #expect(try await floor.way(item, of: id) == PermitWay.exempt.rawValue, "\(item)")
        #expect(try await floor.clauses(item, of: id) == line.clauses, "\(item)")
      }
      #expect(try await floor.states([region.item], of: id) == [.received])
      #expect(floor.sandbox.permitCases.map(\.item) == [region.item.rawValue])
    }
  }

  /// A promise or a filing waits for nobody, and lies at the window once, though the first answer is lost.
  private static func handInOnly(_ region: PermitRegion, _ way: PermitWay) async throws {
    guard let line = region.line(way) else { return try expectAbsent(way, region) }
    try await run(region) { floor in
      let window = try #require(floor.desk.client.adapter.window)
      let operations = way == .promise ? window.promises : window.filings
      floor.fault(.resetAfter, operations[line.items[0]] ?? window.items[line.items[0]])
      let id = try await floor.open(region.area, line.facts, needing: line.items)
      try await floor.goOn(to: "2026-10-12T10:00:00")
      #expect(try await floor.states(line.items, of: id) == line.items.map { _ in .filed })
      for item in line.items {
        #expect(try await floor.item(item, of: id).attempt.way == way, "\(item)")
        #expect(try await floor.clauses(item, of: id) == line.clauses, "\(item)")
        let operation = try #require(operations[item] ?? window.items[item])
        #expect(try await floor.push(item, of: id).operation == operation, "\(item)")
        #expect(try await floor.effects(item, of: id).count == 1, "\(item)")
      }
    }
  }

  /// All that the line needs side by side; the window enters a day later what it decided in time.
  private static func approve(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let items = region.approval.items
      let id = try await open(region, floor, all: true)
      let untold = try floor.routes().untold
      for item in items {
        #expect(try await floor.clauses(item, of: id).first == region.approval.clauses[0], "\(item)")
        #expect(try await floor.effects(item, of: id).count == 1, "\(item)")
      }
      #expect(try await floor.clauses(region.item, of: id).starts(with: region.approval.clauses))
      let told = items.filter { !untold.contains($0) }
      #expect(try await floor.states(told, of: id) == told.map { _ in .received })
      try await floor.decide(.accepted, items, of: id)
      try await floor.goOn(to: "2026-10-12T13:00:00")
      #expect(try await floor.states(told, of: id) == told.map { _ in .accepted })
      #expect(try await floor.lastDay(region.item, of: id) == region.days.accepted)
      try await floor.goOn(to: "2026-10-15T10:00:00")
      // Two days are over by then.
      let isShort = region.days.accepted == "2026-10-14"
      #expect((try await floor.clock(region.item, of: id)?.isLate == true) == isShort)
      try await floor.decide(.approved, items, of: id, happened: "2026-10-14T16:00:00")
      try await floor.goOn(to: "2026-10-15T13:00:00")
      #expect(try await floor.states(told, of: id) == told.map { _ in .approved })
      let decided = try await floor.item(region.item, of: id)
      #expect(try await floor.clock(region.item, of: id)?.isLate != true)
      #expect(PermitProgress(decided.events.known()).misfits.isEmpty)
      // Nobody is told of these: somebody finds out.
      for item in items where untold.contains(item) {
        #expect(try await floor.states([item], of: id) == [.submitted])
        _ = try await floor.people().enter(
          PermitEntry(
            .approved, happened: try #require(CivilDateTime(iso: "2026-10-14T16:00:00")), source: .person,
            reference: "slip", signOff: try signOff()), of: PermitPlace(id, item))
      }
      #expect(try await floor.permits.list(isOpen: false, limit: 1).map(\.id) == [id])
    }
  }
}
