import CivilTime
import Crypto
import Exchanges
import Journal
import SQLDatabase

/// How long it takes to prove that a journal is whole: fills one with so many entries, then verifies it as 'journal verify' does.
enum Verification {
  static func run(entries: Int, folder: String) async throws {
    let database = try await Database.open(path: folder + "/verification.sqlite")
    _ = try await database.migrate(JournalSchema.component)
    let journal = Journal(database: database, keys: KeyRing.ephemeral())
    // Each exchange is two entries: recorded, and concluded.
    let filled = try await seconds { try await fill(journal, exchanges: entries / 2) }
    _ = try await journal.checkpoint()
    var result = JournalVerification()
    let whole = try await seconds { result = try await Journal.verify(database) }
    let quick = try await seconds { _ = try await Journal.verify(database, contents: false) }
    await database.close()
    guard result.finding == nil else { fatalError("\(result.finding?.description ?? "")") }
    print(
      #"{"entries":\#(result.entries),"exchanges":\#(result.exchanges),"contents":\#(result.contents),"#
        + #""fillSeconds":\#(filled),"verifySeconds":\#(whole),"quickSeconds":\#(quick)}"#)
  }

  /// Exchanges of a query by key: some hundred bytes each way.
  private static func fill(_ journal: Journal, exchanges: Int) async throws {
    var left = exchanges
    while left > 0 {
      let count = min(left, 500)
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
    }
  }

  private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    let spent = (ContinuousClock.now - start) / .seconds(1)
    return (spent * 100).rounded() / 100
  }
}
