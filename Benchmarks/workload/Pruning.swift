import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Synchronization

/// What retention costs who writes at the same time: prunes a part of a journal as the gateway does at night, while exchanges go on being recorded.
enum Pruning {
  private static let pause = Duration.milliseconds(20)

  /// - Parameter due: so many of the oldest exchanges, of which one came each second since `start`.
  static func run(
    _ journal: Journal, _ database: Database, exchanges: Int, due: Int, _ start: Timestamp
  ) async throws {
    try await record(journal, "record, alone", exchanges) { $0 < 1_000 }
    let kept = Duration.seconds(exchanges - due)
    let retention = Retention(
      journal,
      policy: RetentionPolicy(
        rules: [], otherwise: RetentionTimes(bodies: kept, rows: kept), kind: { _, _ in .pull }),
      guards: [])
    let isDone = Atomic(false)
    let begun = ContinuousClock.now
    async let report = {
      defer { isDone.store(true, ordering: .releasing) }
      return try await retention.run(now: start.advanced(bySeconds: exchanges), pause: pause)
    }()
    try await record(journal, "record, while pruning", exchanges) { _ in
      !isDone.load(ordering: .acquiring)
    }
    let rows = try await report.rows
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    let before = try await database.space()
    var left = before.freePages
    while left > 0 { left = try await database.reclaim(pages: 500) }
    try await database.checkpoint()
    let after = try await database.space()
    print(
      #"{"exchanges":\#(exchanges),"step":"prune","rows":\#(rows),"seconds":\#((seconds * 10).rounded() / 10),"#
        + #""pagesBefore":\#(before.pages),"pagesAfter":\#(after.pages)}"#)
  }

  private static func record(
    _ journal: Journal, _ name: String, _ exchanges: Int, while goesOn: (Int) -> Bool
  ) async throws {
    var times: [Double] = []
    while goesOn(times.count) {
      let now = Timestamp.now()
      let exchange = Exchange(
        platform: "platform-0", operation: "live", method: "POST", address: "https://127.0.0.1/licence",
        requestBody: Array("{}".utf8), status: 200, responseBody: Array("{}".utf8), created: now, sent: now,
        received: now, outcome: .succeeded, requestID: "live")
      let begun = ContinuousClock.now
      _ = try await journal.record(exchange)
      times.append((ContinuousClock.now - begun) / .milliseconds(1))
      try await Task.sleep(for: .milliseconds(5))
    }
    times.sort()
    print(
      #"{"exchanges":\#(exchanges),"step":"\#(name)","count":\#(times.count),"#
        + #""p50":\#(rounded(times[times.count / 2])),"p99":\#(rounded(times[times.count * 99 / 100]))}"#)
  }

  private static func rounded(_ milliseconds: Double) -> Double { (milliseconds * 1000).rounded() / 1000 }
}
