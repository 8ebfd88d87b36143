import Glibc
import SQLDatabase
import TestSupport
import Testing

@Suite struct CrashTests {
  /// What a process that is killed has been told to be durable is there afterwards, and nothing is half there.
  @Test func aKilledProcessLosesNothingThatWasCommitted() async throws {
    let folder = TemporaryFolder()
    let path = folder.file("test.db")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      var configuration = DatabaseConfiguration()
      // Checkpoints run all the time, so that some are cut off as well.
      configuration.checkpointPages = 20
      let database = try Database(path: path, configuration: configuration)
      try await database.write { transaction in
        try transaction.execute("CREATE TABLE pair (task INTEGER, number INTEGER, side TEXT, body BLOB)")
        try transaction.execute("CREATE INDEX pair_task ON pair (task, number)")
      }
      let acknowledged = unsafe open(path + ".acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
          group.addTask {
            for number in 0..<10_000 {
              try await database.write { transaction in
                for side in ["left", "right"] {
                  try transaction.execute(
                    "INSERT INTO pair VALUES (?1, ?2, ?3, ?4)", .int(task), .int(number), .text(side),
                    .blob([UInt8](repeating: UInt8(task), count: 3_000)))
                }
              }
              let written = unsafe write(acknowledged, [UInt8(task)], 1)
              if written != 1 || (task == 3 && number == 60) { kill(getpid(), SIGKILL) }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    let acknowledged = try folder.read("test.db.acknowledged")
    #expect(acknowledged.count > 60)
    let database = try Database(path: path)
    let rows = try await database.read { reader in
      try reader.query(
        """
        SELECT task, count(*), count(DISTINCT number), max(number) FROM pair GROUP BY task ORDER BY task
        """
      ) { (task: Int($0.int(0)), rows: Int($0.int(1)), pairs: Int($0.int(2)), last: Int($0.int(3))) }
    }
    for task in 0..<8 {
      let promised = acknowledged.count { $0 == UInt8(task) }
      let kept = rows.first { $0.task == task }
      // At most one commit more than acknowledged: the task writes one after the other.
      #expect((promised...promised + 1).contains(kept?.pairs ?? 0))
      #expect((kept?.rows ?? 0) == 2 * (kept?.pairs ?? 0))
      if let kept { #expect(kept.last == kept.pairs - 1) }
    }
    #expect(try await database.integrityProblems() == [])
  }
}
