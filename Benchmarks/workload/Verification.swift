import CivilTime
import Crypto
import Exchanges
import Journal
import SQLDatabase

/// How long it takes to prove that a journal is whole: fills one with so many entries, signed as often as a gateway that is busy signs them, then verifies it as
/// 'journal verify' does. A smaller one has a checkpoint for each exchange: what a signature costs, for journals that grow slowly.
enum Verification {
  static func run(entries: Int, folder: String) async throws {
    // The notary of a gateway signs after 1,000 entries; each exchange is two: recorded, and concluded.
    let whole = try await measure(folder + "/verification.sqlite", exchanges: entries / 2, signedEach: 500)
    let dense = try await measure(folder + "/dense.sqlite", exchanges: max(1, entries / 200), signedEach: 1)
    let result = whole.result
    print(
      #"{"entries":\#(result.entries),"exchanges":\#(result.exchanges),"contents":\#(result.contents),"#
        + #""checkpoints":\#(result.checkpoints),"fillSeconds":\#(whole.filled),"verifySeconds":\#(whole.whole),"#
        + #""quickSeconds":\#(whole.quick),"denseCheckpoints":\#(dense.result.checkpoints),"#
        + #""denseSeconds":\#(dense.whole)}"#)
  }

  private static func measure(
    _ file: String, exchanges: Int, signedEach: Int
  ) async throws -> (result: JournalVerification, filled: Double, whole: Double, quick: Double) {
    let database = try await Database.open(path: file)
    _ = try await database.migrate(JournalSchema.component)
    let journal = Journal(database: database, keys: KeyRing.ephemeral())
    let filled = try await seconds { try await fill(journal, exchanges: exchanges, signedEach: signedEach) }
    var result = JournalVerification()
    let whole = try await seconds { result = try await Journal.verify(database) }
    let quick = try await seconds { _ = try await Journal.verify(database, contents: false) }
    await database.close()
    guard result.finding == nil else { fatalError("\(result.finding?.description ?? "")") }
    return (result, filled, whole, quick)
  }

  /// Exchanges of a query by key: some hundred bytes each way.
  private static func fill(_ journal: Journal, exchanges: Int, signedEach: Int) async throws {
    var left = exchanges
    while left > 0 {
      let count = min(left, signedEach)
      left -= count
      try await journal.record(
        (0..<count).map { index in
          let now = Timestamp.now()
          return Exchange(
            platform: "bench", operation: "licence", method: "POST", address: "https://127.0.0.1/licence",
            requestHeaders: [ExchangeHeader(name: "Content-Type", value: "application/json")],
            requestBody: Array(#"{"requestId":"\#(left)-\#(index)","useCause":"supply-application"}"#.utf8),
            status: 200, responseHeaders: [ExchangeHeader(name: "Content-Type", value: "application/json")],
            responseBody: Array(
              #"{"code":"00","msg":"","datas":[{"uniscid":"91330199TX000\#(index)","state":"存续"}]}"#.utf8),
            created: now, sent: now, received: now, outcome: .succeeded, requestID: "bench-\(left)")
        })
      _ = try await journal.checkpoint()
    }
  }

  private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let spent = (ContinuousClock.now - start) / .seconds(1)
    return (spent * 100).rounded() / 100
  }
}
