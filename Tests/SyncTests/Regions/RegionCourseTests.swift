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
    }
  }

  private static func run(
    _ region: PermitRegion, changes: [(String, String)] = [],
    _ body: @escaping @Sendable (PermitFloor) async throws -> Void
  ) async throws {
    try await PermitFloor.run(region.window, from: "2026-10-12T09:00:00", changes: changes, body)
  }

  private static func signOff() throws -> SignOff { try SignOff(name: "op-1", reason: "asked at the window") }

  /// Opens a case of the region's approvals, with the item that the courses follow or all of them, and hands it in.
  private static func open(
    _ region: PermitRegion, _ floor: PermitFloor, all: Bool = false
  ) async throws -> PermitCaseID {
    let id = try await floor.open(
      region.area, region.approval.facts, needing: all ? region.approval.items : [region.item])
    try await floor.goOn(to: "2026-10-12T10:00:00")
    return id
  }

  // MARK: - Ways

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
            let facts = try PermitFloor.facts(text, needing: PermitItem.allCases)
            let decided = try #require(
              PermitFloor.repositoryPolicies.permits(forRegion: region.area, facts, on: day))
            let found = decided.decisions.filter { $0.way?.ruling?.rule.outcome == way }.map(\.item)
            #expect(found.isEmpty, "\(why); but \(text)")
            lines += 1
          }
        }
      }
    }
    #expect(lines == 72)
  }

  /// What is exempt, and what the line does not touch, is handed in nowhere; the rest is.
  private static func exempt(_ region: PermitRegion) async throws {
    guard let line = region.exempt else {
      try expectAbsent(.exempt, region)
      return try await run(region) { floor in
        let id = try await open(region, floor)
        for item in PermitItem.allCases {
          let attempt = try await floor.item(item, of: id).attempt
          #expect((attempt.state == nil) == (item != region.item), "\(item)")
          #expect((attempt.push == nil) == (item != region.item), "\(item)")
        }
        #expect(floor.sandbox.permitCases.map(\.item) == [region.item.rawValue])
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

  // MARK: - Courses of an approval

  /// 补正 twice, each over a night: neither of the days on which it goes on counts.
  private static func supplementTwice(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let (item, limited) = (region.item, region.days.accepted != nil)
      let id = try await open(region, floor)
      try await floor.decide(.accepted, [item], of: id)
      for (round, asked, answered) in [(1, "2026-10-12", "2026-10-13"), (2, "2026-10-14", "2026-10-15")] {
        try await floor.goOn(to: asked + "T14:00:00")
        try await floor.decide(.correction, [item], of: id)
        try await floor.goOn(to: asked + "T16:00:00")
        #expect(try await floor.states([item], of: id) == [.supplement], "\(round)")
        if limited { #expect(try await floor.clock(item, of: id)?.due == .open, "\(round)") }
        try await floor.goOn(to: answered + "T10:00:00")
        _ = try await floor.people().supplement(
          PermitPlace(id, item), with: [PermitFloor.material("traffic-plan", answered)], remarks: nil)
        try await floor.work()
        #expect(try await floor.states([item], of: id) == [.accepted], "\(round)")
        #expect(
          try await floor.lastDay(item, of: id)
            == (round == 1 ? region.days.pausedOnce : region.days.pausedTwice),
          "\(round)")
      }
      #expect(try await floor.effects(item, of: id).map(\.supplements) == [2])
      try await floor.decide(.approved, [item], of: id)
      try await floor.goOn(to: "2026-10-15T13:00:00")
      let decided = try await floor.item(item, of: id)
      #expect(decided.attempt.state == .approved)
      #expect(try await floor.clock(item, of: id)?.isLate != true)
      #expect(PermitProgress(decided.events.known()).misfits.isEmpty)
    }
  }

  /// What the interface refuses, what the window does not take and what it declines is handed in again, each time as another
  /// attempt that is linked to the one before.
  private static func refuseAndTakeAgain(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let item = region.item
      floor.fault(.refusal, try #require(floor.desk.client.adapter.window?.items[item]))
      let id = try await open(region, floor)
      #expect(try await floor.states([item], of: id) == [.refused])
      #expect(floor.sandbox.permitCases.isEmpty)
      var (hour, attempt) = (10, 1)
      func again(_ words: [WindowCase.State], _ state: PermitState) async throws {
        let next = try await floor.people().retry(PermitPlace(id, item))
        try await floor.work()
        attempt += 1
        for word in words {
          try await floor.decide(word, [item], of: id)
          hour += 1
          try await floor.goOn(to: "2026-10-12T\(hour):00:00")
        }
        let now = try await floor.item(item, of: id).attempt
        #expect(now.id == next && now.attempt == attempt && now.state == state)
        #expect(try await floor.effects(item, of: id).count == 1)
      }
      try await again([.refused], .refused)
      try await again([.accepted, .rejected], .rejected)
      try await again([.accepted], .accepted)
      #expect(try await floor.lastDay(item, of: id) == region.days.accepted)
      try await floor.decide(.approved, [item], of: id)
      try await floor.goOn(to: "2026-10-12T16:00:00")
      let attempts = try await floor.attempts(item, of: id)
      #expect(attempts.map(\.state) == [.refused, .refused, .rejected, .approved])
      #expect(attempts.map(\.follows) == [nil] + attempts.dropLast().map(\.id))
      #expect(Set(attempts.compactMap(\.push)).count == 4)
      #expect(floor.sandbox.permitCases.count == 3)
    }
  }

  /// No answer comes in time: whoever can be asked is asked, whoever knows our number gets it again, and otherwise a person
  /// finds out. Nothing is there twice.
  private static func timeOut(_ region: PermitRegion) async throws {
    try await run(region, changes: [("idle: 30s", "idle: 500ms")]) { floor in
      let items = region.approval.items
      let adapter = floor.desk.client.adapter
      let window = try #require(adapter.window)
      let operations = Set(items.compactMap { window.items[$0] })
      for operation in operations { floor.fault(.stallAfter(seconds: 2), operation) }
      let id = try await open(region, floor, all: true)
      try await floor.goOn(to: "2026-10-13T09:00:00")
      var (doubtful, lost) = ([PermitItem](), 0)
      for item in items {
        let push = try await floor.push(item, of: id)
        lost += try await floor.desk.pushes.history(of: push.id).count { $0.event == .lost }
        #expect(try await floor.effects(item, of: id).count == 1, "\(item)")
        guard push.state == .unknown else {
          #expect(push.state == .accepted, "\(item)")
          continue
        }
        #expect(push.idempotency == .neither, "\(item)")
        #expect(try await floor.states([item], of: id) == [.planned], "\(item)")
        doubtful.append(item)
      }
      // One of each operation met the silence; on a slow machine perhaps another one.
      #expect(lost >= operations.count)
      let blind = Set(
        try items.compactMap { try floor.routes().items[$0] }.filter { route in
          guard case .push(let push) = route.operation.purpose else { return false }
          return push.idempotency.class == .neither
        }.map(\.operation.name))
      #expect(doubtful.count >= blind.count && doubtful.isEmpty == blind.isEmpty)
      for item in doubtful {
        let receipt = try await floor.effects(item, of: id).first?.receipt
        try await floor.desk.pushes.decide(
          .happened(receipt: receipt), about: try await floor.push(item, of: id).id, by: try signOff())
      }
      try await floor.goOn(to: "2026-10-13T11:00:00")
      let untold = window.untold
      #expect(
        try await floor.states(items, of: id) == items.map { untold.contains($0) ? .submitted : .received })
      #expect(floor.sandbox.permitCases.count == items.count)
    }
  }

  /// 补录: the acceptance was a day before the window says, and the decision is entered when it is found on paper; what was
  /// believed before stays to be seen.
  private static func enterLate(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let item = region.item
      let id = try await open(region, floor)
      try await floor.goOn(to: "2026-10-13T10:00:00")
      try await floor.decide(.accepted, [item], of: id)
      try await floor.goOn(to: "2026-10-14T09:00:00")
      let before = try await floor.item(item, of: id)
      #expect(try await floor.lastDay(item, of: id) == region.days.acceptedLater)
      func enter(_ event: PermitEvent, _ happened: String, retracting: ClockEvent? = nil) async throws {
        let result = try await floor.people().enter(
          PermitEntry(
            event, happened: try #require(CivilDateTime(iso: happened)), source: .person, reference: "slip",
            retracts: retracting.flatMap { Int64($0.id) }, signOff: try signOff()), of: PermitPlace(id, item))
        #expect(result.isNew && !result.isMisfit)
      }
      let accepted = try #require(before.events.first { $0.name == PermitEvent.accepted.rawValue })
      try await enter(.accepted, "2026-10-12T15:00:00", retracting: accepted)
      #expect(try await floor.lastDay(item, of: id) == region.days.accepted)
      let believed = try await floor.item(item, of: id, knownAt: "2026-10-13T18:00:00")
      #expect(believed.events.count == before.events.count)
      let then = try await floor.clock(item, of: id, knownAt: "2026-10-13T18:00:00")
      #expect(then?.lastDay?.description == region.days.acceptedLater)
      try await floor.goOn(to: "2026-10-16T10:00:00")
      let isShort = region.days.accepted == "2026-10-14"
      #expect((try await floor.clock(item, of: id)?.isLate == true) == isShort)
      try await enter(.approved, "2026-10-14T16:00:00")
      let decided = try await floor.item(item, of: id)
      #expect(decided.attempt.state == .approved)
      #expect(try await floor.clock(item, of: id)?.isLate != true)
      let undecided = try await floor.item(item, of: id, knownAt: "2026-10-16T09:00:00")
      #expect(undecided.state == .accepted)
      let running = try await floor.clock(item, of: id, knownAt: "2026-10-16T09:00:00")
      #expect((running?.isLate == true) == isShort)
      #expect(try await floor.permits.list(isOpen: false, limit: 1).map(\.id) == [id])
    }
  }

  /// The platform answers nobody for a day, when it is handed in and again when it decides: nothing is lost, nothing is there
  /// twice, and what was decided in time was in time.
  private static func beDown(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let (item, items) = (region.item, region.approval.items)
      // Five times a day it says so.
      floor.fault(.unavailable(retryAfter: 17_280), each: true)
      let id = try await open(region, floor, all: true)
      try await floor.goOn(to: "2026-10-13T09:00:00")
      #expect(try await floor.states(items, of: id) == items.map { _ in .planned })
      #expect(floor.sandbox.permitCases.isEmpty)
      floor.sandbox.faults.removeAll()
      for item in items {
        let push = try await floor.push(item, of: id)
        guard push.idempotency == .neither, push.state == .unknown else { continue }
        // Whether it arrived nobody can ask; a person finds out.
        try await floor.desk.pushes.decide(.didNotHappen, about: push.id, by: try signOff())
      }
      try await floor.goOn(to: "2026-10-13T16:00:00")
      let untold = try floor.routes().untold
      #expect(
        try await floor.states(items, of: id) == items.map { untold.contains($0) ? .submitted : .received })
      for item in items { #expect(try await floor.effects(item, of: id).count == 1, "\(item)") }
      try await floor.decide(.accepted, [item], of: id)
      try await floor.goOn(to: "2026-10-13T18:00:00")
      #expect(try await floor.lastDay(item, of: id) == region.days.acceptedLater)
      floor.fault(.unavailable(retryAfter: 17_280), each: true)
      try await floor.goOn(to: "2026-10-14T10:00:00")
      try await floor.decide(.approved, [item], of: id)
      try await floor.goOn(to: "2026-10-15T10:00:00")
      #expect(try await floor.states([item], of: id) == [.accepted])
      floor.sandbox.faults.removeAll()
      try await floor.goOn(to: "2026-10-15T17:00:00")
      let heard = try await floor.item(item, of: id)
      #expect(heard.attempt.state == .approved)
      #expect(try await floor.clock(item, of: id)?.isLate != true)
      #expect(PermitProgress(heard.events.known()).misfits.isEmpty)
    }
  }
}
