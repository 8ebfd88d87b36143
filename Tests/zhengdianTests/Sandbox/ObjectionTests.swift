import Documents
import Exchanges
import Gateway
import Applications
import CivilTime
import Registry
import Replay
import SQLDatabase
import Sandbox
import Sync
import Telemetry
import Testing

@testable import Pushing
@testable import zhengdian

/// What two platforms disagree about, put to the one of less authority.
@Suite struct ObjectionTests {
  @Test func aPlatformIsToldWhatAnotherOneSays() async throws {
    try await SandboxSite.use { sandbox, demo in
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(demo.configurationFile, share: Checkout.path, diagnostics: diagnostics))
      try await Site.with(configuration, environment: [:], log: .silent) { site in
        for operation in ["hangzhou-data/property-deed", "changzhou-estate/deeds"] {
          let runner = try #require(site.station.runners(for: operation).first)
          #expect(await site.station.runNow(runner).problem == nil)
        }
        let registry = site.gateway.registry
        let found = try #require(
          try await registry.disagreements(DisagreementFilter(platform: "hangzhou-data", limit: 1)).first)
        let desk = ObjectionDesk(site.gateway, site.pushing)
        let ticket = try await desk.object(to: found.id, requestID: "r")
        #expect(try await registry.disagreement(found.id)?.state == .objected)
        // Once is enough.
        await #expect(throws: RegistryError.self) { try await desk.object(to: found.id, requestID: "r") }
        #expect(try await site.pushing.pushes.list(PushFilter()).map(\.id) == [ticket.id])
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await site.work.run() }
          while try await site.pushing.pushes.push(ticket.id)?.state.isFinal == false {
            try await Task.sleep(for: .milliseconds(10))
          }
          group.cancelAll()
        }
        #expect(try await site.pushing.pushes.push(ticket.id)?.state == .accepted)
        #expect(sandbox.dataObjections.count == 1)
      }
    }
  }

  @Test func whatWasNotToldOrIsWrongAgainIsToldAgain() async throws {
    try await SandboxSite.use { sandbox, demo in
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(demo.configurationFile, share: Checkout.path, diagnostics: diagnostics))
      try await Site.with(configuration, environment: [:], log: .silent) { site in
        for operation in ["hangzhou-data/property-deed", "changzhou-estate/deeds"] {
          let runner = try #require(site.station.runners(for: operation).first)
          #expect(await site.station.runNow(runner).problem == nil)
        }
        let (registry, pushes) = (site.gateway.registry, site.pushing.pushes)
        let found = try #require(
          try await registry.disagreements(DisagreementFilter(platform: "hangzhou-data", limit: 1)).first)
        let desk = ObjectionDesk(site.gateway, site.pushing)
        func state() async throws -> Disagreement.State? { try await registry.disagreement(found.id)?.state }
        func settle(_ id: PushID) async throws -> PushState? {
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await site.work.run() }
            while try await pushes.push(id)?.state.isFinal == false {
              try await Task.sleep(for: .milliseconds(10))
            }
            group.cancelAll()
          }
          return try await pushes.push(id)?.state
        }
        // Taken back before it was sent.
        let first = try await desk.object(to: found.id, requestID: "r")
        let cancelled = await CommandRun(
          "push", "cancel", "\(first.id)", "--reason", "b", "--operator", "a", "--config",
          demo.configurationFile,
          environment: [ShareFolder.variable: Checkout.path])
        #expect(cancelled.code == .done, "\(cancelled.errors)")
        #expect(try await state() == .open)
        let third = try await desk.object(to: found.id, requestID: "r")
        #expect(try await settle(third.id) == .accepted)
        #expect(try await state() == .objected && sandbox.dataObjections.count == 1)
        // Corrected, and a year later wrong in the same way: the ledger opens it again.
        try await site.gateway.database.write {
          _ = try $0.execute(
            "UPDATE disagreement SET state = 'open', said_since = coalesce(said_since, opened) + 1")
        }
        let later = try await desk.object(to: found.id, requestID: "r")
        #expect(later.duplicateOf == nil)
        #expect(try await settle(later.id) == .accepted)
        #expect(sandbox.dataObjections.count == 2)
      }
    }
  }

  /// A site with a disagreement of which the platform of less authority can be told.
  private static func withDisagreement(
    _ body: @escaping @Sendable (Site, Sandbox, DisagreementID) async throws -> Void
  ) async throws {
    try await SandboxSite.use { sandbox, demo in
      let diagnostics = Diagnostics()
      let configuration = try #require(
        SiteConfiguration.read(demo.configurationFile, share: Checkout.path, diagnostics: diagnostics))
      try await Site.with(configuration, environment: [:], log: .silent) { site in
        for operation in ["hangzhou-data/property-deed", "changzhou-estate/deeds"] {
          let runner = try #require(site.station.runners(for: operation).first)
          #expect(await site.station.runNow(runner).problem == nil)
        }
        let found = try #require(
          try await site.gateway.registry.disagreements(
            DisagreementFilter(platform: "hangzhou-data", limit: 1)
          ).first)
        try await body(site, sandbox, found.id)
      }
    }
  }

  private static func settle(_ site: Site, _ id: PushID) async throws -> PushState? {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await site.work.run() }
      while try await site.pushing.pushes.push(id)?.state.isFinal == false {
        try await Task.sleep(for: .milliseconds(10))
      }
      group.cancelAll()
    }
    return try await site.pushing.pushes.push(id)?.state
  }

  /// As if the platform had refused it.
  private static func refuse(_ site: Site, _ id: PushID) async throws {
    let (pushes, now) = (site.pushing.pushes, Timestamp.now())
    try await pushes.database.write { transaction in
      for event in [PushEvent.begun, .refused] {
        let push = try pushes.require(id, transaction)
        try pushes.apply(PushChange(event), to: push, in: transaction, at: now)
      }
    }
    #expect(try await pushes.push(id)?.state == .refused)
  }

  /// What was refused is told once more by a person, by a plan, and by its number: each is a repetition of it.
  @Test(arguments: ["object", "replay", "follows"])
  func whatWasRefusedIsRepeated(_ way: String) async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let (registry, pushes) = (site.gateway.registry, site.pushing.pushes)
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      #expect(try await registry.disagreement(id)?.state == .open)
      let push = try #require(try await pushes.push(first))
      let again: PushID
      switch way {
      case "object": again = try await desk.object(to: id, requestID: "r").id
      case "replay":
        let query = ReplayQuery(platform: push.platform, operation: push.operation)
        let outlook = try await site.replaying.library.look(
          for: query, depth: .repush, terms: ReplayTerms(), now: .now())
        #expect(outlook.originals.map(\.id) == [first.rawValue])
        let person = try SignOff(name: "op-1", reason: "mended")
        let replay = try await site.gateway.replays.keep(
          query, depth: .repush, terms: ReplayTerms(), outlook: outlook, by: person)
        _ = try await site.gateway.replays.start(replay, by: person)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await site.work.run() }
          while try await site.gateway.replays.replay(replay).counts.pending > 0 {
            try await Task.sleep(for: .milliseconds(10))
          }
          group.cancelAll()
        }
        let item = try #require(try await site.gateway.replays.items(of: replay).first)
        #expect(item.problemCode == nil)
        again = PushID(try #require(item.repetition))
      default:
        // As a person does who has the record: nothing of the occasion is known then.
        let (record, attachments) = try await pushes.content(of: first)
        let route = try #require(site.pushing.route(push.platform, push.operation))
        again = try await pushes.submit(
          PushRequest(
            record: record, attachments: attachments, sequence: push.sequence, follows: first,
            requestID: "r"), by: route
        ).id
      }
      #expect(try await pushes.push(again)?.follows == first)
      #expect(try await Self.settle(site, again) == .accepted)
      #expect(try await registry.disagreement(id)?.state == .objected)
      #expect(sandbox.dataObjections.count == 1)
    }
  }

  /// The first one turns out to be there after all: that counts, and that there may be two is told.
  @Test func aLateAcceptanceCounts() async throws {
    try await Self.withDisagreement { site, _, id in
      let (registry, pushes) = (site.gateway.registry, site.pushing.pushes)
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      #expect(try await registry.disagreement(id)?.state == .open)
      // A process that was held up had sent it too, and lost the answer.
      let now = Timestamp.now()
      _ = try await pushes.database.write { transaction in
        try pushes.apply(
          PushChange(.lateLost), to: try pushes.require(first, transaction), in: transaction, at: now)
      }
      await #expect(throws: PushError.self) { try await desk.object(to: id, requestID: "r") }
      #expect(try await registry.disagreement(id)?.state == .open)
      try await pushes.decide(
        .happened(receipt: nil), about: first, by: SignOff(name: "op-1", reason: "asked"))
      #expect(try await registry.disagreement(id)?.state == .objected)
    }
  }

  /// Repeated, and then the first one turns out to be there: taken back, the repetition opens nothing again.
  @Test func whatIsThereByAnotherPushStaysObjected() async throws {
    try await Self.withDisagreement { site, _, id in
      let (registry, pushes) = (site.gateway.registry, site.pushing.pushes)
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      let second = try await desk.object(to: id, requestID: "r").id
      #expect(try await pushes.push(second)?.follows == first)
      let now = Timestamp.now()
      let hasTwo = try await pushes.database.write { transaction in
        let known = try pushes.apply(
          PushChange(.late), to: try pushes.require(first, transaction), in: transaction, at: now)
        return try pushes.mayHaveTwo(known, by: .accepted, in: transaction)
      }
      #expect(hasTwo)
      try await pushes.decide(.cancel, about: second, by: SignOff(name: "op-1", reason: "it is there"))
      #expect(try await registry.disagreement(id)?.state == .objected)
    }
  }

  /// As the registry does when the two say something else: in other words, or in the old ones again.
  private static func sayElse(_ site: Site, _ moment: Int64) async throws {
    try await site.gateway.database.write {
      _ = try $0.execute("UPDATE disagreement SET state = 'open', said_since = opened + ?1", .int(moment))
    }
  }

  private static func follow(_ site: Site, _ id: PushID) async throws -> PushID {
    let pushes = site.pushing.pushes
    let push = try #require(try await pushes.push(id))
    let (record, attachments) = try await pushes.content(of: id)
    let route = try #require(site.pushing.route(push.platform, push.operation))
    return try await pushes.submit(
      PushRequest(
        record: record, attachments: attachments, sequence: push.sequence, follows: id, requestID: "r"),
      by: route
    ).id
  }

  private static func plan(_ site: Site, _ id: PushID) async throws -> ReplayOutlook {
    let push = try #require(try await site.pushing.pushes.push(id))
    return try await site.replaying.library.look(
      for: ReplayQuery(platform: push.platform, operation: push.operation), depth: .repush,
      terms: ReplayTerms(), now: .now())
  }

  /// Refused, and then the two say something else: whoever repeats the old words has not told the platform of the new ones.
  @Test func oldWordsTellNothingOfNewOnes() async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let registry = site.gateway.registry
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      #expect(try await Self.plan(site, first).originals.map(\.id) == [first.rawValue])
      try await Self.sayElse(site, 1)
      let outlook = try await Self.plan(site, first)
      #expect(outlook.originals.isEmpty)
      #expect(outlook.preview.leftOut.keys.contains { $0.contains("say something else by now") })
      // By its number a person may.
      let again = try await Self.follow(site, first)
      #expect(try await Self.settle(site, again) == .accepted)
      #expect(try await registry.disagreement(id)?.state == .open)
      let second = try await desk.object(to: id, requestID: "r").id
      #expect(try await Self.settle(site, second) == .accepted)
      #expect(try await registry.disagreement(id)?.state == .objected)
      #expect(sandbox.dataObjections.count == 2)
    }
  }

  /// As if the platform had been down for too long, or had answered what nobody understands.
  private static func park(_ site: Site, _ id: PushID) async throws {
    let (pushes, now) = (site.pushing.pushes, Timestamp.now())
    _ = try await pushes.database.write { transaction in
      try pushes.apply(
        PushChange(.gaveUp), to: try pushes.require(id, transaction), in: transaction, at: now)
    }
    #expect(try await pushes.push(id)?.state == .parked)
  }

  /// Set aside, and then the two say something else: neither a plan, nor one of before, nor a person has the old words sent.
  @Test func oldWordsThatStoodStillAreNotSent() async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let (registry, pushes, replays) = (site.gateway.registry, site.pushing.pushes, site.gateway.replays)
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let person = try SignOff(name: "op-1", reason: "mended")
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.park(site, first)
      let outlook = try await Self.plan(site, first)
      #expect(outlook.originals.map(\.id) == [first.rawValue], "the same words go on")
      let push = try #require(try await pushes.push(first))
      let replay = try await replays.keep(
        ReplayQuery(platform: push.platform, operation: push.operation), depth: .repush,
        terms: ReplayTerms(), outlook: outlook, by: person)
      try await Self.sayElse(site, 1)
      let after = try await Self.plan(site, first)
      #expect(after.originals.isEmpty)
      #expect(after.preview.leftOut.keys.contains { $0.contains("say something else by now") })
      let error = await #expect(throws: PushError.self) {
        try await pushes.decide(.retry, about: first, by: person)
      }
      #expect(error?.code == .notNow && error?.remedy.contains("push cancel") == true)
      #expect(try await pushes.push(first) == push)
      _ = try await replays.start(replay, by: person)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await site.work.run() }
        while try await replays.replay(replay).counts.pending > 0 {
          try await Task.sleep(for: .milliseconds(10))
        }
        group.cancelAll()
      }
      #expect(try await replays.items(of: replay).map(\.problemCode) == [PushErrorCode.notNow.rawValue])
      #expect(try await pushes.push(first)?.state == .parked && sandbox.dataObjections.isEmpty)
      // Taken back, it makes place for what they say now.
      try await pushes.decide(.cancel, about: first, by: person)
      let second = try await desk.object(to: id, requestID: "r").id
      #expect(try await Self.settle(site, second) == .accepted)
      #expect(try await registry.disagreement(id)?.state == .objected)
      #expect(sandbox.dataObjections.count == 1)
    }
  }

  /// In doubt, and then the two say something else: what is not there is not sent again with the old words.
  @Test func oldWordsThatWereLostAreNotSentAgain() async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let (pushes, registry) = (site.pushing.pushes, site.gateway.registry)
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let person = try SignOff(name: "op-1", reason: "asked")
      let first = try await desk.object(to: id, requestID: "r").id
      let now = Timestamp.now()
      try await pushes.database.write { transaction in
        for event in [PushEvent.begun, .lost] {
          let push = try pushes.require(first, transaction)
          try pushes.apply(PushChange(event), to: push, in: transaction, at: now)
        }
      }
      try await Self.sayElse(site, 1)
      // The same key again would be sent; nobody but the platform knows whether it has it.
      for state in [PushState.unknown, .parked] {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await site.work.run() }
          while try await pushes.push(first)?.problemCode == nil {
            try await Task.sleep(for: .milliseconds(10))
          }
          group.cancelAll()
        }
        let push = try #require(try await pushes.push(first))
        #expect(push.state == state && push.problemCode == "push-outdated" && push.attempts == 1)
        if state == .parked { break }
        try await pushes.decide(.didNotHappen, about: first, by: person)
        #expect(try await pushes.push(first)?.state == .queued)
      }
      #expect(sandbox.dataObjections.isEmpty)
      await #expect(throws: PushError.self) { try await pushes.decide(.retry, about: first, by: person) }
      try await pushes.decide(.cancel, about: first, by: person)
      let second = try await desk.object(to: id, requestID: "r").id
      #expect(try await Self.settle(site, second) == .accepted)
      #expect(try await registry.disagreement(id)?.state == .objected)
      #expect(sandbox.dataObjections.count == 1)
    }
  }

  /// As a person decides, or as the registry finds when a platform has corrected it.
  private static func end(_ site: Site, _ id: DisagreementID, as state: Disagreement.State) async throws {
    guard state == .resolved else {
      _ = try await site.gateway.registry.dismiss(id, by: "op-1", reason: "known", at: .now())
      return
    }
    let now = Timestamp.now().milliseconds
    try await site.gateway.database.write {
      _ = try $0.execute(
        "UPDATE disagreement SET state = 'resolved', updated = ?2, ended = ?2 WHERE id = ?1",
        .int(id.rawValue), .int(now))
    }
  }

  private static let ends: [Disagreement.State] = [.resolved, .dismissed]

  private static func tells(_ state: Disagreement.State, _ text: String) -> Bool {
    text.contains(state == .resolved ? "agree by now" : "nothing is to be done")
  }

  private static func work(
    _ site: Site, until isDone: @escaping @Sendable () async throws -> Bool
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await site.work.run() }
      while try await !isDone() { try await Task.sleep(for: .milliseconds(10)) }
      group.cancelAll()
    }
  }

  /// Refused, and then it is over: no plan hands it in again; a person may, by its number.
  @Test(arguments: ends) func whatIsOverIsRepeatedByNoPlan(_ state: Disagreement.State) async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let first = try await ObjectionDesk(site.gateway, site.pushing).object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      #expect(try await Self.plan(site, first).originals.map(\.id) == [first.rawValue])
      try await Self.end(site, id, as: state)
      let outlook = try await Self.plan(site, first)
      #expect(outlook.originals.isEmpty)
      #expect(outlook.preview.leftOut.keys.contains { Self.tells(state, $0) })
      let again = try await Self.follow(site, first)
      #expect(try await Self.settle(site, again) == .accepted)
      #expect(try await site.gateway.registry.disagreement(id)?.state == state)
      #expect(sandbox.dataObjections.count == 1)
    }
  }

  /// Set aside, and then it is over: neither a plan nor a person has it sent.
  @Test(arguments: ends) func whatIsOverAndStoodStillIsNotSent(_ state: Disagreement.State) async throws {
    try await Self.withDisagreement { site, _, id in
      let (pushes, person) = (site.pushing.pushes, try SignOff(name: "op-1", reason: "mended"))
      let first = try await ObjectionDesk(site.gateway, site.pushing).object(to: id, requestID: "r").id
      try await Self.park(site, first)
      try await Self.end(site, id, as: state)
      #expect(try await Self.plan(site, first).originals.isEmpty)
      let error = await #expect(throws: PushError.self) {
        try await pushes.decide(.retry, about: first, by: person)
      }
      #expect(error?.code == .notNow && Self.tells(state, error?.message ?? ""))
      #expect(try await pushes.push(first)?.state == .parked)
      try await pushes.decide(.cancel, about: first, by: person)
      #expect(try await site.gateway.registry.disagreement(id)?.state == state)
    }
  }

  /// In doubt, and then it is over: what is not there is not sent again.
  @Test(arguments: ends) func whatIsOverAndWasLostIsNotSentAgain(_ state: Disagreement.State) async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let pushes = site.pushing.pushes
      let first = try await ObjectionDesk(site.gateway, site.pushing).object(to: id, requestID: "r").id
      let now = Timestamp.now()
      try await pushes.database.write { transaction in
        for event in [PushEvent.begun, .lost] {
          let push = try pushes.require(first, transaction)
          try pushes.apply(PushChange(event), to: push, in: transaction, at: now)
        }
      }
      try await Self.end(site, id, as: state)
      try await pushes.decide(.didNotHappen, about: first, by: SignOff(name: "op-1", reason: "asked"))
      try await Self.work(site) { try await pushes.push(first)?.problemCode == "push-outdated" }
      #expect(try await pushes.push(first)?.state == .parked && sandbox.dataObjections.isEmpty)
    }
  }

  /// Handed in, and over before its turn came, or in other words: it is not sent at all, also where it repeats another.
  @Test(arguments: ends + [.open], [false, true])
  func whatIsOverBeforeItsTurnIsNotSent(_ state: Disagreement.State, _ isRepetition: Bool) async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let (pushes, desk) = (site.pushing.pushes, ObjectionDesk(site.gateway, site.pushing))
      var waiting = try await desk.object(to: id, requestID: "r").id
      if isRepetition {
        try await Self.refuse(site, waiting)
        waiting = try await desk.object(to: id, requestID: "r").id
      }
      let created = try #require(try await pushes.push(waiting)).created
      while Timestamp.now() <= created { try await Task.sleep(for: .milliseconds(1)) }
      if state == .open {
        let opened = try #require(try await site.gateway.registry.disagreement(id)).opened
        try await Self.sayElse(site, Timestamp.now().milliseconds(since: opened))
      } else {
        try await Self.end(site, id, as: state)
      }
      let id = waiting
      try await Self.work(site) { try await pushes.push(id)?.state != .queued }
      let push = try #require(try await pushes.push(id))
      #expect(push.state == .parked && push.problemCode == "push-outdated" && push.attempts == 0)
      #expect(sandbox.dataObjections.isEmpty)
    }
  }

  /// What is refused of words that are not theirs any more opens nothing again.
  @Test func aRefusalOfOldWordsOpensNothing() async throws {
    try await Self.withDisagreement { site, _, id in
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.sayElse(site, 1)
      let second = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      #expect(try await site.gateway.registry.disagreement(id)?.state == .objected)
      try await Self.refuse(site, second)
      #expect(try await site.gateway.registry.disagreement(id)?.state == .open)
    }
  }

  /// The old words again: told of their second time, the first is not repeated beside it, neither by a plan nor by its number.
  @Test func theSameWordsAreNotToldTwice() async throws {
    try await Self.withDisagreement { site, sandbox, id in
      let desk = ObjectionDesk(site.gateway, site.pushing)
      let first = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, first)
      try await Self.sayElse(site, 1)
      let third = try await desk.object(to: id, requestID: "r").id
      // Under way, and when it is there.
      await #expect(throws: PushError.self) { try await Self.follow(site, first) }
      #expect(try await Self.settle(site, third) == .accepted)
      #expect(try await Self.plan(site, first).originals.isEmpty)
      let error = await #expect(throws: PushError.self) { try await Self.follow(site, first) }
      #expect(error?.code == .notNow && error?.message.contains("another occasion") == true)
      #expect(sandbox.dataObjections.count == 1)
      // A year later they are told once more, refused, and that is repeated although the platform has the earlier one.
      try await Self.sayElse(site, 2)
      let later = try await desk.object(to: id, requestID: "r").id
      try await Self.refuse(site, later)
      let last = try await Self.follow(site, later)
      #expect(try await Self.settle(site, last) == .accepted)
      #expect(try await site.gateway.registry.disagreement(id)?.state == .objected)
      #expect(sandbox.dataObjections.count == 2)
    }
  }
}
