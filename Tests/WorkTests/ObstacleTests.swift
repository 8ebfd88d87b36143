import CivilTime
import Crypto
import Glibc
import SQLDatabase
import TestSupport
import Testing

@testable import Work

/// Disks without room and databases that another process locks: nothing is claimed, or half claimed, and afterwards everything is there.
@Suite struct ObstacleTests {
  private static func open(_ folder: TemporaryFolder) async throws -> (Database, WorkQueue) {
    var configuration = DatabaseConfiguration()
    configuration.busyTimeoutMilliseconds = 30
    configuration.maximumPageCount = 500
    let database = try await Database.open(path: folder.file("work.db"), configuration: configuration)
    try await database.migrate(WorkSchema.component)
    let queue = try QueueBench.queue(database, "a")
    _ = try await database.write { transaction in
      for number in 0..<20 {
        _ = try queue.enqueue(QueueBench.work(number), in: transaction, now: QueueBench.now)
      }
    }
    return (database, queue)
  }

  private static func claim(_ queue: WorkQueue) async throws -> [WorkLease] {
    try await queue.claim(kinds: [.push], limit: 100, lease: .seconds(20), now: QueueBench.now)
  }

  private static func code(_ body: () async throws -> Void) async throws -> DatabaseError.Code? {
    do {
      try await body()
      return nil
    } catch let error as DatabaseError {
      return error.code
    }
  }

  @Test func aFullDiskClaimsNothing() async throws {
    let folder = TemporaryFolder()
    let (database, queue) = try await Self.open(folder)
    _ = try await database.write { transaction in
      try transaction.execute("CREATE TABLE filler (body BLOB)")
      try transaction.execute(
        """
        CREATE TRIGGER full AFTER UPDATE ON work_item WHEN NEW.id = 17
        BEGIN INSERT INTO filler VALUES (zeroblob(50000000)); END
        """)
    }
    for _ in 0..<3 { #expect(try await Self.code { _ = try await Self.claim(queue) } == .full) }
    #expect(try await queue.list(WorkFilter(state: .ready)).count == 20)
    _ = try await database.write { try $0.execute("DROP TRIGGER full") }
    let leases = try await Self.claim(queue)
    #expect(leases.count == 20 && leases.allSatisfy { $0.attempt == 1 && !$0.isTakeover })
    await database.close()
  }

  @Test func whatAnotherProcessLocksIsNotClaimed() async throws {
    let folder = TemporaryFolder()
    let (database, queue) = try await Self.open(folder)
    let path = folder.file("work.db")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await #expect(processExitsWith: .success) { [path = path as String] in
          let database = try Database(path: path)
          try await database.write { transaction in
            try transaction.execute("UPDATE work_item SET priority = priority + 1")
            close(unsafe creat(path + ".held", 0o600))
            while unsafe access(path + ".end", F_OK) != 0 { usleep(1_000) }
          }
          await database.close()
        }
      }
      while unsafe access(path + ".held", F_OK) != 0 { try await Task.sleep(for: .milliseconds(1)) }
      let found = try await Self.code { _ = try await Self.claim(queue) }
      let waiting = try await queue.list(WorkFilter(state: .ready))
      folder.write([], to: "work.db.end")
      #expect(found == .busy)
      #expect(waiting.count == 20 && waiting.allSatisfy { $0.priority == 0 }, "reading goes on")
      try await group.waitForAll()
    }
    let leases = try await Self.claim(queue)
    #expect(leases.count == 20 && leases.allSatisfy { $0.attempt == 1 })
    await database.close()
  }
}
