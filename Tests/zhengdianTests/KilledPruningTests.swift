import CivilTime
import Documents
import Exchanges
import Gateway
import Glibc
import Journal
import SQLDatabase
import Testing

@testable import zhengdian

/// `kill -9` in the middle of a pruning, by the real program: the next one goes on, and the chain holds all the time.
@Suite struct KilledPruningTests {
  @Test(.enabled(if: BinaryTests.program != nil)) func aKilledPruningIsGoneOnWith() async throws {
    let program = try #require(BinaryTests.program)
    try await TestSite.use { site in
      let written = try InputFile.read(site.configurationFile, most: 1 << 20)
      try site.folder.write(
        "zhengdian.yaml", String(decoding: written, as: UTF8.self) + "retention: {bodies: 200d}\n")
      let day: Int64 = 86_400_000
      let old = Timestamp(milliseconds: Timestamp.now().milliseconds - 1_200 * day)
      try await site.open { gateway in
        // Moments of recording never go back, so what is there would make all that follows new.
        try await gateway.database.write { transaction in
          for table in [
            "journal_entry", "journal_checkpoint", "exchange", "exchange_key", "exchange_content",
          ] {
            try transaction.execute("DELETE FROM \(table)")
          }
        }
        for start in stride(from: 0, to: 1_500, by: 500) {
          let prepared = (start..<start + 500).map { number in
            gateway.journal.prepare(
              Exchange(
                platform: "estate", operation: "property-deed", method: "POST",
                address: "https://127.0.0.1:9/", requestBody: Array("asked \(number)".utf8), status: 200,
                responseBody: (0..<4_000).map { UInt8(truncatingIfNeeded: $0 * number) }, created: old,
                outcome: .succeeded, requestID: "r"))
          }
          try await gateway.database.write { transaction in
            for (index, one) in prepared.enumerated() {
              // Half of them go whole, of the others what was said.
              let age = Int64(start + index < 750 ? 0 : 300) * day
              try gateway.journal.insert(one, in: transaction, now: old.advanced(byMilliseconds: age))
            }
          }
        }
        try await ClockLedger(database: gateway.database)
          .confirm(at: .now(), uptime: ClockKeeper.uptime(), boot: ClockKeeper.boot)
      }
      let log = site.database + "-wal"
      var kills = 0
      while kills < 30 {
        let before = FileFacts.size(of: log) ?? 0
        let limit = before + (1 + kills % 3) * (400 << 10)
        let status = try await KillTests.run(
          program, "journal", "prune", "--config", site.configurationFile,
          killWhen: { FileFacts.size(of: log) ?? 0 >= limit })
        if status == 0 { break }
        #expect(status == -SIGKILL)
        kills += 1
        #expect(await site.run("journal", "verify").code == .done)
      }
      #expect(kills >= 2, "\(kills)")
      try await site.open { gateway in
        let left = try await gateway.database.read { reader in
          (
            rows: try reader.int("SELECT count(*) FROM exchange"),
            contents: try reader.int("SELECT count(*) FROM exchange_content"),
            keys: try reader.int("SELECT count(*) FROM exchange_key")
          )
        }
        #expect(left == (rows: 750, contents: 0, keys: 0))
        #expect(try await gateway.database.integrityProblems().isEmpty)
      }
    }
  }
}
