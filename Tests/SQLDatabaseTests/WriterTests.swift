import Glibc
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@Suite struct WriterTests {
  private let folder = TemporaryFolder()

  private struct Refusal: Error, Equatable {
    let number: Int
  }

  /// Holds up a thread.
  private final class Gate: Sendable {
    private let state = Mutex((isOpen: false, isReached: false))

    func wait() {
      state.withLock { $0.isReached = true }
      while !isOpen { usleep(1000) }
    }

    func untilSomebodyWaits() async throws {
      while !state.withLock({ $0.isReached }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() { state.withLock { $0.isOpen = true } }
  }

  @Test func keepsWhatManyTasksWrite() async throws {
    let database = try await folder.database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<500 { group.addTask { try await database.insert("word \(number)") } }
      for _ in 0..<50 { group.addTask { _ = try await database.count() } }
      try await group.waitForAll()
    }
    #expect(try await database.count() == 500)
  }

  /// The writer is held up until everything is in the queue.
  @Test func aPatientWriteComesWhenNobodyElseWaits() async throws {
    let database = try await folder.database()
    let order = Collected<String>()
    let gate = Gate()
    async let first: Void = database.write { _ in gate.wait() }
    try await gate.untilSomebodyWaits()
    async let patient: Int64 = database.writeRegardless(isPatient: true) { transaction in
      order.add("patient")
      return try transaction.int("PRAGMA synchronous")
    }
    try await Task.sleep(for: .milliseconds(20))
    async let urgent: Int64 = database.write { transaction in
      order.add("urgent")
      return try transaction.int("PRAGMA synchronous")
    }
    try await Task.sleep(for: .milliseconds(20))
    gate.open()
    // Only one of them waits for the disk: FULL is 2, NORMAL is 1.
    #expect(try await (patient, urgent) == (1, 2))
    try await first
    #expect(order.elements == ["urgent", "patient"])
    #expect(try await database.write { try $0.int("PRAGMA synchronous") } == 2)
  }

  @Test func aPatientWriteIsNotPassedOverForEver() async throws {
    let database = try await folder.database()
    let gate = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          var number = 0
          while !gate.isOpen {
            number += 1
            try await database.insert("urgent \(task).\(number)")
          }
        }
      }
      for number in 0..<20 {
        try await database.writeRegardless(isPatient: true) { transaction in
          _ = try transaction.execute("INSERT INTO entry (word) VALUES (?1)", .text("patient \(number)"))
        }
      }
      gate.open()
      try await group.waitForAll()
    }
    #expect(
      try await database.read { try $0.int("SELECT count(*) FROM entry WHERE word LIKE 'patient %'") } == 20)
  }

  @Test func aPatientWriteIsNotLeftAlone() async throws {
    let database = try await folder.database()
    for number in 0..<5 {
      try await database.writeRegardless(isPatient: true) { transaction in
        _ = try transaction.execute("INSERT INTO entry (word) VALUES (?1)", .text("\(number)"))
      }
    }
    #expect(try await database.count() == 5)
    // What waits when the database is closed is done.
    async let last: Void = database.writeRegardless(isPatient: true) { transaction in
      _ = try transaction.execute("INSERT INTO entry (id, word) VALUES (99, 'patient')")
    }
    try await last
    await database.close()
  }

  @Test func patientAndOthersAreAllKept() async throws {
    let database = try await folder.database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<400 {
        group.addTask {
          try await database.writeRegardless(isPatient: number % 3 != 0) { transaction in
            _ = try transaction.execute(
              "INSERT INTO entry (word) VALUES (?1)", .text("\(number)"))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await database.count() == 400)
  }

  @Test func oneFailingBodyTakesOnlyItsOwnRows() async throws {
    let database = try await folder.database()
    let failed = Collected<Int>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          do {
            try await database.write { transaction in
              try transaction.execute(
                "INSERT INTO entry (id, word) VALUES (?1, ?2)", .int(number), .text("\(number)"))
              if number % 3 == 0 { throw Refusal(number: number) }
            }
          } catch let refusal as Refusal {
            failed.add(refusal.number)
          }
        }
      }
      try await group.waitForAll()
    }
    let kept = try await database.read { try $0.query("SELECT id FROM entry ORDER BY id") { Int($0.int(0)) } }
    #expect(kept == (0..<300).filter { $0 % 3 != 0 })
    #expect(Set(failed.elements) == Set((0..<300).filter { $0 % 3 == 0 }))
  }

  @Test func queuedBodiesShareOneTransaction() async throws {
    let database = try await folder.database()
    // The first body holds the writer until the others are queued.
    let queued = Collected<Int>()
    async let first: Void = database.write { _ in
      while queued.elements.count < 20 {}
    }
    let seen = try await withThrowingTaskGroup(of: Int64.self) { group in
      for number in 0..<20 {
        group.addTask {
          queued.add(number)
          return try await database.write { transaction in
            try transaction.execute("INSERT INTO entry (word) VALUES (?1)", .text("\(number)"))
            return try transaction.int("SELECT count(*) FROM entry")
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }.sorted()
    }
    try await first
    #expect(seen == Array(1...20))
  }

  /// By then others can read it, and the caller has not gone on.
  @Test func whatFollowsACommitComesBehindIt() async throws {
    let database = try await folder.database()
    for number in 1...20 {
      let done = Collected<Int>()
      async let seen: Int64 = {
        while done.elements.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
        return try await database.count()
      }()
      try await database.write { transaction in
        try transaction.execute("INSERT INTO entry (word) VALUES (?1)", .text("\(number)"))
        transaction.afterCommit { done.add(number) }
      }
      #expect(done.elements == [number])
      #expect(try await seen == number)
    }
  }

  @Test func nothingFollowsWhatWasUndone() async throws {
    let database = try await folder.database()
    let done = Collected<String>()
    await #expect(throws: Refusal(number: 1)) {
      try await database.write { transaction in
        transaction.afterCommit { done.add("refused") }
        throw Refusal(number: 1)
      }
    }
    try await database.write { transaction in
      transaction.afterCommit { done.add("first") }
      #expect(throws: Refusal(number: 2)) {
        try transaction.savepoint {
          transaction.afterCommit { done.add("part") }
          throw Refusal(number: 2)
        }
      }
      transaction.afterCommit { done.add("last") }
    }
    // A constraint that is looked at when everything is written: the commit fails.
    await #expect(throws: DatabaseError.self) {
      try await database.write { transaction in
        try transaction.execute("PRAGMA defer_foreign_keys = ON")
        try transaction.execute("CREATE TABLE child (parent INTEGER REFERENCES entry (id))")
        try transaction.execute("INSERT INTO child (parent) VALUES (4711)")
        transaction.afterCommit { done.add("not committed") }
      }
    }
    #expect(done.elements == ["first", "last"])
  }

  @Test func savepointsUndoOnlyTheirPart() async throws {
    let database = try await folder.database()
    try await database.write { transaction in
      try transaction.execute("INSERT INTO entry (word) VALUES ('outer')")
      do {
        try transaction.savepoint {
          try transaction.execute("INSERT INTO entry (word) VALUES ('inner')")
          _ = try transaction.savepoint {
            try transaction.execute("INSERT INTO entry (word) VALUES ('innermost')")
          }
          throw Refusal(number: 1)
        }
      } catch is Refusal {}
      try transaction.savepoint { _ = try transaction.execute("INSERT INTO entry (word) VALUES ('kept')") }
    }
    let words = try await database.read { try $0.query("SELECT word FROM entry ORDER BY id") { $0.text(0) } }
    #expect(words == ["outer", "kept"])
  }

  @Test func aBodyMustNotEndItsTransaction() async throws {
    let database = try await folder.database()
    let found = try await code {
      try await database.write { _ = try $0.execute("COMMIT") }
    }
    #expect(found == .transactionLost)
    try await database.insert("afterwards")
    #expect(try await database.count() == 1)
  }

  @Test func aFullDatabaseRefusesTheGroupAndKeepsNothingOfIt() async throws {
    let database = try await folder.database { $0.maximumPageCount = 40 }
    try await database.insert("before")
    let codes = Collected<DatabaseError.Code>()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          do {
            try await database.insert("word \(number)", [UInt8](repeating: UInt8(number), count: 20_000))
          } catch {
            codes.add((error as? DatabaseError)?.code ?? .other)
          }
        }
      }
    }
    let failed = codes.elements
    #expect(failed.count > 30)
    #expect(failed.allSatisfy { $0 == .full })
    #expect(try await database.count() == Int64(51 - failed.count))
    #expect(try await database.integrityProblems() == [])
    // Room again: the same connection goes on.
    _ = try await database.write { try $0.execute("DELETE FROM entry") }
    try await database.insert("after", [UInt8](repeating: 1, count: 20_000))
    #expect(try await database.count() == 1)
  }

  @Test func aSwallowedErrorOfAFullDatabaseStillFails() async throws {
    let database = try await folder.database { $0.maximumPageCount = 20 }
    let found = try await code {
      try await database.write { transaction in
        try transaction.execute("INSERT INTO entry (word) VALUES ('first')")
        let big = SQLValue.blob([UInt8](repeating: 1, count: 200_000))
        do { try transaction.execute("INSERT INTO entry (body) VALUES (?1)", big) } catch {}
        // SQLite has rolled back the transaction or only the statement; in both cases nothing may be
        // half kept.
        try transaction.execute("INSERT INTO entry (word) VALUES ('last')")
      }
    }
    let count = try await database.count()
    #expect(found == nil ? count == 2 : count == 0)
  }

  @Test func aCancelledTaskDoesNotWrite() async throws {
    let database = try await folder.database()
    let isQueued = Signal()
    async let first: Void = database.write { _ in
      isQueued.block()
    }
    let task = Task {
      try await database.insert("cancelled")
    }
    task.cancel()
    isQueued.set()
    try await first
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await database.count() == 0)
  }

  @Test func whoGivesUpWaitingIsAnsweredAtOnce() async throws {
    let database = try await folder.database { $0.readers = 1 }
    let mayEnd = Signal()
    let begun = (Signal(), Signal())
    async let writer: Void = database.write { _ in
      begun.0.set()
      mayEnd.block()
    }
    async let reader: Void = database.read { _ in
      begun.1.set()
      mayEnd.block()
    }
    await begun.0.wait()
    await begun.1.wait()
    // Both threads are busy until the end of this test, and neither answers.
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await database.insert("given up") }
      group.addTask { _ = try await database.count() }
      group.cancelAll()
      for _ in 0..<2 { await #expect(throws: CancellationError.self) { try await group.next() } }
    }
    mayEnd.set()
    try await writer
    try await reader
    #expect(try await database.count() == 0)
  }

  @Test func eachCallerIsAnsweredOnceWhoeverIsFirst() async throws {
    let database = try await folder.database()
    let kept = Collected<Int>()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<400 {
        group.addTask {
          // Cancelled at any moment: before it is queued, while it waits, while it runs, after.
          let task = Task { try await database.insert("word \(number)") }
          let other = Task { try await database.count() }
          for _ in 0..<number % 7 { await Task.yield() }
          task.cancel()
          other.cancel()
          _ = await other.result
          if case .success = await task.result { kept.add(number) }
        }
      }
    }
    #expect(try await database.count() == kept.elements.count)
  }

  @Test func reportsALockThatAnotherHolds() async throws {
    let database = try await folder.database()
    let other = try Database(path: database.path)
    let isHeld = Signal()
    let mayEnd = Signal()
    async let holder: Void = other.write { _ in
      isHeld.set()
      mayEnd.block()
    }
    await isHeld.wait()
    let found = try await code { try await database.insert("too early") }
    #expect(found == .busy)
    // Reading goes on meanwhile.
    #expect(try await database.count() == 0)
    mayEnd.set()
    try await holder
    try await database.insert("now")
    #expect(try await database.count() == 1)
  }
}
