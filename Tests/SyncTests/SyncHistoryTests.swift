import CivilTime
import SQLDatabase
import Testing

@testable import Sync

@Suite struct SyncHistoryTests {
  /// Of each operation the latest run stays, and the latest that succeeded, however old they are.
  @Test func oldRunsAreRemoved() async throws {
    try await SyncBench.run { bench in
      let database = try await Database.open(path: bench.folder + "/runs.sqlite")
      try await database.migrate([SyncSchema.component])
      // Of one an old success behind many failures, of one a late success, and one that ran once.
      let runs: [(operation: String, day: Int, problem: String?)] =
        [("a", 1, nil), ("a", 2, nil)] + (3...9).map { ("a", $0, "connection") }
        + [("b", 1, nil), ("b", 2, "connection"), ("b", 8, nil), ("b", 9, nil), ("c", 1, "connection")]
      try await database.write { transaction in
        for run in runs {
          var report = PullReport(started: Timestamp(milliseconds: Int64(run.day) * 86_400_000))
          report.finished = report.started
          try transaction.execute(
            """
            INSERT INTO sync_run (platform, operation, started, finished, problem_code, pages, rows, new, changed,
              unchanged, outranked, quarantined, skipped, bytes)
            VALUES ('p', ?1, ?2, ?2, ?3, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            """, .text(run.operation), .int(report.started.milliseconds), .textOrNull(run.problem))
        }
      }
      let history = SyncHistory(database: database)
      let end = Timestamp(milliseconds: 20 * 86_400_000)
      let keys = ["a", "b", "c"].map { OperationKey(platform: "p", operation: $0) }
      var before: [PullStanding] = []
      for key in keys { before.append(try await history.standing(of: key)) }
      #expect(
        try await history.prune(endedBefore: Timestamp(milliseconds: 8 * 86_400_000), isTrial: true) == 8)
      #expect(try await history.runs().count == runs.count)
      let third = 3 * 86_400_000 as Int64
      #expect(
        try await history.prune(endedBefore: end, sparing: [third...third], isTrial: true)
          == runs.count - 5)
      #expect(try await history.prune(endedBefore: end, isTrial: false) == runs.count - 4)
      #expect(try await history.prune(endedBefore: end, isTrial: false) == 0)
      #expect(
        try await history.runs().map { "\($0.key.operation) \($0.report.started.milliseconds / 86_400_000)" }
          == ["c 1", "b 9", "a 9", "a 2"])
      for (key, standing) in zip(keys, before) {
        let now = try await history.standing(of: key)
        #expect(now.lastRun?.report.started == standing.lastRun?.report.started)
        #expect(now.lastSuccess == standing.lastSuccess)
      }
      await database.close()
    }
  }
}
