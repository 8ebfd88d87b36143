import CivilTime
import Crypto
import Exchanges
import Glibc
import Journal
import SQLDatabase

/// Whether lists slow down as the journal grows: fills one with so many exchanges, then asks for pages of it with each filter.
enum Queries {
  private static let platforms = 20
  private static let operations = 5
  private static let pageSize = 50
  private static let rounds = 400

  static func run(exchanges: Int, folder: String) async throws {
    let database = try await Database.open(path: folder + "/queries-\(exchanges).sqlite")
    _ = try await database.migrate(JournalSchema.component)
    let journal = Journal(database: database, keys: KeyRing.ephemeral())
    let start = Timestamp.now()
    var made = 0
    var (begun, spent, measured) = (ContinuousClock.now, processorSeconds(), 0)
    while made < exchanges {
      let count = min(5_000, exchanges - made)
      // The last tenth counts: what an insert costs in a journal that has grown.
      if made < exchanges * 9 / 10 { (begun, spent, measured) = (.now, processorSeconds(), 0) }
      try await fill(journal, database, from: made, count: count, start)
      (made, measured) = (made + count, measured + count)
    }
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    let processor = (processorSeconds() - spent) * 1_000_000 / Double(measured)
    print(
      #"{"exchanges":\#(exchanges),"step":"insert","perSecond":\#(Int(Double(measured) / seconds)),"#
        + #""processorMicroseconds":\#(rounded(processor))}"#)
    try await database.checkpoint()

    var generator = SystemRandomNumberGenerator()
    for (name, filter) in filters(exchanges, start) {
      var times: [Double] = []
      var rows = 0
      for round in 0..<rounds {
        var filter = filter
        // Half of them from a place in the middle, as those do who turn pages.
        if round % 2 == 1 {
          filter.after = ExchangeID(.random(in: 1...Int64(exchanges), using: &generator))
        }
        filter.order = round % 4 < 2 ? .newestFirst : .oldestFirst
        let begun = ContinuousClock.now
        rows += try await journal.list(filter).count
        times.append((ContinuousClock.now - begun) / .milliseconds(1))
      }
      times.sort()
      print(
        #"{"exchanges":\#(exchanges),"step":"\#(name)","rows":\#(rows / rounds),"#
          + #""p50":\#(rounded(times[times.count / 2])),"p99":\#(rounded(times[times.count * 99 / 100]))}"#)
    }
    try await Pruning.run(journal, database, exchanges: exchanges, due: exchanges / 10, start)
    await database.close()
  }

  /// Of the whole process; other work on the machine disturbs it less than elapsed time.
  private static func processorSeconds() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func rounded(_ milliseconds: Double) -> Double { (milliseconds * 1000).rounded() / 1000 }

  /// The same share of everything at each size. An exchange a second, so that a span of time is a tenth of the journal.
  private static func filters(_ exchanges: Int, _ start: Timestamp) -> [(String, ExchangeFilter)] {
    let since = start.advanced(bySeconds: exchanges * 45 / 100)
    let until = start.advanced(bySeconds: exchanges * 55 / 100)
    func filter(_ change: (inout ExchangeFilter) -> Void) -> ExchangeFilter {
      var filter = ExchangeFilter(limit: pageSize)
      change(&filter)
      return filter
    }
    return [
      ("everything", filter { _ in }), ("platform", filter { $0.platform = "platform-3" }),
      (
        "operation",
        filter {
          $0.platform = "platform-3"
          $0.operation = "operation-2"
        }
      ),
      ("outcome", filter { $0.outcome = .rejected }),
      (
        "platform, outcome",
        filter {
          $0.platform = "platform-3"
          $0.outcome = .failed
        }
      ), ("class", filter { $0.problemClass = .data }),
      (
        "class, outcome",
        filter {
          $0.problemClass = .data
          $0.outcome = .rejected
        }
      ),
      (
        "operation, class",
        filter {
          $0.platform = "platform-3"
          $0.operation = "operation-2"
          $0.problemClass = .transient
        }
      ),
      ("request", filter { $0.requestID = "request-\(exchanges / 2)" }),
      ("parent", filter { $0.parent = ExchangeID(Int64(exchanges / 2 / 10 * 10 + 1)) }),
      (
        "time",
        filter {
          $0.since = since
          $0.until = until
        }
      ),
      (
        "time, platform, class",
        filter {
          ($0.since, $0.until) = (since, until)
          $0.platform = "platform-3"
          $0.problemClass = .data
        }
      ),
      (
        "time, outcome",
        filter {
          ($0.since, $0.until) = (since, until)
          $0.outcome = .failed
        }
      ), ("nothing found", filter { $0.platform = "nobody" }),
    ]
  }

  /// Three in a hundred do not succeed; one in ten follows another.
  private static func fill(
    _ journal: Journal, _ database: Database, from: Int, count: Int, _ start: Timestamp
  ) async throws {
    let classes = [ErrorClass.transient, .data, .platform]
    for first in stride(from: from, to: from + count, by: 500) {
      let prepared = (first..<min(first + 500, from + count)).map { number in
        let chance = Int((UInt64(number) &* 0x9E37_79B9_7F4A_7C15) >> 40)
        let trouble = chance % 100 < 3 ? Outcome.allCases[1 + chance / 100 % 3] : nil
        return journal.prepare(
          Exchange(
            platform: "platform-\(number % platforms)",
            operation: "operation-\(number / platforms % operations)",
            method: "POST", address: "https://127.0.0.1/licence",
            requestBody: Array(#"{"requestId":"\#(number)"}"#.utf8), status: 200,
            responseBody: Array(#"{"code":"00","datas":[{"number":"91330199TX\#(number)"}]}"#.utf8),
            created: start, sent: start, received: start,
            parent: number % 10 == 9 ? ExchangeID(Int64(number - 8)) : nil, outcome: trouble ?? .succeeded,
            problem: trouble.map { _ in
              ExchangeProblem(
                code: "trouble", errorClass: classes[chance / 300 % 3], message: "it did not work",
                remedy: "try again")
            }, requestID: "request-\(number)"))
      }
      try await database.write { transaction in
        for (index, one) in prepared.enumerated() {
          try journal.insert(one, in: transaction, now: start.advanced(bySeconds: first + index))
        }
      }
    }
  }
}
