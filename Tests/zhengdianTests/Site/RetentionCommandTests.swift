import Access
import CivilTime
import Documents
import Exchanges
import Gateway
import Journal
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct RetentionCommandTests {
  private static let year: Int64 = 365 * 86_400_000

  /// A site with retention, whose exchange 1 certificates rest on, and whose 2 to 4 are four years old: a page nobody needs, a call for a token,
  /// and one of which nobody knows how it ended.
  private static func use(_ body: (TestSite) async throws -> Void) async throws {
    try await TestSite.use { site in
      let configuration = try InputFile.read(site.configurationFile, most: 1 << 20)
      try site.folder.write(
        "zhengdian.yaml",
        String(decoding: configuration, as: UTF8.self)
          + "retention:\n  bodies: 200d\n  rules:\n    - {kind: token, rows: 200d}\n")
      let old = Timestamp(milliseconds: Timestamp.now().milliseconds - 4 * year)
      try await site.open { gateway in
        let prepared = [
          ("property-deed", Outcome.succeeded), ("token.app", .succeeded), ("submit", .unknown),
        ]
        .map { operation, outcome in
          gateway.journal.prepare(
            Exchange(
              platform: "estate", operation: operation, method: "POST", address: "https://127.0.0.1:9/",
              requestBody: Array("asked".utf8), status: outcome == .unknown ? nil : 200,
              responseBody: outcome == .unknown ? [] : Array("answered".utf8), created: old,
              outcome: outcome, requestID: "r"))
        }
        try await gateway.database.write { transaction in
          for one in prepared { try gateway.journal.insert(one, in: transaction, now: old) }
          // As if the whole journal were of that time: moments of recording never go back.
          try transaction.execute("UPDATE exchange SET recorded = ?1", .int(old.milliseconds))
          for table in ["journal_entry", "journal_checkpoint", "exchange_step"] {
            try transaction.execute("DELETE FROM \(table)")
          }
          try runs(of: old, transaction)
        }
        // It has been looked at all the time.
        try await ClockLedger(database: gateway.database)
          .confirm(at: .now(), uptime: ClockKeeper.uptime(), boot: ClockKeeper.boot)
      }
      try await body(site)
    }
  }

  /// Two runs of a schedule, and a replay of two items that has ended.
  private static func runs(of time: Timestamp, _ transaction: Transaction) throws {
    for _ in 1...2 {
      try transaction.execute(
        """
        INSERT INTO sync_run (platform, operation, started, finished, pages, rows, new, changed, unchanged,
          outranked, quarantined, skipped, bytes)
        VALUES ('estate', 'old', ?1, ?1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        """, .int(time.milliseconds))
    }
    try transaction.execute(
      """
      INSERT INTO replay (id, depth, query, terms, state, needs_approval, approved, canary_passed, created,
        changed, succeeded, failed)
      VALUES (7, 're-map', '{"platform": "estate", "operation": "old"}', '{}', 'completed', 0, 0, 1, ?1, ?1, 1, 1)
      """, .int(time.milliseconds))
    for (number, state) in [(1, "succeeded"), (2, "failed")] {
      try transaction.execute(
        """
        INSERT INTO replay_item (replay, number, original, state, new, changed, unchanged)
        VALUES (7, ?1, ?1, ?2, 0, 0, 0)
        """, .int(number), .text(state))
    }
  }

  @Test func prunesWhatIsDueAndTellsWhatIsHeld() async throws {
    try await Self.use { site in
      let trial = await site.run("journal", "prune", "--dry-run", "--json")
      #expect(trial.code == .done, "\(trial.errors)")
      let told = try trial.json()
      #expect(told["dryRun"]?.boolean == true && told["examined"]?.integer == 4)
      #expect(
        told["removed"]?.elements.map { $0["rule"]?.string ?? "" } == ["default", "token"])
      #expect(
        told["held"]?.elements.map { $0["reason"]?.string ?? "" } == ["evidence", "unresolved"])
      #expect(
        told["runs"]?.integer == 1 && told["replays"]?.integer == 1 && told["replayItems"]?.integer == 2)
      #expect(await site.run("exchange", "show", "2").code == .done)

      let run = await site.run("journal", "prune")
      #expect(run.code == .done && run.output.contains("evidence") && run.output.contains("are gone"))
      for (id, code) in [("1", ExitCode.done), ("2", .failure), ("3", .failure), ("4", .done)] {
        #expect(await site.run("exchange", "show", id).code == code, "exchange \(id)")
      }
      #expect(await site.run("certificate", "prove", try await site.id()).code == .done)
      #expect(await site.run("journal", "verify").code == .done)
      #expect(run.output.contains("what became of 2 items of 1 replays is gone"))
      #expect(run.output.contains("how 1 runs of schedules went is gone"))
      let report = await site.run("replay", "report", "7")
      #expect(
        report.code == .done && report.output.contains(#""pruned":"#)
          && report.output.contains(#""items":[]"#))
      let again = try await site.run("journal", "prune", "--json").json()
      #expect(again["runs"]?.integer == 0 && again["replays"]?.integer == 0)
      #expect(again["removed"]?.count == 0 && again["held"]?.count == 2)
    }
  }

  /// An incident names its first example, which can be looked at as long as it is not closed.
  @Test func whatAnOpenIncidentNamesIsKept() async throws {
    try await Self.use { site in
      func execute(_ statement: String) async throws {
        try await site.open { gateway in
          try await gateway.database.write { _ = try $0.execute(statement) }
        }
      }
      try await execute(
        """
        INSERT INTO incident (id, platform, operation, entity, kind, subject, state, held, accepted, count, detail,
          exchange, first_seen, last_seen, opened)
        VALUES (5, 'estate', 'property-deed', 'deed', 'vanished-field', '@ZL', 'acknowledged', 1, 0, 1,
          'in 0 of 20 rows', 2, 1, 1, 1)
        """)
      let run = await site.run("journal", "prune")
      #expect(run.code == .done && run.output.contains("incident"), "\(run.errors)")
      #expect(await site.run("exchange", "show", "2").code == .done)
      #expect(await site.run("exchange", "show", "3").code == .failure, "none names it")
      try await execute("UPDATE incident SET state = 'closed'")
      #expect(await site.run("journal", "prune").code == .done)
      #expect(await site.run("exchange", "show", "2").code == .failure)
    }
  }

  /// What a wrong clock makes old is gone for good: a person says that it is right, or it has to go on for days.
  @Test func aClockThatHasLeaptRemovesNothing() async throws {
    try await Self.use { site in
      func bodies() async throws -> Int64 {
        try await site.open { gateway in
          try await gateway.database.read { try $0.int("SELECT count(*) FROM exchange_key") }
        }
      }
      let before = try await bodies()
      try await site.open { gateway in
        let ledger = ClockLedger(database: gateway.database)
        // It was last looked at 200 days ago, on this machine and a minute of its running ago.
        let uptime = ClockKeeper.uptime()
        try await ledger.confirm(
          at: Timestamp.now().advanced(bySeconds: -200 * 86_400), uptime: max(0, uptime - 60_000),
          boot: ClockKeeper.boot)
        let diagnostics = Diagnostics()
        let libraries = try SiteLibraries(gateway.configuration, diagnostics: diagnostics)
        let keeper = try #require(JournalKeeper(gateway, libraries: libraries))
        #expect(try await keeper.runOneNight(at: .now(), uptime: uptime, boot: ClockKeeper.boot) == nil)
      }
      #expect(try await bodies() == before)
      let refused = await site.run("journal", "prune")
      #expect(refused.code == .failure && refused.errors.contains("199 days beyond"), "\(refused.errors)")
      let trial = await site.run("journal", "prune", "--dry-run")
      #expect(trial.code == .done && trial.errors.contains("what would go if it is right"))
      #expect(try await bodies() == before)
      let run = await site.run("journal", "prune", "--clock-is-right")
      #expect(run.code == .done, "\(run.errors)")
      #expect(try await bodies() < before)
      // From now on it is believed.
      #expect(await site.run("journal", "prune").code == .done)
      try await site.open { gateway in
        let diagnostics = Diagnostics()
        let libraries = try SiteLibraries(gateway.configuration, diagnostics: diagnostics)
        let keeper = try #require(JournalKeeper(gateway, libraries: libraries))
        let night = try await keeper.runOneNight(
          at: .now(), uptime: ClockKeeper.uptime(), boot: ClockKeeper.boot)
        #expect(night != nil)
      }
    }
  }

  /// No gateway ever looked at the clock, and what was recorded last is four years old: the command looks, and remembers what it saw.
  @Test func pruningLooksAtTheClockWhereNobodyDoes() async throws {
    try await Self.use { site in
      func doubt() async throws -> Int64? {
        try await site.open { gateway in
          try await gateway.database.read { reader in
            try reader.first("SELECT doubt FROM clock_standing") { $0.intOrNull(0) } ?? nil
          }
        }
      }
      try await site.open { gateway in
        try await gateway.database.write { _ = try $0.execute("DELETE FROM clock_standing") }
      }
      #expect(await site.run("journal", "prune", "--dry-run").errors.contains("what would go if it is right"))
      #expect(try await doubt() == nil)
      #expect(await site.run("journal", "prune").code == .failure)
      #expect(try await doubt() != nil)
      #expect(await site.run("journal", "prune", "--clock-is-right").code == .done)
      #expect(try await doubt() == nil)
    }
  }

  @Test func withoutRetentionNothingIsRemoved() async throws {
    try await TestSite.use { site in
      let run = await site.run("journal", "prune")
      #expect(run.code == .configuration && run.errors.contains("nothing is ever removed"))
    }
  }

  @Test func erasesForAReasonAndRecordsIt() async throws {
    try await Self.use { site in
      let reason = "拟某壹要求删除"
      let run = await site.run(
        "exchange", "erase", "2", "--reason", reason, "--operator", "keeper", "--parts", "response")
      #expect(run.code == .done && run.output == "1 parts of exchange 2 erased\n", "\(run.errors)")
      let look = try #require(try await site.looks().last)
      #expect(look.action == .erase && look.reason == reason && look.operator == "keeper")
      #expect(look.purpose == "erasure" && look.revealed == ["exchanges[2].response"])
      #expect(await site.run("audit", "verify").code == .done)
      let disk = try InputFile.read(site.database, most: 1 << 30)
      #expect(disk.firstRange(of: Array(reason.utf8)) == nil, "reasons may name people")
      // Taken away, it is missed.
      try await site.open { gateway in
        try await gateway.database.write { _ = try $0.execute("UPDATE access SET reason = NULL") }
      }
      #expect(await site.run("audit", "verify").code == .failure)
    }
  }

  static let refusals: [([String], ExitCode, String)] = [
    (["99", "--reason", "x", "--operator", "a"], .failure, "there is no exchange 99"),
    (["1", "--reason", "x", "--operator", "a"], .failure, "certificates rest on exchange 1"),
    (["4", "--reason", "x", "--operator", "a", "--held"], .failure, "nobody knows yet how exchange 4 ended"),
    (["2", "--reason", "x"], .usage, "--operator is needed"), (["2", "--operator", "a"], .usage, "--reason"),
    (["2", "--reason", "", "--operator", "a"], .usage, "--reason takes"),
    (["2", "--reason", "x", "--operator", "a", "--parts", "all"], .usage, "--parts takes"),
    (["x", "--reason", "x", "--operator", "a"], .usage, "the number of an exchange"),
  ]

  @Test func refusesToErase() async throws {
    try await Self.use { site in
      for (words, code, message) in Self.refusals {
        let run = await CommandRun(
          more: ["exchange", "erase"] + words + ["--config", site.configurationFile],
          environment: TestSite.environment)
        #expect(run.code == code && run.errors.contains(message), "\(words) \(run.errors)")
      }
      #expect(try await site.looks().isEmpty, "what was refused is not recorded as done")
      let id = try await site.id()
      let held = await site.run(
        "exchange", "erase", "1", "--reason", "court order", "--operator", "a", "--held")
      #expect(held.code == .done)
      let proof = await site.run("certificate", "prove", id)
      #expect(proof.code == .failure && proof.errors.contains("erased"))
    }
  }

  @Test func compactsADatabase() async throws {
    try await TestSite.use { site in
      let before = await site.run("database", "status", "--json")
      #expect(try before.json()["canShrink"]?.boolean == true)
      let run = await site.run("database", "compact", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let sizes = try run.json()
      #expect(sizes["bytes"]?.integer ?? 0 > 0)
      #expect(try await site.run("database", "status", "--json").json()["freeBytes"]?.integer == 0)
      #expect(await site.run("certificate", "prove", try await site.id()).code == .done)
    }
  }
}
