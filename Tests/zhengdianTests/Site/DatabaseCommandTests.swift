import Documents
import Gateway
import Glibc
import Registry
import SQLDatabase
import Testing

@testable import zhengdian

@Suite struct DatabaseCommandTests {
  @Test func migratesOnce() async throws {
    try await TestSite.use([]) { site in
      let missing = await site.run("database", "status")
      #expect(missing.code == .failure && missing.errors.contains("there is no database"))
      #expect(FileFacts.size(of: site.database) == nil)
      let first = await site.run("database", "migrate", "--json")
      let steps = try #require(try first.json()["steps"])
      #expect(first.code == .done && steps.count >= 4)
      let second = await site.run("database", "migrate")
      #expect(second.code == .done && second.output.hasSuffix("is up to date\n"))
    }
  }

  @Test func tellsItsState() async throws {
    try await TestSite.use { site in
      let run = await site.run("database", "status", "--json", environment: [:])
      #expect(run.code == .done, "\(run.errors)")
      let status = try run.json()
      #expect(status["counts"]?["certificate"]?.integer == 2 && status["counts"]?["exchange"]?.integer == 1)
      #expect(status["schema"]?.elements.allSatisfy { $0["standing"]?.string == "current" } == true)
      #expect(status["problems"]?.count == 0)
      let text = await site.run("database", "status")
      #expect(text.output.contains("2 certificates") && text.output.contains("no damage found"))
    }
  }

  @Test func olderAndNewerTablesAreToldApart() async throws {
    try await TestSite.use { site in
      try await site.open { gateway in
        _ = try await gateway.database.write {
          try $0.execute("UPDATE schema_version SET version = 99 WHERE component = 'access' AND version = 2")
        }
      }
      let status = await site.run("database", "status")
      #expect(status.code == .failure && status.output.contains("a newer program wrote it"))
      let find = await site.run("certificate", "find", "--number", TestSite.number)
      #expect(find.code == .failure && find.errors.contains("install the newer program"))
    }
  }

  @Test func aDamagedFileIsAFinding() async throws {
    try await TestSite.use { site in
      // The page behind the first is overwritten.
      let descriptor = unsafe open(site.database, O_WRONLY)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      let noise = [UInt8](repeating: 0xA5, count: 8192)
      for page in [9, 10, 11] {
        #expect(unsafe pwrite(descriptor, noise, noise.count, off_t(page * 8192)) == 8192)
      }
      let run = await site.run("database", "status")
      #expect(run.code == .failure, "\(run.output)")
    }
  }

  @Test func restoresWhatWasBackedUp() async throws {
    try await TestSite.use { site in
      try await site.open { gateway in
        try await gateway.database.write { transaction in
          _ = try transaction.execute(
            """
            INSERT INTO subscription (consumer, kinds, state, created, delivered, failures, refusals, skipped, sealed)
            VALUES ('erp', '', 'active', 1, 0, 0, 0, 0, x'00')
            """)
        }
      }
      let copy = "\(site.folder.path)/backup"
      let backup = await site.run("database", "backup", copy)
      #expect(backup.code == .done, "\(backup.errors)")
      #expect(await site.run("database", "backup", copy).errors.contains("exists already"))
      let id = try await site.id()

      let occupied = await site.run("database", "restore", copy)
      #expect(occupied.code == .failure && occupied.errors.contains("nothing was overwritten"))
      #expect(try await site.id() == id)
      #expect(await site.run("change", "list", "--after", "500000000").code == .failure)

      for ending in ["", "-wal", "-shm"] { unsafe unlink(site.database + ending) }
      let before = try InputFile.read(copy, most: 1 << 30)
      let restore = await site.run("database", "restore", copy)
      #expect(restore.code == .done, "\(restore.errors)")
      #expect(try await site.id() == id)
      #expect(await site.run("certificate", "prove", id).code == .done)
      // Others may have seen more than the copy has: readers of changes are told so, and none of their numbers is given again.
      for place in ["0", "500000000"] {
        let list = await site.run("change", "list", "--after", place)
        #expect(list.code == .failure && list.errors.contains("changes-gone"), "\(list.errors)")
      }
      try await site.open { gateway in
        let (numbered, low, paused) = try await gateway.database.read { reader in
          (
            try DatabaseRestore.numbered(in: reader),
            // Every table that gives a number once, but for the audit, whose chain has no gaps.
            try reader.query(
              """
              SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'
                AND name <> 'access' AND NOT EXISTS (
                  SELECT 1 FROM sqlite_sequence WHERE sqlite_sequence.name = sqlite_master.name AND seq >= ?1)
              """, .int(1_000_000_000)
            ) { $0.text(0) },
            try reader.query("SELECT state, problem_code FROM subscription") { [$0.text(0), $0.text(1)] }
          )
        }
        #expect(low == [])
        for table in [
          "push", "replay", "subscription", "work_item", "incident", "disagreement", "permit_case",
          "permit_item", "permit_event", "permit_step", "inbound_call", "supply_application",
          "reserve_project", "material", "material_file", "authorisation", "mapping_trial",
        ] { #expect(numbered.contains(table)) }
        #expect(paused == [["paused", "changes-gone"]])
      }
      let verified = await site.run("journal", "verify", "--keys")
      #expect(verified.code == .done, "\(verified.output)")
      let after = try InputFile.read(copy, most: 1 << 30)
      #expect(after == before)
      var status = stat()
      #expect(unsafe stat(site.database, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  /// A copy made by an older program is brought up to date, and what it would send is in doubt.
  @Test func restoresWhatAnOlderProgramWrote() async throws {
    try await TestSite.use { site in
      let copy = "\(site.folder.path)/old"
      let keys = try await site.open { gateway in gateway.configuration }
      let ring = try SiteFile.masterKeys(keys, Environment(TestSite.environment))
      let old = try await Database.open(path: copy)
      try await old.migrate(
        SiteDatabase.components.map { component in
          // As they were when pushes were first kept.
          ["pushing", "work", "replay"].contains(component.name)
            ? SchemaComponent(name: component.name, migrations: Array(component.migrations.prefix(1)))
            : component
        })
      _ = try await RegistryKeys.open(old, ring: ring)
      try await old.write { transaction in
        for (number, state) in ["queued", "sending", "parked", "accepted", "refused", "cancelled"]
          .enumerated()
        {
          try transaction.execute(
            """
            INSERT INTO push (platform, operation, item, key, sequence, business, content, state, idempotency, attempts,
              probes, doubtful, was_known, request_id, created, changed)
            VALUES ('p', 'o', 'i', ?1, ?1, x'00', ?2, ?1, 'neither', 0, 0, 0, 0, 'r', 1, 1)
            """, .text(state), .blob([UInt8(number)]))
        }
      }
      await old.close()
      for ending in ["", "-wal", "-shm"] { unsafe unlink(site.database + ending) }
      let before = try InputFile.read(copy, most: 1 << 30)
      let restore = await site.run("database", "restore", copy)
      #expect(restore.code == .done, "\(restore.errors)")
      #expect(restore.output.contains("brought up to date") && restore.output.contains("pushing"))
      #expect(try InputFile.read(copy, most: 1 << 30) == before)
      let status = await site.run("database", "status", "--json")
      #expect(
        try status.json()["schema"]?.elements.allSatisfy { $0["standing"]?.string == "current" } == true)
      try await site.open { gateway in
        let states = try await gateway.database.read { reader in
          try reader.query("SELECT key, state, maybe_repeated FROM push ORDER BY id") {
            "\($0.text(0)) \($0.text(1)) \($0.int(2))"
          }
        }
        #expect(
          states == [
            "queued unknown 1", "sending unknown 1", "parked unknown 1", "accepted accepted 0",
            "refused refused 1", "cancelled cancelled 1",
          ])
      }
    }
  }

  @Test(arguments: ["truncated", "text", "missing", "foreign", "other-keys", "in-use"])
  func refusesToRestore(_ what: String) async throws {
    try await TestSite.use { site in
      let copy = "\(site.folder.path)/backup"
      #expect(await site.run("database", "backup", copy).code == .done)
      for ending in ["", "-wal", "-shm"] { unsafe unlink(site.database + ending) }
      switch what {
      case "truncated": #expect(unsafe truncate(copy, 5 * 8192) == 0)
      case "text": try site.folder.write("backup", "this is no database")
      case "missing": unsafe unlink(copy)
      case "foreign":
        unsafe unlink(copy)
        let foreign = try await Database.open(path: copy)
        try await foreign.write { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
        await foreign.close()
      case "other-keys":
        unsafe unlink(site.keyFile)
        #expect(await site.run("keys", "new", site.keyFile, "--id", "first").code == .done)
      default: try site.folder.write("backup-wal", "rows")
      }
      let run = await site.run("database", "restore", copy)
      #expect(run.code == .failure, "\(run.output) \(run.errors)")
      #expect(!run.errors.contains(".restoring"), "\(run.errors)")
      if what == "text" { #expect(run.errors.contains(copy), "\(run.errors)") }
      #expect(FileFacts.size(of: site.database) == nil)
      for ending in ["", "-wal", "-shm"] {
        #expect(FileFacts.size(of: site.database + ".restoring" + ending) == nil)
      }
    }
  }

  @Test func seesWhoElseHasItOpen() async throws {
    try await TestSite.use { site in
      #expect(DatabaseUsers.other(of: site.database) == nil)
      try await site.open { _ in
        // A lock of an open file description counts as another's, as that of another process would.
        let descriptor = unsafe open(site.database + "-shm", O_RDWR)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_start = 128
        lock.l_len = 1
        let setOpenFileLock: Int32 = 37  // F_OFD_SETLK
        try #require(unsafe fcntl(descriptor, setOpenFileLock, &lock) == 0)
        #expect(DatabaseUsers.other(of: site.database) != nil)
        let rotate = await site.run("keys", "rotate")
        #expect(rotate.code == .failure && rotate.errors.contains("stop the gateway"))
      }
    }
  }

  /// A command beside or before the gateway begins with the feed as the gateway does: behind a start of the machine some numbers are skipped.
  @Test func aCommandSkipsNumbersBehindAStartOfTheMachine() async throws {
    try await TestSite.use { site in
      func last() async throws -> Int64 {
        let database = try await Database.open(path: site.database)
        let last = try await database.read { try $0.int("SELECT last FROM change_feed") }
        await database.close()
        return last
      }
      let database = try await Database.open(path: site.database)
      try await database.write { _ = try $0.execute("UPDATE change_feed SET boot = 'before', last = 5") }
      await database.close()
      #expect(await site.run("push", "list").code == .done)
      let begun = try await last()
      #expect(begun > 5)
      #expect(await site.run("push", "list").code == .done)
      #expect(try await last() == begun)
    }
  }

  /// Where no gateway answers, what pulls looks at the clock.
  @Test func aPullLooksAtTheClock() async throws {
    try await TestSite.use { site in
      func looks() async throws -> Int64 {
        let database = try await Database.open(path: site.database)
        let looks = try await database.read {
          try $0.int("SELECT count(*) FROM clock_standing WHERE boot IS NOT NULL")
        }
        await database.close()
        return looks
      }
      let before = try await looks()
      _ = await site.run("sync", "estate/property-deed", "--once")
      let after = try await looks()
      #expect(before == 0 && after == 1)
    }
  }
}
