import Access
import CivilTime
import Crypto
import Documents
import Exchanges
import Registry
import SQLDatabase
import Sandbox
import Testing
import Work

@testable import zhengdian

/// `work …` on a site that hands things in and runs schedules.
@Suite struct WorkCommandTests {
  private static func open<Value: Sendable>(
    _ site: ServedSandbox, _ body: (WorkQueue, AccessAudit) async throws -> Value
  ) async throws -> Value {
    let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
    let keys = try await RegistryKeys.open(database, ring: try KeyRing(file: site.site.keyFile))
    let value = try await body(
      WorkQueue(database: database, sealer: keys.sealer, owner: WorkOwner()),
      AccessAudit(database: database, keys: keys))
    await database.close()
    return value
  }

  /// Two runs of a schedule: one set aside, one to come.
  private static func plan(_ site: ServedSandbox) async throws -> (parked: Int64, ready: Int64) {
    try await open(site) { queue, _ in
      let now = Timestamp.now()
      let ids = try await queue.database.write { transaction in
        try ["hangzhou-data/deeds", "hangzhou-data/licences"].map { lane in
          try queue.enqueue(
            NewWork(
              kind: .pull, lane: lane, sequence: lane, businessKey: Array(lane.utf8), contentDigest: [1],
              notBefore: now), in: transaction, now: now
          ).id
        }
      }
      let leases = try await queue.claim(kinds: [.pull], limit: 1, lease: .seconds(20), now: now)
      for lease in leases {
        try await queue.database.write { transaction in
          try queue.park(
            lease,
            WorkProblem(
              code: "drift-held", errorClass: .drift, message: "the window is held", remedy: "look"),
            in: transaction, now: now)
        }
      }
      let parked = try #require(leases.first?.id)
      return (parked.rawValue, try #require(ids.first { $0 != parked }).rawValue)
    }
  }

  @Test func theQueueIsSeenWithoutWhatItIsAbout() async throws {
    try await ServedSandbox.use { site in
      let push = try await site.submit("greening", number: "SQ-1")
      let (parked, ready) = try await Self.plan(site)
      let all = await site.run("work", "list", "--json")
      #expect(all.code == .done && all.lines.count == 3, "\(all.errors)")
      for (words, count) in [
        (["--kind", "pull"], 2), (["--state", "parked"], 1), (["--platform", "hangzhou-permits"], 1),
        (["--lane", "hangzhou-data/deeds"], 1), (["--limit", "2"], 2), (["--after", "\(ready)"], 0),
        (["--state", "done"], 0), (["--platform", "hangzhou"], 0),
      ] {
        #expect(await site.run(["work", "list", "--json"] + words).lines.count == count, "\(words)")
      }
      let table = await site.run("work", "list")
      #expect(table.output.contains("drift-held") && table.output.contains("hangzhou-permits/greening"))
      let one = try await site.run("work", "show", "\(parked)", "--json").json()
      #expect(one["state"]?.string == "parked" && one["problem"]?["remedy"]?.string == "look")
      #expect(one["kind"]?.string == "pull" && one["attempts"]?.integer == 1)
      let pushed = try await site.run("work", "list", "--kind", "push", "--json").json()
      let number = try #require(pushed["id"]?.integer)
      let shown = await site.run("work", "show", "\(number)")
      #expect(shown.output.contains("push          \(push)"))
      for text in [all.output, table.output, shown.output] {
        #expect(!text.contains(ServedSandbox.applicant) && !text.contains("SQ-1"))
      }
      #expect(await site.run("work", "show", "99").code == .failure)
      #expect(await site.run("work", "show", "x").code == .usage)
    }
  }

  @Test func whatIsSetAsideIsReleasedAndTakenOut() async throws {
    try await ServedSandbox.use { site in
      let (parked, ready) = try await Self.plan(site)
      let released = await site.run(
        "work", "release", "\(parked)", "--reason", "拟某壹问过了", "--operator", "keeper", "--json")
      #expect(try released.json()["state"]?.string == "ready", "\(released.errors)")
      let cancelled = await site.run(
        "work", "cancel", "\(ready)", "--reason", "not wanted", "--operator", "keeper")
      #expect(cancelled.output == "work \(ready) is cancelled\n", "\(cancelled.errors)")
      for (words, message) in [
        (["release", "\(parked)"], "ready, not parked"), (["cancel", "\(ready)"], "cancelled already"),
        (["cancel", "99"], "there is no work 99"),
      ] {
        let run = await site.run(["work"] + words + ["--reason", "x", "--operator", "keeper"])
        #expect(run.code == .failure && run.errors.contains(message), "\(words) \(run.errors)")
      }
      #expect(await site.run("work", "cancel", "\(parked)").code == .usage, "a reason is needed")
      // What was done is in the audit, with its reason sealed, and what was refused is not.
      let looks = try await Self.open(site) { _, audit in try await audit.list(AccessFilter()).map(\.entry) }
      #expect(looks.map(\.action) == [.releaseWork, .cancelWork])
      #expect(looks.map(\.item) == ["work-\(parked)", "work-\(ready)"] && looks[0].reason == "拟某壹问过了")
      let disk = try InputFile.read("\(site.site.folder)/zhengdian.sqlite", most: 1 << 30)
      #expect(disk.firstRange(of: Array("拟某壹问过了".utf8)) == nil)
      #expect(await site.run("audit", "verify").code == .done)
    }
  }

  /// Pushes and replays decide for their items; of a push in doubt it is said how.
  @Test func whatBelongsToAPushIsDecidedThere() async throws {
    try await ServedSandbox.use { site in
      site.fault(.resetAfter, "greening")
      let push = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in _ = try await site.wait(push: push, until: ["unknown"]) }
      let item = try await site.run("work", "list", "--kind", "push", "--json").json()
      let id = try #require(item["id"]?.integer)
      for word in ["release", "cancel"] {
        let run = await site.run("work", word, "\(id)", "--reason", "x", "--operator", "keeper")
        #expect(run.code == .failure && run.errors.contains("push sign \(push)"), "\(run.errors)")
      }
      #expect(try await site.run("push", "show", "\(push)", "--json").json()["state"]?.string == "unknown")
      #expect(try await site.run("work", "show", "\(id)", "--json").json()["state"]?.string == "parked")
      let waiting = try await site.submit("road-digging", number: "SQ-2")
      let other = try await site.run("work", "list", "--lane", "hangzhou-permits/road-digging", "--json")
        .json()
      let run = await site.run(
        "work", "cancel", "\(other["id"]?.integer ?? 0)", "--reason", "x", "--operator", "keeper")
      #expect(run.errors.contains("push cancel \(waiting)"), "\(run.errors)")
      #expect(try await site.run("push", "show", "\(waiting)", "--json").json()["state"]?.string == "queued")
    }
  }
}
