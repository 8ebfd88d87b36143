import Adapters
import Applications
import CivilTime
import Exchanges
import Journal
@testable import Pushing
import SQLDatabase
import Sandbox
import Sync
import Testing
import Work

/// Pushes on their way: through faults of the platform and ends of the process at each point.
@Suite struct PushWorkflowTests {
  private static func person() throws -> SignOff {
    try SignOff(name: "op-1", reason: "asked at the window")
  }

  @Test func whatIsHandedInIsSentOnce() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("route-planning")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      let effects = try await desk.effects(ticket.id)
      #expect(effects.map(\.submissions) == [1])
      #expect(try await desk.pushes.acknowledgement(of: ticket.id)?.receipt == effects.first?.receipt)
      #expect(try await desk.outcomes() == ["route-planning succeeded"])
      #expect(try await desk.pushes.history(of: ticket.id).map(\.event) == [.begun, .accepted])
    }
  }

  /// The same twice is a duplicate of the first; another content of the same application waits for it.
  @Test func theSameContentIsADuplicate() async throws {
    try await PushDesk.run { desk in
      let first = try await desk.submit("road-digging")
      let second = try await desk.submit("road-digging")
      #expect(second.duplicateOf == first.id)
      let other = try await desk.submit("road-digging") { $0["remarks"] = .text("另") }
      #expect(other.duplicateOf == nil)
      try await desk.settle()
      let third = try await desk.submit("road-digging")
      #expect(third.duplicateOf == first.id)
      // They stand as their first does.
      for id in [second.id, third.id] { #expect(try await desk.state(id) == .accepted) }
      var filter = PushFilter()
      filter.states = [.queued, .accepted]
      #expect(try await desk.pushes.list(filter).map(\.id) == [other.id, first.id])
      try await desk.settle()
      #expect(desk.bench.sandbox.permitCases.count == 2)
      #expect(
        try await desk.pushes.acknowledgement(of: third.id)?.receipt
          == desk.pushes.acknowledgement(of: first.id)?.receipt)
    }
  }

  /// Each fault with each class of idempotency: what becomes of the push by itself, and how often the window has it.
  @Test(
    arguments: [
      ("route-planning", .resetAfter, .accepted, 1), ("route-planning", .reset, .accepted, 1),
      ("route-planning", .halfBody, .accepted, 1), ("route-planning", .htmlPage, .accepted, 1),
      ("road-digging", .resetAfter, .accepted, 1), ("road-digging", .reset, .accepted, 1),
      ("road-digging", .badGateway, .accepted, 1), ("road-digging", .quota, .accepted, 1),
      ("road-digging", .expiredToken, .accepted, 1), ("road-digging", .refusal, .refused, 0),
      ("greening", .resetAfter, .unknown, 1), ("greening", .reset, .unknown, 0),
      ("greening", .quota, .accepted, 1), ("greening", .duplicateAnswer, .accepted, 1),
    ] as [(String, FaultKind, PushState, Int)])
  func faults(_ item: String, _ fault: FaultKind, _ state: PushState, _ effects: Int) async throws {
    try await PushDesk.run { desk in
      desk.fault(fault, item)
      let ticket = try await desk.submit(item)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == state)
      #expect(try await desk.effects(ticket.id).count == effects)
    }
  }

  @Test func theProbeIsNotAskedBeforeThePlatformCanKnow() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "road-digging")
      let ticket = try await desk.submit("road-digging")
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .unknown)
      desk.bench.clock.advance(seconds: 59)
      try await desk.work()
      #expect(try await desk.push(ticket.id).probes == 0)
      desk.bench.clock.advance(seconds: 2)
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.outcomes() == ["road-digging succeeded", "status succeeded"])
    }
  }

  @Test func aPersonDecidesWhereNobodyCanBeAsked() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "greening")
      let ticket = try await desk.submit("greening", sequence: "case-1")
      let behind = try await desk.submit("road-digging", sequence: "case-1")
      let beside = try await desk.submit("road-digging", number: "SQ-2", sequence: "case-2")
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown)
      #expect(try await desk.state(behind.id) == .queued, "its case waits")
      #expect(try await desk.state(beside.id) == .accepted, "nobody else does")
      await #expect(throws: PushError.self) {
        try await desk.pushes.decide(.retry, about: ticket.id, by: try Self.person())
      }
      try await desk.pushes.decide(.happened(receipt: "R-9"), about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.pushes.acknowledgement(of: ticket.id)?.receipt == "R-9")
      #expect(try await desk.state(behind.id) == .accepted)
      #expect(try await desk.effects(ticket.id).count == 1)
      #expect(try await desk.pushes.history(of: ticket.id).last?.signOff == Self.person())
      // Its exchange is no trouble any more, and still says who knew.
      let exchange = try #require(try await desk.push(ticket.id).exchange)
      for errorClass in ErrorClass.allCases {
        let troubled = try await desk.journal.list(ExchangeFilter(problemClass: errorClass)).map(\.id)
        #expect(!troubled.contains(exchange), "\(errorClass)")
      }
      let stored = try await desk.journal.exchange(exchange)
      #expect(stored.outcome == .succeeded && stored.problem?.message.contains("op-1") == true)
    }
  }

  /// A native key is sent again until there is an answer; what became of the requests before matters no more, and keeps nothing from being pruned.
  @Test func earlierRequestsOfWhatIsDecidedAreUnknownNoLonger() async throws {
    try await PushDesk.run { desk in
      let application = try await desk.submit("road-digging")
      try await desk.settle()
      desk.fault(.resetAfter, "withdraw", calls: 1...2)
      let ticket = try await desk.submit("withdraw", about: application.id)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(
        try await desk.outcomes() == [
          "road-digging succeeded", "withdraw failed", "withdraw failed", "withdraw succeeded",
        ])
      let lost = try await desk.journal.list(ExchangeFilter(outcome: .failed))
      #expect(lost.map(\.problemCode) == ["superseded", "superseded"])
      let end = Timestamp.now().advanced(bySeconds: 86_400)
      let policy = RetentionPolicy(
        rules: [], otherwise: RetentionTimes(bodies: .seconds(1), rows: .seconds(2)), kind: { _, _ in .push })
      let report = try await Retention(desk.journal, policy: policy, guards: []).run(now: end)
      #expect(report.held.isEmpty, "\(report.held)")
      #expect(try await desk.outcomes().isEmpty)
    }
  }

  /// A case is named by people, and the queue by the program: neither name is taken for the other.
  @Test func aCaseIsNoSequenceOfSomethingElse() async throws {
    try await PushDesk.run { desk in
      let key = OperationKey(platform: "real-estate-xml", operation: "deeds")
      let ticket = try await desk.submit(
        "greening", sequence: PushRequest.sequence(ofCase: key.description))
      #expect(try await desk.push(ticket.id).caseName == key.description)
      let (pulls, now) = (PullDesk(desk.queue), desk.bench.clock.now)
      let turn = try await pulls.take(key, now: now)
      #expect(turn.lease.kind == .pull)
      try await pulls.giveBack(turn, now: now)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      for (name, count) in [(key.description, 1), ("case/" + key.description, 1), ("another", 0)] {
        var filter = PushFilter()
        filter.caseName = name
        #expect(try await desk.pushes.list(filter).count == count)
      }
      // Nor is what stands in the place of a run taken for one.
      let other = try await desk.submit("greening", number: "SQ-2", sequence: key.description)
      let error = await #expect(throws: WorkError.self) { try await pulls.take(key, now: now) }
      #expect(error?.code == .wrongState)
      try await desk.settle()
      #expect(try await desk.state(other.id) == .accepted)
    }
  }

  /// What an older program had taken in under the name of a case goes on in that case.
  @Test func casesOfOlderProgramsGoOn() async throws {
    try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/a.sqlite")
      let old = SchemaComponent(
        name: PushSchema.component.name, migrations: Array(PushSchema.component.migrations.prefix(7)))
      try await database.migrate([WorkSchema.component, old])
      let digest = String(repeating: "0a", count: 32)
      let names = ["C-1", "real-estate-xml/deeds", digest, "permit-1-greening", "disagreement-7"]
      try await database.write { transaction in
        for (number, name) in names.enumerated() {
          try transaction.execute(
            """
            INSERT INTO push (platform, operation, item, key, sequence, business, content, state, idempotency, attempts,
              probes, doubtful, was_known, request_id, created, changed, work)
            VALUES ('p', 'o', 'i', ?1, ?2, x'00', ?3, 'queued', 'neither', 0, 0, 0, 0, 'r', 1, 1, ?4)
            """, .text("\(number)"), .text(name), .blob([UInt8(number)]), .int(number + 1))
          try transaction.execute(
            """
            INSERT INTO work_item (kind, lane, sequence, business_key, content_digest, priority, state, due, enqueued,
              attempts, fence, orphaned) VALUES ('push', 'p/o', ?1, ?2, x'00', 0, 'ready', 1, 1, 0, 0, 0)
            """, .text(name), .blob([UInt8(number)]))
        }
      }
      try await database.migrate([WorkSchema.component, PushSchema.component])
      let expected = ["case/C-1", "case/real-estate-xml/deeds"] + names.dropFirst(2)
      let (pushes, work) = try await database.read { reader in
        (
          try reader.query("SELECT sequence FROM push ORDER BY id") { $0.text(0) },
          try reader.query("SELECT sequence FROM work_item ORDER BY id") { $0.text(0) }
        )
      }
      #expect(pushes == expected && work == expected)
      await database.close()
    }
  }

  @Test func aPersonLetsItBeSentAgain() async throws {
    try await PushDesk.run { desk in
      desk.fault(.reset, "greening")
      let ticket = try await desk.submit("greening")
      try await desk.settle()
      try await desk.pushes.decide(.didNotHappen, about: ticket.id, by: try Self.person())
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).count == 1)
      #expect(try await desk.outcomes() == ["greening failed", "greening succeeded"])
    }
  }

  /// A later request that meets trouble says nothing about the earlier one.
  @Test func doubtStaysUntilThePlatformHasAnswered() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "route-planning")
      desk.fault(.unavailable(retryAfter: 5), "status", calls: 1...2)
      let ticket = try await desk.submit("route-planning")
      try await desk.work()
      await #expect(throws: PushError.self) {
        try await desk.pushes.decide(.cancel, about: ticket.id, by: try Self.person())
      }
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.effects(ticket.id).map(\.submissions) == [1])
    }
  }

  @Test func aRefusedPushIsHandedInAgainAsANewOne() async throws {
    try await PushDesk.run { desk in
      desk.fault(.refusal, "road-digging")
      let first = try await desk.submit("road-digging")
      try await desk.settle()
      let second = try await desk.submit("road-digging", follows: first.id)
      await #expect(throws: PushError.self) { try await desk.submit("road-digging", follows: first.id) }
      try await desk.settle()
      #expect(try await desk.state(first.id) == .refused)
      #expect(try await desk.state(second.id) == .accepted)
      #expect(try await desk.push(second.id).follows == first.id)
      await #expect(throws: PushError.self) { try await desk.submit("road-digging", follows: second.id) }
    }
  }

  // Ends of the process.

  /// The request was made durable and the process ended: before anything left, after it had arrived, after the answer was in the journal.
  @Test(arguments: ["route-planning", "road-digging", "greening"], [false, true])
  func theProcessEndsWhileItIsSending(_ item: String, arrived: Bool) async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit(item)
      let lease = try #require(try await desk.claim())
      let route = try desk.route(item)
      let push = try await desk.push(ticket.id)
      // What the handler does up to the moment at which it ends.
      let recorder = EndingRecorder(desk, push, lease, endsAtBegin: !arrived)
      do {
        _ = try await desk.client.push(
          try await desk.handler.pushes.call(for: push), route.operation, recorder: recorder, requestID: "r",
          attempt: 1,
          parent: nil)
      } catch is EndingRecorder.End {}
      #expect(try await desk.state(ticket.id) == .sending)
      // Nobody takes it over as long as the lease lasts.
      try await desk.work()
      #expect(try await desk.state(ticket.id) == .sending)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      let effects = try await desk.effects(ticket.id).count
      if item == "greening" {
        #expect(try await desk.state(ticket.id) == .unknown)
        #expect(effects == (arrived ? 1 : 0))
      } else {
        #expect(try await desk.state(ticket.id) == .accepted)
        #expect(effects == 1)
      }
      // Whoever wakes up late changes nothing any more.
      await #expect(throws: WorkError.self) {
        try await desk.database.write { try desk.queue.check(lease, in: $0) }
      }
    }
  }

  /// The answer had reached the journal and nobody had read it: it counts, and nobody is asked.
  @Test func anAnswerInTheJournalCounts() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let lease = try #require(try await desk.claim())
      let push = try await desk.push(ticket.id)
      let recorder = EndingRecorder(desk, push, lease, endsAtBegin: false, keepsAnswer: true)
      _ = try await desk.client.push(
        try await desk.handler.pushes.call(for: push), try desk.route("greening").operation,
        recorder: recorder,
        requestID: "r", attempt: 1, parent: nil)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(
        try await desk.pushes.acknowledgement(of: ticket.id)?.receipt
          == desk.effects(ticket.id).first?.receipt)
      #expect(try await desk.outcomes() == ["greening succeeded"])
    }
  }

  /// A process that was held up finds that somebody else has the work; what the platform said still counts.
  @Test func anAnswerAfterTheTakeoverCounts() async throws {
    try await PushDesk.run { desk in
      let ticket = try await desk.submit("greening")
      let slow = try #require(try await desk.claim())
      let push = try await desk.push(ticket.id)
      let recorder = EndingRecorder(desk, push, slow, endsAtBegin: false)
      let (exchange, answer) = try await desk.client.push(
        try await desk.handler.pushes.call(for: push), try desk.route("greening").operation,
        recorder: recorder,
        requestID: "r", attempt: 1, parent: nil)
      desk.bench.clock.advance(seconds: 30)
      try await desk.settle()
      #expect(try await desk.state(ticket.id) == .unknown)
      let handler = desk.handler
      try await handler.settle(
        handler.judge(answer, exchange, of: push, try desk.route("greening"), slow), of: push, slow)
      #expect(try await desk.state(ticket.id) == .accepted)
      #expect(try await desk.pushes.history(of: ticket.id).last?.event == .late)
    }
  }

  @Test func theChainHoldsAfterAllThis() async throws {
    try await PushDesk.run { desk in
      desk.fault(.resetAfter, "road-digging")
      desk.fault(.refusal, "greening")
      for item in ["route-planning", "road-digging", "greening"] { try await desk.submit(item) }
      try await desk.settle()
      _ = try await desk.journal.checkpoint()
      let verification = try await Journal.verify(desk.database)
      #expect(verification.finding == nil)
    }
  }
}

/// Records as the handler does, up to the moment at which its process ends.
private final class EndingRecorder: PushRecorder {
  struct End: Error {}

  private let desk: PushDesk
  private let push: Push
  private let lease: WorkLease
  private let endsAtBegin: Bool
  private let keepsAnswer: Bool

  init(_ desk: PushDesk, _ push: Push, _ lease: WorkLease, endsAtBegin: Bool, keepsAnswer: Bool = false) {
    self.desk = desk
    self.push = push
    self.lease = lease
    self.endsAtBegin = endsAtBegin
    self.keepsAnswer = keepsAnswer
  }

  func begin(_ exchange: Exchange) async throws -> ExchangeID {
    let id = try await PushHandler.Attempt(desk.handler, push, lease).begin(exchange)
    if endsAtBegin { throw End() }
    return id
  }

  func answer(_ id: ExchangeID, _ exchange: Exchange) async throws {
    if keepsAnswer { try await desk.journal.answer(id, exchange) }
  }
}
