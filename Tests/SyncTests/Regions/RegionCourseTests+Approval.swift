import Adapters
import Applications
import Calendars
import CivilTime
import Exchanges
import Permits
import Policies
import Pushing
import Sandbox
import Testing

/// What may become of an approval on its way.
extension RegionCourseTests {
  /// 补正 twice, each over a night: neither of the days on which it goes on counts.
  static func supplementTwice(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let item = region.item
      let id = try await open(region, floor)
      try await floor.decide(.accepted, [item], of: id)
      for (round, asked, answered) in [(1, "2026-10-12", "2026-10-13"), (2, "2026-10-14", "2026-10-15")] {
        try await floor.goOn(to: asked + "T14:00:00")
        try await floor.decide(.correction, [item], of: id)
        try await floor.goOn(to: asked + "T16:00:00")
        #expect(try await floor.states([item], of: id) == [.supplement], "\(round)")
        #expect(try await floor.clock(item, of: id)?.due == .open, "\(round)")
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
  static func refuseAndTakeAgain(_ region: PermitRegion) async throws {
    try await run(region) { floor in
      let item = region.item
      floor.fault(.refusal, try #require(floor.desk.client.adapter.window?.items[item]))
      let id = try await open(region, floor)
      #expect(try await floor.states([item], of: id) == [.refused])
      #expect(region.cases(floor).isEmpty)
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
      #expect(region.cases(floor).count == 3)
    }
  }

  /// No answer comes in time: whoever can be asked is asked, whoever knows our number gets it again, and otherwise a person
  /// finds out. Nothing is there twice.
  static func timeOut(_ region: PermitRegion) async throws {
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
      // Whoever found out, and a day later: the windows had them on the day on which they were sent.
      for item in items {
        let filed = try await floor.item(item, of: id).events.first { $0.name == "submitted" }
        #expect(filed?.happened.date.description == "2026-10-12", "\(item)")
        if doubtful.contains(item) {
          let reached = try await floor.desk.pushes.reached(try await floor.push(item, of: id))
          #expect(filed?.happened == reached.civil(offsetSeconds: UTCOffset.china), "\(item)")
        }
      }
      let untold = window.untold
      #expect(
        try await floor.states(items, of: id) == items.map { untold.contains($0) ? .submitted : .received })
      #expect(region.cases(floor).count == items.count)
    }
  }

  /// 补录: the acceptance was a day before the window says, and the decision is entered when it is found on paper; what was
  /// believed before stays to be seen.
  static func enterLate(_ region: PermitRegion) async throws {
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
  ///
  /// - Parameter wire: refuses connections meanwhile; nil: it is the platform that says it is not there.
  static func beDown(_ region: PermitRegion, behind wire: Wire? = nil) async throws {
    try await run(region, wire: wire) { floor in
      let (item, items) = (region.item, region.approval.items)
      func goDown() {
        // Five times a day it says so.
        if let wire { wire.refuse() } else { floor.fault(.unavailable(retryAfter: 17_280), each: true) }
      }
      func comeBack() {
        if let wire { wire.start() } else { floor.sandbox.faults.removeAll() }
      }
      goDown()
      let id = try await open(region, floor, all: true)
      try await floor.goOn(to: "2026-10-13T09:00:00")
      #expect(try await floor.states(items, of: id) == items.map { _ in .planned })
      #expect(region.cases(floor).isEmpty)
      comeBack()
      for item in items {
        let push = try await floor.push(item, of: id)
        // What never left is in no doubt.
        if wire != nil { #expect(push.state == .queued, "\(item)") }
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
      goDown()
      try await floor.goOn(to: "2026-10-14T10:00:00")
      try await floor.decide(.approved, [item], of: id)
      try await floor.goOn(to: "2026-10-15T10:00:00")
      #expect(try await floor.states([item], of: id) == [.accepted])
      comeBack()
      try await floor.goOn(to: "2026-10-15T17:00:00")
      let heard = try await floor.item(item, of: id)
      #expect(heard.attempt.state == .approved)
      #expect(try await floor.clock(item, of: id)?.isLate != true)
      #expect(PermitProgress(heard.events.known()).misfits.isEmpty)
    }
  }
}
