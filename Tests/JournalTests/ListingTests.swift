import CivilTime
import Exchanges
import Journal
import SQLDatabase
import Testing

@Suite struct ListingTests {
  /// 240 exchanges of three platforms, two operations and all outcomes.
  private func filled() async throws -> JournalFixture {
    let fixture = try await JournalFixture()
    let journal = fixture.journal
    let prepared = (0..<240).map { number in
      let outcome = Outcome.allCases[number % 4]
      let problem = ExchangeProblem(
        code: "p", errorClass: ErrorClass.allCases[number % 7], message: "m", remedy: "")
      return journal.prepare(
        JournalFixture.exchange(
          platform: "platform-\(number % 3)", operation: "operation-\(number / 3 % 2)", outcome: outcome,
          problem: outcome == .succeeded ? nil : problem, parent: number % 10 == 9 ? ExchangeID(1) : nil,
          requestID: number % 20 == 0 ? "request-\(number)" : ""))
    }
    try await fixture.database.write { transaction in
      for (number, exchange) in prepared.enumerated() {
        try journal.insert(exchange, in: transaction, now: Timestamp(milliseconds: Int64(number)))
      }
    }
    return fixture
  }

  private static let filters: [ExchangeFilter] = [
    ExchangeFilter(), ExchangeFilter(platform: "platform-1"),
    ExchangeFilter(platform: "platform-1", operation: "operation-1"), ExchangeFilter(outcome: .failed),
    ExchangeFilter(outcome: .succeeded), ExchangeFilter(platform: "platform-2", outcome: .unknown),
    ExchangeFilter(platform: "platform-2", operation: "operation-0", outcome: .rejected),
    ExchangeFilter(problemClass: .drift), ExchangeFilter(platform: "platform-0", problemClass: .rate),
    ExchangeFilter(platform: "platform-0", operation: "operation-1", problemClass: .data),
    ExchangeFilter(outcome: .failed, problemClass: .credentials), ExchangeFilter(parent: ExchangeID(1)),
    ExchangeFilter(requestID: "request-40"),
    ExchangeFilter(since: Timestamp(milliseconds: 100), until: Timestamp(milliseconds: 120)),
    ExchangeFilter(platform: "platform-1", since: Timestamp(milliseconds: 100)),
    ExchangeFilter(platform: "platform-1", outcome: .rejected, problemClass: .data),
    ExchangeFilter(
      platform: "platform-1", operation: "operation-0", outcome: .failed, problemClass: .platform),
    ExchangeFilter(
      platform: "platform-2", problemClass: .transient, since: Timestamp(milliseconds: 50),
      until: Timestamp(milliseconds: 200)),
    ExchangeFilter(
      outcome: .unknown, since: Timestamp(milliseconds: 50), until: Timestamp(milliseconds: 200)),
    ExchangeFilter(requestID: "request-80", since: Timestamp(milliseconds: 50)),
    ExchangeFilter(platform: "platform-1", requestID: "request-100"),
    ExchangeFilter(platform: "platform-2", outcome: .succeeded),
    ExchangeFilter(until: Timestamp(milliseconds: 0)), ExchangeFilter(since: Timestamp(milliseconds: 240)),
  ]

  @Test(arguments: filters)
  func listsWhatTheFilterSays(filter: ExchangeFilter) async throws {
    let fixture = try await filled()
    var everything = ExchangeFilter(order: .oldestFirst)
    everything.limit = 1_000
    let all = try await fixture.journal.list(everything)
    #expect(all.count == 240)
    let expected = all.filter { summary in
      (filter.platform ?? summary.platform) == summary.platform
        && (filter.operation ?? summary.operation) == summary.operation
        && (filter.outcome ?? summary.outcome) == summary.outcome
        && (filter.problemClass == nil || filter.problemClass == summary.problemClass)
        && (filter.parent == nil || filter.parent == summary.parent)
        && (filter.requestID ?? summary.requestID) == summary.requestID
        && (filter.since.map { $0 <= summary.recorded } ?? true)
        && (filter.until.map { summary.recorded < $0 } ?? true)
    }
    for order in [ExchangeFilter.Order.oldestFirst, .newestFirst] {
      // Page by page.
      var page = filter
      page.order = order
      page.limit = 7
      var found: [ExchangeSummary] = []
      while true {
        let rows = try await fixture.journal.list(page)
        found += rows
        guard rows.count == page.limit else { break }
        page.after = rows.last?.id
      }
      #expect(found == (order == .oldestFirst ? expected : expected.reversed()))
    }
  }

  @Test(arguments: filters)
  func usesAnIndexAndDoesNotSort(filter: ExchangeFilter) async throws {
    let fixture = try await filled()
    for order in [ExchangeFilter.Order.oldestFirst, .newestFirst] {
      var filter = filter
      filter.order = order
      let statement = filter.statement(in: 0...Int64.max)
      let plan = try await fixture.database.read { try $0.plan(of: statement.text, statement.values) }
      #expect(plan.count == 1, "\(plan)")
      let step = try #require(plan.first)
      #expect(step.hasPrefix("SEARCH exchange USING "), "\(step)")
      let wantsIndex =
        filter.platform != nil || filter.problemClass != nil || filter.parent != nil
        || filter.requestID != nil
        || (filter.outcome != nil && filter.outcome != .succeeded)
      #expect(step.contains("INTEGER PRIMARY KEY") != wantsIndex, "\(step)")
      // All the columns that are compared are in the index.
      if filter.operation != nil { #expect(step.contains("operation=?"), "\(step)") }
      if filter.outcome != nil, filter.outcome != .succeeded, filter.problemClass == nil {
        #expect(step.contains("outcome=?"), "\(step)")
      }
      if filter.problemClass != nil {
        #expect(step.contains("problem_class=?"), "\(step)")
        #expect(step.contains("outcome=?") == (filter.outcome != nil), "\(step)")
      }
      // Behind them the id, so that a page or a span of time is a piece of the index.
      let isFew = filter.requestID != nil || filter.parent != nil
      #expect(isFew || step.contains("id>? AND id<?") || step.contains("rowid>? AND rowid<?"), "\(step)")
    }
  }
}
