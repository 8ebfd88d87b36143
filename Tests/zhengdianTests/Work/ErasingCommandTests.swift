import CivilTime
import Crypto
import Documents
import Exchanges
import Gateway
import Glibc
import Journal
import SQLDatabase
import Sandbox
import Synchronization
import Testing

@testable import zhengdian

/// What was handed in, destroyed for somebody who has a right to it, or because its time has come.
@Suite struct ErasingCommandTests {
  private final class Stay: Sendable {
    let begun = Atomic(false)
    let ending = Atomic(false)
  }

  private static func erase(_ site: ServedSandbox, _ words: String...) async -> CommandRun {
    await site.run(words + ["--reason", "拟某壹要求删除", "--operator", "keeper"])
  }

  private static func parts(_ site: ServedSandbox, _ push: Int) async throws -> Int64 {
    let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
    let count = try await database.read {
      try $0.int("SELECT count(*) FROM push_content WHERE push = ?1", .int(push))
    }
    await database.close()
    return count
  }

  @Test func anExchangesPushGoesWithIt() async throws {
    try await ServedSandbox.use { site in
      let push = try await site.submit("greening", number: "SQ-1")
      let other = try await site.submit("greening", number: "SQ-2")
      #expect(await Self.erase(site, "push", "erase", "\(push)").errors.contains("is queued"))
      try await site.serve { _ in
        for id in [push, other] { _ = try await site.wait(push: id, until: ["accepted"]) }
      }
      let exchange = try #require(
        try await site.run("push", "show", "\(push)", "--json").json()["exchange"]?.integer)
      let response = await Self.erase(
        site, "exchange", "erase", "\(exchange)", "--parts", "problem", "--json")
      #expect(response.code == .done, "\(response.errors)")
      #expect(try response.json()["erasedPushes"]?.count == 0)
      #expect(try await Self.parts(site, push) == 3)
      let run = await Self.erase(site, "exchange", "erase", "\(exchange)")
      #expect(run.code == .done && run.output.contains("what was handed in as push \(push)"), "\(run.errors)")
      #expect(try await Self.parts(site, push) == 0)
      #expect(try await Self.parts(site, other) == 3)
      let shown = try await site.run("push", "show", "\(push)", "--json").json()
      #expect(shown["state"]?.string == "accepted" && shown["erased"]?.string != nil)
      let content = await site.run(
        "push", "show", "\(push)", "--content", "--purpose", "supply-application", "--operator", "a")
      #expect(content.code == .failure && content.errors.contains("was erased"), "\(content.errors)")
      #expect(await site.run("push", "list").output.contains("greening"))
      // The same again is known, and stays at home.
      let again = try site.application("greening", number: "SQ-1")
      let twice = await site.run(
        "push", "submit", "hangzhou-permits/greening", again.record, "--attach", again.attachment, "--json")
      #expect(try twice.json()["duplicateOf"]?.integer == push)
      #expect(await site.run("journal", "verify").code == .done)
      #expect(await site.run("audit", "verify").code == .done)
    }
  }

  /// Whatever was sent, and however often: also what never left.
  @Test func aPushGoesWithItsExchanges() async throws {
    try await ServedSandbox.use { site in
      let push = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in _ = try await site.wait(push: push, until: ["accepted"]) }
      let taken = try await site.submit("greening", number: "SQ-2")
      #expect(await site.run("push", "cancel", "\(taken)", "--reason", "x").code == .done)
      for id in [push, taken] {
        let run = await Self.erase(site, "push", "erase", "\(id)", "--json")
        #expect(run.code == .done, "\(run.errors)")
        #expect(try run.json()["erasedExchanges"]?.count == (id == push ? 1 : 0))
        #expect(try await Self.parts(site, id) == 0)
      }
      let exchange = try await site.run("push", "show", "\(push)", "--json").json()["exchange"]?.integer ?? 0
      let bodies = await site.run(
        "exchange", "show", "\(exchange)", "--bodies", "--purpose", "supply-application", "--operator", "a")
      #expect(bodies.code == .failure && bodies.errors.contains("erased"), "\(bodies.errors)")
      #expect(await Self.erase(site, "push", "erase", "99").code == .failure)
      #expect(await site.run("push", "erase", "\(push)", "--operator", "a").code == .usage)
      #expect(await site.run("journal", "verify").code == .done)
    }
  }

  /// Also what the platform answered when it was asked about it; but not what certificates rest on, which is named.
  @Test(arguments: [false, true]) func whatWasAskedAboutAPushGoesWithIt(_ isEvidence: Bool) async throws {
    try await ServedSandbox.use { site in
      site.sandbox.faults.add(
        FaultRule(
          .resetAfter, platform: ServedSandbox.permits, operation: "road-digging", trigger: .call(1)))
      let push = try await site.submit("road-digging", number: "SQ-1")
      let other = try await site.submit("greening", number: "SQ-2")
      try await site.serve { _ in
        for id in [push, other] { _ = try await site.wait(push: id, until: ["accepted", "unknown"]) }
      }
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      // As if it had been asked about, and that had followed on a first question.
      let sent = try #require(
        try await site.run("push", "show", "\(push)", "--json").json()["exchange"]?.integer)
      let journal = Journal(database: database, keys: try KeyRing(file: site.site.keyFile))
      func asked(_ parent: Int) async throws -> ExchangeID {
        try await journal.record(
          Exchange(
            platform: ServedSandbox.permits, operation: "status", method: "POST", address: "https://a/",
            requestBody: Array("key".utf8), status: 200, responseBody: Array("receipt R-1".utf8),
            created: .now(), parent: ExchangeID(Int64(parent)), outcome: .succeeded, requestID: "r"))
      }
      let first = try await asked(sent)
      let second = try await asked(Int(first.rawValue))
      let others = try #require(
        try await site.run("push", "show", "\(other)", "--json").json()["exchange"]?.integer)
      let untouched = try await asked(others)
      if isEvidence {
        try await database.write { transaction in
          try transaction.execute(
            """
            INSERT INTO certificate (id, public_id, kind, identity, observation, version, claim_rank, claim_content,
              claim_time, created, changed, seen) VALUES (900001, 'crt-x', 'k', x'01', 900001, 1, 1, 1, 1, 1, 1, 1)
            """)
          try transaction.execute(
            """
            INSERT INTO observation (id, certificate, platform, digest, claim_time, exchange, locator, mapping, adapter,
              received, last_seen, last_exchange, version, sealed)
            VALUES (900001, 900001, 'p', x'01', 1, ?1, '', 1, 1, 1, 1, ?1, 1, x'00')
            """, .int(second.rawValue))
        }
      }
      if try await site.run("push", "show", "\(push)", "--json").json()["state"]?.string == "unknown" {
        let signed = await site.run("push", "sign", "\(push)", "--happened", "--reason", "asked")
        #expect(signed.code == .done, "\(signed.errors)")
      }
      let run = await Self.erase(site, "push", "erase", "\(push)", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let (erased, kept) = (try run.json()["erasedExchanges"], try run.json()["keptExchanges"])
      #expect(kept?.elements.compactMap(\.integer) == (isEvidence ? [Int(second.rawValue)] : []))
      #expect(run.errors.contains("exchange \(second)") == isEvidence, "\(run.errors)")
      let gone = erased?.elements.compactMap(\.integer) ?? []
      #expect(gone.contains(sent) && gone.contains(Int(first.rawValue)))
      #expect(gone.contains(Int(second.rawValue)) == !isEvidence)
      let left = try await database.read { reader in
        try reader.query("SELECT DISTINCT id / 4 FROM exchange_key") { $0.int(0) }
      }
      #expect(Set(left).isDisjoint(with: gone.map(Int64.init)))
      #expect(left.contains(untouched.rawValue) && left.contains(Int64(others)))
      await database.close()
      #expect(await site.run("journal", "verify").code == .done)
    }
  }

  /// A reader that stays keeps the log from being emptied: what was removed is on the disk then, and that is no success.
  @Test func aPruningThatLeavesTheLogIsNoSuccess() async throws {
    try await ServedSandbox.use("retention: {bodies: 200d, rows: 400d}\n") { site in
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      let stay = Stay()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await database.read { reader in
            _ = try reader.int("SELECT count(*) FROM push")
            stay.begun.store(true, ordering: .releasing)
            while !stay.ending.load(ordering: .acquiring) { usleep(1000) }
          }
        }
        defer { stay.ending.store(true, ordering: .releasing) }
        while !stay.begun.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(1)) }
        // So that the log has something that the reader does not see.
        _ = try await site.submit("greening", number: "SQ-1")
        let run = await site.run("journal", "prune", "--json")
        #expect(
          run.code == .failure && run.errors.contains("log still holds what was removed"), "\(run.errors)")
        #expect(try run.json()["logEmptied"]?.boolean == false)
        stay.ending.store(true, ordering: .releasing)
        try await group.waitForAll()
      }
      await database.close()
      let again = await site.run("journal", "prune", "--json")
      #expect(again.code == .done, "\(again.errors)")
      #expect(try again.json()["logEmptied"]?.boolean == true)
    }
  }

  /// Neither in the database nor in its log, while a gateway has both open.
  @Test func whatIsErasedIsGoneFromTheDiskWhileTheGatewayGoesOn() async throws {
    try await ServedSandbox.use { site in
      let push = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in
        _ = try await site.wait(push: push, until: ["accepted"])
        let path = "\(site.site.folder)/zhengdian.sqlite"
        let database = try await Database.open(path: path)
        func secrets() async throws -> Set<[UInt8]> {
          try await database.read { reader in
            Set(
              try reader.query("SELECT wrapped FROM exchange_key") { $0.blob(0) }
                + reader.query("SELECT substr(sealed, 1, 40) FROM exchange_content") { $0.blob(0) })
          }
        }
        func standing(_ secrets: Set<[UInt8]>) throws -> Int {
          let files = try [path, path + "-wal"].map { try InputFile.read($0, most: 1 << 30) }
          return secrets.count { secret in files.contains { $0.firstRange(of: secret) != nil } }
        }
        let before = try await secrets()
        #expect(try before.count > 3 && standing(before) == before.count)
        let run = await Self.erase(site, "push", "erase", "\(push)")
        #expect(run.code == .done, "\(run.errors)")
        // Calls for tokens were no part of it.
        let gone = before.subtracting(try await secrets())
        #expect(try !gone.isEmpty && standing(gone) == 0)
        await database.close()
      }
    }
  }

  @Test func pruningTellsWhatWasHandedIn() async throws {
    try await ServedSandbox.use("retention: {bodies: 200d, rows: 400d}\n") { site in
      let push = try await site.submit("greening", number: "SQ-1")
      try await site.serve { _ in _ = try await site.wait(push: push, until: ["accepted"]) }
      let waiting = try await site.submit("greening", number: "SQ-2")
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      _ = try await database.write { transaction in
        try transaction.execute("UPDATE push SET changed = changed - 300 * 86400000")
      }
      await database.close()
      let trial = try await site.run("journal", "prune", "--dry-run", "--json").json()
      #expect(trial["erasedPushes"]?[0]?["pushes"]?.integer == 1, "\(trial)")
      #expect(trial["heldPushes"]?[0]?["reason"]?.string == "unresolved")
      #expect((trial["handedInBytes"]?.integer ?? 0) > 0)
      #expect(try await Self.parts(site, push) == 3)
      let run = await site.run("journal", "prune")
      #expect(run.code == .done && run.output.contains("gone by default"), "\(run.output)\(run.errors)")
      #expect(try await Self.parts(site, push) == 0)
      #expect(try await Self.parts(site, waiting) == 3)
      #expect(
        try await site.run("push", "list", "--json", "--state", "accepted").json()["id"]?.integer == push)
    }
  }
}
