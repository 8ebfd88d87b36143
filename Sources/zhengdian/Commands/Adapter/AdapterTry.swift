import Access
import Adapters
import CivilTime
import Documents
import Exchanges
import Gateway
import Journal
import Mapping
import SQLDatabase
import Sync

/// `adapter try`: one live call, to see whether a new connection works before it goes into the schedule.
enum AdapterTry {
  static let operation = Positional(
    "PLATFORM/OPERATION", "The operation to call, by the names of the configuration.")
  static let rows = CommandOption<Int>.integer(
    "rows", "NUMBER", in: 1...1000, "Rows to ask for; 10 if not given, never more than the manifest does.")
  static let since = CommandOption<CivilDate>.date(
    "since", "Ask for changes from that day on; the newest span the manifest allows if not given.")

  static let command = Command(
    "try", "One live call of an operation: request, response, rows and records.",
    details: """
      The first page of one window is asked for and mapped; nothing is stored but the exchange, which goes
      into the journal like every other. Of the response its outline is shown, names without values, also when
      the platform refuses; 'exchange show --bodies' shows it whole. Secrets are not shown, and personal data is
      masked: --reveal shows what the purpose allows. The look is recorded first. With --json the first line is
      {"exchange", "method", "address", "headers", "body", "status", "bytes", "milliseconds", "outline", "rows",
      "total", "complete"}; rows follow as in 'mapping try'.

      Exit code 1 when the platform refuses or a row is quarantined, 4 when it does not answer.
      """,
    options: [rows, since, Look.reveal, Look.purpose, Look.operator], positionals: [operation], run: run)

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    try await Site.with(invocation) { site in
      let look = try Look(invocation, site.gateway.configuration)
      let found = try SyncCommand.selected(invocation[operation], site.station)
      guard found.count == 1, let runner = found.first else {
        throw UsageError(
          "one operation is needed, such as '\(found[0].key)'", suggestion: found[0].key.description)
      }
      let requestID = "try-\(runner.key)-\(Timestamp.now().milliseconds)"
      let code = try await invocation.stop.whileCancellable {
        do {
          return try await call(runner, site.gateway, look, requestID, invocation)
        } catch let error as AdapterError {
          try await show(requestID, of: runner.operation, site.gateway, invocation)
          throw CommandFailure(
            error.code == .transport ? .platformUnreachable : .failure,
            "\(runner.key): \(error.code.rawValue) (\(error.errorClass.rawValue)): \(error.message)",
            remedy: error.remedy)
        }
      }
      guard let code else { throw CommandFailure(.failure, "\(runner.key): stopped before the answer came") }
      return code
    }
  }

  private static func call(
    _ runner: PullRunner, _ gateway: Gateway, _ look: Look, _ requestID: String, _ invocation: Invocation
  ) async throws -> ExitCode {
    var operation = runner.operation
    operation.paging.size = min(operation.paging.size, invocation[rows] ?? 10)
    let page = try await runner.client.page(
      operation, PullProgress(), window: window(operation, since: invocation[since], now: .now()),
      requestID: requestID)
    let result: MappingResult
    do {
      result = try runner.mapping.apply(to: page.answer.message)
    } catch {
      try await settle(page.exchange, .failed, SyncProblem(error).exchangeProblem, gateway)
      throw error
    }
    try await settle(page.exchange, .succeeded, nil, gateway)
    var progress = PullProgress()
    let step = try progress.advance(operation.paging, with: page.answer.facts)
    let report = AdapterTryReport(
      id: page.exchange, exchange: try await gateway.journal.exchange(page.exchange),
      envelope: operation.envelope,
      page: AdapterTryReport.Page(
        facts: page.answer.facts, isComplete: step == .complete,
        records: MappingTryReport(result: result, revealing: look.revealing)))
    try await look.record(
      .evidence, revealed: look.revealing.isEmpty ? [] : ["exchanges[\(page.exchange)].records"],
      in: gateway.audit)
    report.write(invocation)
    return result.quarantined.isEmpty ? .done : .failure
  }

  /// What was asked in vain and what came back, as far as anything was sent.
  private static func show(
    _ requestID: String, of operation: PullOperation, _ gateway: Gateway, _ invocation: Invocation
  ) async throws {
    var filter = ExchangeFilter()
    filter.requestID = requestID
    guard let last = try await gateway.journal.list(filter).first else { return }
    let envelope = operation.name == last.operation ? operation.envelope : nil
    AdapterTryReport(
      id: last.id, exchange: try await gateway.journal.exchange(last.id), envelope: envelope, page: nil
    ).write(invocation)
  }

  /// The newest span that one window of a pull may have, or one from a given day on.
  static func window(_ operation: PullOperation, since: CivilDate?, now: Timestamp) -> PullWindow? {
    guard let incremental = operation.incremental else { return nil }
    let end = now.advanced(bySeconds: -incremental.settle)
    if let since {
      // Midnight of Beijing.
      let start = Timestamp.seconds(Int64(since.daysSinceEpoch * 86_400 - UTCOffset.china))
      return PullWindow(from: start, to: min(max(end, start), start.advanced(bySeconds: incremental.longest)))
    }
    return PullWindow(from: max(incremental.start, end.advanced(bySeconds: -incremental.longest)), to: end)
  }

  private static func settle(
    _ id: ExchangeID, _ outcome: Outcome, _ problem: ExchangeProblem?, _ gateway: Gateway
  ) async throws {
    let journal = gateway.journal
    try await gateway.database.write { try journal.conclude(id, outcome, problem, in: $0) }
  }
}
