import Documents
import SQLDatabase
import Sandbox
import Testing

@testable import zhengdian

/// What was handed in, destroyed for somebody who has a right to it, or because its time has come.
@Suite struct ErasingCommandTests {
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
