import Exchanges
import Access
import Adapters
import CivilTime
import Crypto
import Documents
import SQLDatabase
import Sandbox
import Testing

@testable import Inbound
@testable import Registry
@testable import Sync

@testable import zhengdian

/// `keys rotate` on a site that hands things in.
@Suite struct RotationTests {
  private static func fill(_ site: ServedSandbox) async throws -> (signed: Int, waiting: Int) {
    site.fault(.resetAfter, "greening")
    let signed = try await site.submit("greening", number: "SQ-1")
    try await site.serve { _ in _ = try await site.wait(push: signed, until: ["unknown"]) }
    let run = await site.run(
      "push", "sign", "\(signed)", "--happened", "--receipt", "R-7", "--reason", "asked", "--operator", "拟经办")
    #expect(run.code == .done)
    let cancelled = try await site.submit("greening", number: "SQ-2")
    #expect(await site.run("push", "cancel", "\(cancelled)", "--reason", "x").code == .done)
    let plan = await site.run(
      "replay", "plan", "hangzhou-permits/greening", "--depth", "re-push", "--reason", "x", "--operator",
      "拟经办")
    #expect(plan.code == .done, "\(plan.errors)")
    return (signed, try await site.submit("greening", number: "SQ-3"))
  }

  private static func requireReadable(_ site: ServedSandbox, _ pushes: (signed: Int, waiting: Int))
    async throws
  {
    let shown = try await site.run(
      "push", "show", "\(pushes.signed)", "--content", "--purpose", "supply-application", "--operator", "a",
      "--json"
    ).json()
    #expect(shown["receipt"]?.string == "R-7")
    #expect(shown["history"]?.elements.map { $0["by"]?.string }.contains("拟经办") == true)
    #expect(
      try await site.run("replay", "status", "1", "--json").json()["history"]?[0]?["by"]?.string == "拟经办")
    try await site.serve { _ in _ = try await site.wait(push: pushes.waiting, until: ["accepted"]) }
  }

  @Test func everythingIsSealedAnewAndGoesOn() async throws {
    try await ServedSandbox.use { site in
      let pushes = try await Self.fill(site)
      #expect(await site.run("keys", "new", site.site.keyFile, "--id", "second").code == .done)
      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let counts = try run.json()
      // Three pushes of three parts, a receipt, two signatures.
      #expect(counts["pushValues"]?.integer == 12 && counts["replayEntries"]?.integer == 1)
      #expect((counts["workItems"]?.integer ?? 0) >= 1)
      let again = try await site.run("keys", "rotate", "--json").json()
      #expect(again["newColumnKey"]?.integer == 4, "the first was finished: this is a new one")
      let standings = try await site.run("keys", "check", "--json").json()["masterKeys"]?.elements.map {
        $0["standing"]?.string
      }
      #expect(
        standings?.contains("not needed by this database") == true && standings?.contains("needed") == false)
      try await Self.requireReadable(site, pushes)
    }
  }

  /// Broken off when the records were done: they do not tell it any more.
  @Test func aRotationThatWasBrokenOffGoesOn() async throws {
    try await ServedSandbox.use { site in
      let pushes = try await Self.fill(site)
      let database = try await Database.open(path: "\(site.site.folder)/zhengdian.sqlite")
      let keys = try await RegistryKeys.rotate(database, ring: try KeyRing(file: site.site.keyFile))
      let registry = Registry(database: database, keys: keys)
      #expect(try await registry.resealOutdated(after: 0, limit: 1_000_000).next == nil)
      await database.close()
      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done && run.errors.contains("going on with its column key 3"), "\(run.errors)")
      #expect(try run.json()["pushValues"]?.integer == 12)
      try await Self.requireReadable(site, pushes)
    }
  }

  /// Every column of bytes there is, and what protects it: a new one fails here until somebody has said which it is, and a sealed one until the
  /// rotation reaches it.
  private static let columns: [String: Protection] = [
    "authorisation.content": .digest, "authorisation.holder_code": .digest,
    "authorisation.holder_name": .digest, "authorisation.revocation": .sealed,
    "authorisation.sealed": .sealed,
    "material.holder_code": .digest, "material.holder_name": .digest, "material.identity": .digest,
    "material.sealed": .sealed, "material.withdrawal": .sealed,
    "material_file.content": .digest, "material_file.sealed": .sealed,
    "access.chain": .digest, "access.keys": .digest, "access.operator": .sealed,
    "access.operator_token": .digest,
    "access.reason": .sealed, "access_key.token": .digest,
    "certificate.identity": .digest, "certificate_key.token": .digest, "change.details": .open,
    "data_key.wrapped": .masterKey,
    "definition.content": .open, "definition.digest": .digest,
    "disagreement.ended_by": .sealed, "disagreement.reason": .sealed, "disagreement.said": .digest,
    "drift_baseline.content": .sealed,
    "exchange.request_content_digest": .digest, "exchange.request_sealed_digest": .digest,
    "exchange.response_content_digest": .digest, "exchange.response_sealed_digest": .digest,
    "exchange.token": .digest, "exchange_content.sealed": .ownKey, "exchange_key.wrapped": .masterKey,
    "incident.acknowledged_by": .sealed, "incident.acknowledged_note": .sealed, "incident.closed_by": .sealed,
    "incident.closed_note": .sealed, "incident.sealed_locator": .sealed, "incident.sealed_place": .sealed,
    "inbound_call.answer": .sealed, "inbound_call.identity": .digest, "inbound_nonce.content": .digest,
    "inbound_nonce.nonce": .digest,
    "journal_checkpoint.link": .digest, "journal_checkpoint.public_key": .open,
    "journal_checkpoint.signature": .open, "journal_entry.content": .digest, "journal_entry.link": .digest,
    "journal_signing_key.public_key": .open, "journal_signing_key.sealed": .ownKey,
    "journal_signing_key.wrapped": .masterKey,
    "mapping_trial.new_digest": .digest, "mapping_trial.old_digest": .digest, "mapping_trial.who": .sealed,
    "mapping_used.digest": .digest,
    "observation.digest": .digest, "observation.sealed": .sealed,
    "permit_case.application": .sealed, "permit_case.content": .digest, "permit_case.project": .digest,
    "permit_event.note": .sealed,
    "permit_item.remarks": .sealed, "permit_material.sealed": .sealed, "permit_step.note": .sealed,
    "pull_state.last_digest": .digest, "pull_state.next": .sealed,
    "push.application": .digest, "push.business": .digest, "push.content": .digest, "push.receipt": .sealed,
    "push_content.sealed": .sealed,
    "push_event.signature": .sealed, "push_receipt.receipt": .digest,
    "quarantine.row": .open, "replay.report_sm3": .digest, "replay_event.who": .sealed,
    "reserve_project.alike": .digest, "reserve_project.content": .digest, "reserve_project.sealed": .sealed,
    "subscription.sealed": .sealed,
    "supply_application.applicant": .digest, "supply_application.asker": .sealed,
    "supply_application.content": .digest, "supply_application.form": .sealed, "supply_key.token": .digest,
    "supply_step.asker": .sealed, "supply_step.form": .sealed,
    "supply_archive.project": .digest, "supply_order.alike": .digest, "supply_order.project_token": .digest,
    "supply_verdict.public_key": .open, "supply_verdict.sealed": .sealed, "supply_verdict.signature": .open,
    "supply_verdict.standing": .digest,
    "work_item.business_key": .digest, "work_item.content_digest": .digest, "work_item.payload": .sealed,
  ]

  private enum Protection {
    /// By a column key, which `keys rotate` replaces.
    case sealed
    /// By a key of its own, which lies wrapped beside it.
    case ownKey
    /// Wrapped by the master key.
    case masterKey
    /// A digest, keyed where it is about a person, or random bytes.
    case digest
    /// Nothing about anybody.
    case open
  }

  @Test func everySealedColumnIsReachedByARotation() async throws {
    try await ServedSandbox.use { site in
      let pushes = try await Self.fill(site)
      #expect(await site.run("sync", "hangzhou-data/business-licence", "--once").code == .done)
      let path = "\(site.site.folder)/zhengdian.sqlite"
      var database = try await Database.open(path: path)
      let found = try await database.read { reader in
        try reader.query(
          """
          SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
          WHERE m.type = 'table' AND upper(c.type) = 'BLOB' ORDER BY 1
          """
        ) { $0.text(0) }
      }
      #expect(
        found == Self.columns.keys.sorted(), "a column of bytes is new, or gone: say how it is protected")

      // A value under the old key in each sealed column, where nothing has put one by itself.
      let ring = try KeyRing(file: site.site.keyFile)
      let old = try await RegistryKeys.open(database, ring: ring)
      let sealed = Self.columns.filter { $0.value == .sealed }.keys.sorted()
      try await Self.fillEmptyColumns(database, old)
      for column in sealed {
        let (count, outdated) = try await Self.count(column, old, database)
        #expect(count > 0 && outdated == 0, "\(column) has no value, so that a rotation would prove nothing")
      }
      let baselines = try await Self.count("drift_baseline.content", old, database).all
      // One that does not open is no reason to leave the others as they are.
      try await database.write { transaction in
        _ = try transaction.execute(
          "INSERT INTO drift_baseline (platform, operation, mapping, content) VALUES ('p', 'lost', 1, ?1)",
          .blob([1]))
      }
      await database.close()

      let run = await site.run("keys", "rotate", "--json")
      #expect(run.code == .done, "\(run.errors)")
      let counts = try run.json()
      #expect(counts["permitValues"]?.integer == 5 && counts["supplyValues"]?.integer == 5)
      #expect(counts["materialValues"]?.integer == 3 && counts["authorisationValues"]?.integer == 2)
      #expect(counts["projects"]?.integer == 1)
      #expect(counts["mappingTrials"]?.integer == 1 && counts["incidents"]?.integer == 4 + baselines)
      #expect(
        counts["baselinesGivenUp"]?.integer == 1 && run.errors.contains("what is usual of p/lost"),
        "\(run.errors)")
      #expect(try #require(counts["disagreements"]?.integer) >= 3)
      database = try await Database.open(path: path)
      let new = try await RegistryKeys.open(database, ring: ring)
      #expect(new.sealer.currentKeyID != old.sealer.currentKeyID)
      for column in sealed {
        let (count, outdated) = try await Self.count(column, new, database)
        #expect(count > 0 && outdated == 0, "\(column) was left under the old key")
      }
      await database.close()
      try await Self.requireReadable(site, pushes)
    }
  }

  private static func count(
    _ column: String, _ keys: RegistryKeys, _ database: Database
  ) async throws -> (all: Int, outdated: Int) {
    let parts = column.split(separator: ".").map(String.init)
    let values = try await database.read { reader in
      try reader.query("SELECT \(parts[1]) FROM \(parts[0]) WHERE \(parts[1]) IS NOT NULL") { $0.blob(0) }
    }
    return (values.count, try values.count { try keys.sealer.isOutdated($0) })
  }

  /// What ``fill(_:)`` leaves empty.
  private static func fillEmptyColumns(_ database: Database, _ keys: RegistryKeys) async throws {
    let (sealer, now) = (keys.sealer, Timestamp.now())
    try await AccessAudit(database: database, keys: keys).record(
      AccessEntry(
        time: now, consumer: "command-line", operator: "拟经办", purpose: "erasure", action: .erase,
        outcome: .answered, reason: "拟某壹要求删除", requestID: "r"))
    _ = try await MappingTrials(database: database, sealer: sealer).record(
      "m", old: [1], new: [2], TrialCounts(), isAccepted: true,
      by: SignOff(name: "拟经办", reason: "x"), at: now)
    try await database.write { transaction in
      var state = PullState()
      state.progress.next = "the platform's word"
      try state.save(OperationKey(platform: "p", operation: "o"), transaction, sealer)
      try transaction.execute(
        """
        INSERT INTO inbound_call (id, platform, operation, identity, state, exchange, status, type, answer, created, changed)
        VALUES (1, 'p', 'o', ?1, 'done', 1, 200, 'application/json', ?2, 1, 1)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: InboundDesk.context(1))))
      // Seen, over, over and met again, and both.
      for (id, columns) in [
        (1, ["acknowledged"]), (2, ["closed"]), (3, ["closed"]), (4, ["acknowledged", "closed"]),
      ] {
        try transaction.execute(
          """
          INSERT INTO incident (id, platform, operation, entity, kind, subject, state, held, accepted, count, detail,
            locator, first_seen, last_seen, opened)
          VALUES (?1, 'p', 'o', '', 'new-field', ?2, ?3, 0, 0, 1, '', '$[0]', 1, 1, 1)
          """, .int(id), .text("$.f\(id)"), .text(id == 2 ? "closed" : "open"))
        for column in columns {
          func seal(_ name: String) -> [UInt8] {
            sealer.seal(
              Array("拟经办".utf8), context: IncidentLedger.context(IncidentID(rawValue: Int64(id)), name))
          }
          try transaction.execute(
            "UPDATE incident SET \(column) = 1, \(column)_by = ?2, \(column)_note = ?3 WHERE id = ?1",
            .int(id),
            .blob(seal("\(column)_by")), .blob(seal("\(column)_note")))
        }
      }
      // Beside those that the pull may have found.
      for id in 1001...1003 as ClosedRange<Int64> {
        func seal(_ column: String) -> [UInt8] {
          sealer.seal(Array("拟".utf8), context: Disagreement.context(DisagreementID(rawValue: id), column))
        }
        try transaction.execute(
          """
          INSERT INTO disagreement (id, certificate, kind, field, left_platform, right_platform, left_observation,
            right_observation, said, state, opened, updated, ended, ended_by, reason)
          VALUES (?1, 1, 'k', ?2, 'a', 'b', 1, 2, ?3, 'dismissed', 1, 1, 1, ?4, ?5)
          """, .int(id), .text("f\(id)"), .blob([0]), .blob(seal("ended_by")),
          .blobOrNull(id == 1001 ? nil : seal("reason")))
      }
      try transaction.execute(
        """
        INSERT INTO permit_case (id, number, region, policy, day, facts, content, application, request_id, created,
          changed, closed) VALUES (1, 'P-1', '330100', 'p', '2026-01-01', '{}', ?1, ?2, 'r', 1, 1, 1)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: "permit|P-1|application")))
      try transaction.execute(
        """
        INSERT INTO permit_item (id, permit_case, item, attempt, after_items, decision, created, changed, remarks)
        VALUES (1, 1, 'greening', 1, '', '{}', 1, 1, ?1)
        """, .blob(sealer.seal(Array("x".utf8), context: "permit|item|1|remarks")))
      try transaction.execute(
        "INSERT INTO permit_material (permit_case, code, sm3, sealed, created) VALUES (1, 'a', 'b', ?1, 1)",
        .blob(sealer.seal(Array("x".utf8), context: "permit|P-1|material|a|b")))
      try transaction.execute(
        """
        INSERT INTO permit_event (id, item, name, happened, learned, source, reference, note)
        VALUES (7, 1, 'approved', '2026-01-01T00:00:00', 1, 'person', 'entry', ?1)
        """, .blob(sealer.seal(Array("{}".utf8), context: "permit|event|7|note")))
      try transaction.execute(
        "INSERT INTO permit_step (id, permit_case, name, happened, learned, note) VALUES (8, 1, 'contacted', '2026-01-01T00:00:00', 1, ?1)",
        .blob(sealer.seal(Array("{}".utf8), context: "permit|step|8|note")))
      try transaction.execute(
        "INSERT INTO material_file (id, content, sealed, size, created) VALUES (1, ?1, ?2, 1, 1)",
        .blob([0x0A]), .blob(sealer.seal([1], context: "material-file|0a")))
      try transaction.execute(
        """
        INSERT INTO material (id, file, identity, code, business, channel, received, size, sealed, withdrawn, withdrawal)
        VALUES (1, 1, ?1, 'a', 'new', 'c', 1, 1, ?2, 1, ?3)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: "material|1|details")),
        .blob(sealer.seal(Array("{}".utf8), context: "material|1|withdrawal")))
      try transaction.execute(
        """
        INSERT INTO authorisation (id, content, means, purposes, channel, given, kept, sealed, revoked, revocation)
        VALUES (1, ?1, 'qr', '', 'c', 1, 1, ?2, 1, ?3)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: "authorisation|1|words")),
        .blob(sealer.seal(Array("{}".utf8), context: "authorisation|1|revocation")))
      try transaction.execute(
        """
        INSERT INTO supply_application (id, number, region, applicant, content, form, created, changed, asker)
        VALUES (1, 'GD-1', '330100', ?1, ?1, ?2, 1, 1, ?3)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: "supply|GD-1|form")),
        .blob(sealer.seal(Array("{}".utf8), context: "supply|GD-1|asker")))
      try transaction.execute(
        """
        INSERT INTO supply_step (application, stage, form, asker, changed)
        VALUES (1, 'application', ?1, ?2, 1)
        """, .blob(sealer.seal(Array("{}".utf8), context: "supply|GD-1|form")),
        .blob(sealer.seal(Array("{}".utf8), context: "supply|GD-1|asker")))
      try transaction.execute(
        """
        INSERT INTO supply_verdict (application, version, sealed, public_key, signature, created)
        VALUES (1, 1, ?1, ?2, ?2, 1)
        """, .blob(sealer.seal(Array("{}".utf8), context: "supply|1|verdict|1")), .blob([1]))
      try transaction.execute(
        """
        INSERT INTO reserve_project (id, code, region, stage, permits, content, sealed, created, changed)
        VALUES (1, 'c', '330100', 'registered', 0, ?1, ?2, 1, 1)
        """, .blob([1]), .blob(sealer.seal(Array("{}".utf8), context: "reserve|c")))
      try transaction.execute(
        """
        INSERT INTO subscription (id, consumer, kinds, state, created, delivered, failures, refusals, skipped, sealed)
        VALUES (1, 'c', '', 'active', 1, 0, 0, 0, 0, ?1)
        """, .blob(sealer.seal(Array("{}".utf8), context: "subscription.sealed|1")))
    }
    try await IncidentLedger(database: database, keys: keys).sealPlaces()
  }
}
