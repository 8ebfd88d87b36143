import Changes
import CivilTime
import Journal
import SQLDatabase
import Testing
import Work

@testable import Gateway

/// What has ended and what was told goes after a month, by a clock that is to be believed.
@Suite struct ClearingTests {
  private static let day = 86_400
  private static let start = Timestamp(milliseconds: 1_795_000_000_000)
  private static let uptime: Int64 = 10_000_000

  /// A gateway whose clock has been looked at.
  private static func bench() async throws -> GatewayBench {
    let bench = try await GatewayBench()
    try await ClockLedger(database: bench.gateway.database)
      .confirm(at: start, uptime: uptime, boot: "b")
    return bench
  }

  /// A change, and work that has ended.
  private static func live(_ gateway: Gateway, at now: Timestamp) async throws {
    let (feed, queue) = (gateway.changes, gateway.work)
    try await gateway.database.write { transaction in
      try feed.append([NewChange(.pushSettled, "push-1")], in: transaction, at: now)
      _ = try queue.enqueue(
        NewWork(
          kind: .push, lane: "p/o", businessKey: [1], contentDigest: [2], payload: [3], notBefore: now),
        in: transaction, now: now)
    }
    let lease = try #require(
      try await queue.claim(kinds: [.push], limit: 1, lease: .seconds(20), now: now).first)
    try await gateway.database.write { try queue.complete(lease, in: $0, now: now) }
  }

  private static func left(_ gateway: Gateway) async throws -> [Int64] {
    try await gateway.database.read { reader in
      [
        try reader.int("SELECT count(*) FROM change"),
        try reader.int("SELECT count(*) FROM work_item WHERE state = 'done'"),
      ]
    }
  }

  @Test func aClockThatHasLeaptClearsNothing() async throws {
    let bench = try await Self.bench()
    let gateway = bench.gateway
    try await Self.live(gateway, at: Self.start)
    let leapt = Self.start.advanced(bySeconds: 200 * Self.day)
    #expect(
      try await !WorkStation.clear(gateway, at: leapt, uptime: Self.uptime + 60_000, boot: "b"))
    #expect(try await Self.left(gateway) == [1, 1])
    #expect(bench.logLines.text.contains("ended work not removed, since the clock has leapt"))
    // So much has really gone by.
    let later = Self.uptime + Int64(200 * Self.day) * 1000
    #expect(try await WorkStation.clear(gateway, at: leapt, uptime: later, boot: "b"))
    #expect(try await Self.left(gateway) == [0, 0])
    await bench.close()
  }

  @Test func whatWasWrittenWhileTheClockStoodBehindIsNotOld() async throws {
    let bench = try await Self.bench()
    let gateway = bench.gateway
    let behind = Self.start.advanced(bySeconds: -100 * Self.day)
    try await ClockLedger(database: gateway.database)
      .look(at: behind, uptime: Self.uptime + 1000, boot: "b")
    try await Self.live(gateway, at: behind)
    func clear(afterDays days: Int) async throws -> Bool {
      try await WorkStation.clear(
        gateway, at: Self.start.advanced(bySeconds: days * Self.day),
        uptime: Self.uptime + Int64(days * Self.day) * 1000, boot: "b")
    }
    #expect(try await clear(afterDays: 1))
    #expect(try await Self.left(gateway) == [1, 1])
    #expect(try await clear(afterDays: 32))
    #expect(try await Self.left(gateway) == [0, 0])
    await bench.close()
  }
}
