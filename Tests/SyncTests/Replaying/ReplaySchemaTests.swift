import Replay
import SQLDatabase
import Testing

/// What an older program has left.
@Suite struct ReplaySchemaTests {
  /// A replay that was stopped and started again is counted, and judged by its latest start.
  @Test func replaysOfAnOlderProgramGoOn() async throws {
    try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/old.sqlite")
      let whole = ReplaySchema.component
      try await database.migrate([
        SchemaComponent(name: whole.name, migrations: Array(whole.migrations.prefix(2)))
      ])
      try await database.write { transaction in
        for id in 1...2 {
          try transaction.execute(
            """
            INSERT INTO replay (id, depth, query, terms, state, needs_approval, approved, canary_passed, created, changed)
            VALUES (?1, 're-map', '{}', '{}', 'running', 0, 0, 0, 1, 1)
            """, .int(id))
        }
        for (moment, event) in [(1, "planned"), (10, "started"), (20, "stopped"), (30, "started")] {
          try transaction.execute(
            "INSERT INTO replay_event (replay, moment, event, state) VALUES (1, ?1, ?2, 'running')",
            .int(moment), .text(event))
        }
        let items: [(String, Int?)] = [
          ("succeeded", 11), ("failed", 12), ("succeeded", 31), ("unknown", 32), ("waiting", nil),
          ("pending", nil), ("pending", nil),
        ]
        for (index, item) in items.enumerated() {
          try transaction.execute(
            """
            INSERT INTO replay_item (replay, number, original, state, new, changed, unchanged, finished)
            VALUES (1, ?1, ?1, ?2, 1, 10, 100, ?3)
            """, .int(index + 1), .text(item.0), .intOrNull(item.1))
        }
      }
      try await database.migrate([whole])
      let counted = try await database.read { reader in
        try reader.query(
          """
          SELECT starts, pending, waiting, succeeded, failed, doubtful, records_new, records_changed,
            records_unchanged FROM replay ORDER BY id
          """
        ) {
          [
            $0.int(0), $0.int(1), $0.int(2), $0.int(3), $0.int(4), $0.int(5), $0.int(6), $0.int(7), $0.int(8),
          ]
        }
      }
      #expect(counted == [[2, 2, 1, 2, 1, 1, 7, 70, 700], [0, 0, 0, 0, 0, 0, 0, 0, 0]])
      let starts = try await database.read { reader in
        try reader.query("SELECT start_number FROM replay_item ORDER BY number") { $0.int(0) }
      }
      #expect(starts == [0, 0, 2, 2, 0, 0, 0])
      await database.close()
    }
  }
}
