import Glibc
import SQLDatabase
import Synchronization
import TestSupport
import Testing

@Suite struct SpaceTests {
  private func size(_ folder: TemporaryFolder) -> Int {
    var status = stat()
    return unsafe stat(folder.file("test.db"), &status) == 0 ? Int(status.st_size) : 0
  }

  private func fill(_ database: Database, _ rows: Int, _ name: String = "row") async throws {
    for index in 0..<rows {
      try await database.insert("\(name)-\(index)", [UInt8](repeating: 7, count: 10_000))
    }
    try await database.checkpoint()
  }

  @Test func freeRoomComesBackWhileTheDatabaseIsInUse() async throws {
    let folder = TemporaryFolder()
    let database = try await folder.database()
    try await fill(database, 200)
    let full = size(folder)
    #expect(full > 2_000_000)
    _ = try await database.write { try $0.execute("DELETE FROM entry WHERE id > 20") }
    let before = try await database.space()
    #expect(before.canShrink && before.freeBytes > 1_700_000)
    // In portions, between which others write and read.
    var left = before.freePages
    var portions = 0
    while left > 0 {
      left = try await database.reclaim(pages: 100)
      portions += 1
      try await database.insert("between-\(portions)")
      #expect(try await database.count() == Int64(20 + portions))
    }
    #expect(portions > 3)
    try await database.checkpoint()
    #expect(size(folder) < full / 5, "\(size(folder)) of \(full)")
    #expect(try await database.integrityProblems().isEmpty)
    #expect(try await database.reclaim(pages: 100) == 0)
    await database.close()
  }

  @Test func aFileThatCannotShrinkCanAfterItWasCompacted() async throws {
    let folder = TemporaryFolder()
    let old = try await folder.database { $0.canShrink = false }
    try await fill(old, 100)
    _ = try await old.write { try $0.execute("DELETE FROM entry WHERE id > 10") }
    await old.close()

    let database = try await folder.database()
    let space = try await database.space()
    #expect(!space.canShrink && space.freePages > 0)
    #expect(try await database.reclaim(pages: 1_000) == 0)
    #expect(try await database.space() == space, "nothing is given back, and nothing broken")
    let full = size(folder)
    try await database.compact()
    #expect(size(folder) < full / 4, "\(size(folder)) of \(full)")
    let compacted = try await database.space()
    #expect(compacted.canShrink && compacted.freePages == 0)
    #expect(try await database.count() == 10)
    #expect(try await database.integrityProblems().isEmpty)
    // And from then on by itself.
    try await fill(database, 100, "later")
    _ = try await database.write { try $0.execute("DELETE FROM entry WHERE id > 10") }
    #expect(try await database.reclaim(pages: 100_000) == 0)
    try await database.checkpoint()
    #expect(size(folder) < full / 4)
    await database.close()
  }

  @Test func compactingGivesUpWhileAnotherWrites() async throws {
    let folder = TemporaryFolder()
    let database = try await folder.database()
    let other = try await folder.database()
    try await fill(database, 10)
    let (isWriting, mayEnd) = (Flag(), Flag())
    async let written: Void = other.write { transaction in
      _ = try transaction.execute("INSERT INTO entry (word) VALUES ('held')")
      isWriting.set()
      while !mayEnd.isSet { usleep(500) }
    }
    while !isWriting.isSet { await Task.yield() }
    #expect(try await code { try await database.compact() } == .busy)
    mayEnd.set()
    try await written
    #expect(try await database.count() == 11)
    await database.close()
    await other.close()
  }
}

private final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .acquiring) }

  func set() { state.store(true, ordering: .releasing) }
}
