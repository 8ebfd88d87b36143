public import CivilTime
import Crypto
public import Exchanges
public import HTTPTransport

/// Calls one platform as its adapter says: tokens, signature, limits, journal, envelope, retries.
///
/// Every exchange is with the recorder before a word of it is believed.
public final class PlatformClient: Sendable {
  /// A page that is a success. Its exchange is recorded and still `unknown`: whoever keeps the records settles it with them.
  public struct Page {
    public let exchange: ExchangeID
    public let answer: OpenedAnswer
    public let received: Timestamp
    /// Bytes of the answer.
    public let bytes: Int
    public let contentType: String?

    public init(
      exchange: ExchangeID, answer: OpenedAnswer, received: Timestamp, bytes: Int, contentType: String?
    ) {
      self.exchange = exchange
      self.answer = answer
      self.received = received
      self.bytes = bytes
      self.contentType = contentType
    }
  }

  public let adapter: Adapter
  public let connection: Connection
  private let http: HTTPClient
  private let recorder: any ExchangeRecorder
  private let budget: any CallBudget
  private let environment: CallEnvironment
  private let tokens = TokenKeeper()
  private let limiter: CallLimiter
  private let settings: [String: Value]
  private let secrets: Set<String>

  /// Throws the first problem of the connection's settings.
  public init(
    adapter: Adapter, connection: Connection, http: HTTPClient, recorder: any ExchangeRecorder,
    budget: any CallBudget, environment: CallEnvironment
  ) throws(AdapterError) {
    if let problem = connection.problems(with: adapter).first { throw problem }
    self.adapter = adapter
    self.connection = connection
    self.http = http
    self.recorder = recorder
    self.budget = budget
    self.environment = environment
    limiter = CallLimiter(adapter.operations)
    settings = connection.values(for: adapter)
    secrets = Set(
      adapter.settings.filter(\.isSecret).map { ReservedName.setting($0.name) }
        + adapter.tokens.map { ReservedName.token($0.name) })
  }

  /// Gets one page, trying again as the operation's retry policy and the error's class allow.
  public func page(
    _ operation: Operation, _ progress: PullProgress, window: PullWindow?, requestID: String
  ) async throws -> sending Page {
    var attempt = 1
    var first: ExchangeID?
    while true {
      let trial = try await self.trial(
        operation, progress, window: window, requestID: requestID, attempt: attempt, parent: first)
      switch trial {
      case .page(let page): return page
      case .failed(let id, let error):
        first = first ?? id
        let fraction = Double(environment.jitterByte()) / 256
        guard error.errorClass == .transient || error.errorClass == .rate,
          let delay = operation.retry.delay(
            afterAttempt: attempt, fraction: fraction, retryAfter: error.retryAfter)
        else { throw error }
        try await environment.sleep(.milliseconds(Int64(delay * 1000)))
        attempt += 1
      }
    }
  }

  /// Judges and opens an answer that came another way: saved to a file, or kept in the journal.
  public func open(_ body: [UInt8], status: Int = 200, of operation: Operation) throws(AdapterError)
    -> OpenedAnswer
  {
    try operation.open(body, status: status, by: adapter, over: connection)
  }

  private enum Trial {
    case page(Page)
    case failed(ExchangeID?, AdapterError)
  }

  /// One call; a refused token counts as none and is fetched anew once.
  private func trial(
    _ operation: Operation, _ progress: PullProgress, window: PullWindow?, requestID: String, attempt: Int,
    parent: ExchangeID?
  ) async throws -> Trial {
    var refreshed = false
    while true {
      do {
        let (scope, generation) = try await scope(operation, progress, window: window, requestID: requestID)
        let call = Call(
          name: operation.name, request: operation.request, envelope: operation.envelope,
          limits: operation.limits, timeouts: operation.timeouts)
        let reply = try await send(
          call, scope, requestID: requestID, attempt: attempt, parent: parent)
        switch reply.result {
        case .success(let answer):
          return .page(
            Page(
              exchange: reply.id, answer: answer, received: reply.received, bytes: reply.bytes,
              contentType: reply.contentType))
        case .failure(let error):
          if error.action == .refresh, !refreshed {
            refreshed = true
            tokens.drop(upTo: generation)
            continue
          }
          return .failed(reply.id, error)
        }
      } catch let error as AdapterError {
        return .failed(nil, error)
      }
    }
  }

  /// The values of one call. Tokens that the request needs are fetched on the way.
  private func scope(
    _ operation: Operation, _ progress: PullProgress, window: PullWindow?, requestID: String
  ) async throws -> (ValueScope, generation: Int) {
    var (scope, generation) = try await scope(for: operation.request, requestID: requestID)
    let paging = operation.paging
    scope.set("page.number", Value(text: String(progress.pageNumber(paging))))
    scope.set("page.offset", Value(text: String(progress.rows)))
    scope.set("page.size", Value(text: String(paging.size)))
    scope.set("page.cursor", Value(text: paging.style == .cursor ? progress.next ?? "" : ""))
    if paging.style == .link, let next = progress.next { scope.link = try link(next) }
    if let window, let form = operation.incremental?.form {
      scope.set("window.from", Value(text: form.text(window.from)))
      scope.set("window.to", Value(text: form.text(window.to)))
    }
    return (scope, generation)
  }

  private func scope(
    for request: RequestTemplate, requestID: String
  ) async throws -> (ValueScope, generation: Int) {
    var scope = ValueScope(settings, now: environment.now(), random: environment.random)
    var generation = 0
    let needed = request.references
    for token in adapter.tokens where needed.contains(ReservedName.token(token.name)) {
      let held = try await tokens.value(token, now: environment.now) {
        try await fetch(token, requestID: requestID)
      }
      scope.set(ReservedName.token(token.name), held.value)
      generation = max(generation, held.generation)
    }
    // Fetching may have taken a while, and signatures carry the time.
    return (scope.at(environment.now()), generation)
  }

  /// The platform names the address of the next page; it may not lead elsewhere with our credentials.
  private func link(_ text: String) throws(AdapterError) -> String {
    let origin = connection.url.origin
    if text.hasPrefix("/"), !text.hasPrefix("//") { return origin + text }
    guard text.origin == origin else {
      throw AdapterError(
        .paging, .platform, "the link to the next page leads to another host",
        remedy: "if the platform moved, change the connection's url")
    }
    return text
  }

  /// A token whose own call is refused for an ended token beneath it is tried once more with all beneath fetched anew.
  private func fetch(_ token: Token, requestID: String, isSecondTry: Bool = false) async throws -> (
    Value, Timestamp
  ) {
    let (scope, generation) = try await scope(for: token.request, requestID: requestID)
    var limits = CallLimits()
    limits.maxResponse = 1 << 20
    let call = Call(
      name: "token." + token.name, request: token.request, envelope: token.envelope, limits: limits,
      timeouts: CallTimeouts(), hidesAnswer: true)
    let reply = try await send(call, scope, requestID: requestID, attempt: 1, parent: nil)
    switch reply.result {
    case .failure(var error):
      if error.action == .refresh, generation > 0, !isSecondTry {
        tokens.drop(upTo: generation)
        return try await fetch(token, requestID: requestID, isSecondTry: true)
      }
      // The refusal of a token concerns our keys, whatever the platform calls it.
      if error.errorClass == .platform { error.errorClass = .credentials }
      error.action = nil
      throw error
    case .success(let answer):
      do {
        let made = try token.read(answer, scope: scope)
        try await recorder.settle(reply.id, .succeeded, nil)
        return made
      } catch let error as AdapterError {
        try await recorder.settle(reply.id, .failed, error.problem)
        throw error
      }
    }
  }

  private struct Call {
    let name: String
    let request: RequestTemplate
    let envelope: Envelope
    let limits: CallLimits
    let timeouts: CallTimeouts
    var hidesAnswer = false
  }

  private struct Reply {
    let id: ExchangeID
    let result: Result<OpenedAnswer, AdapterError>
    let received: Timestamp
    let bytes: Int
    let contentType: String?
  }

  /// Sends, records, then reads. Throws what kept the call from being made; what went wrong afterwards is in the reply, and settled.
  private func send(
    _ call: Call, _ scope: ValueScope, requestID: String, attempt: Int, parent: ExchangeID?
  ) async throws -> Reply {
    if let daily = call.limits.daily,
      try await !budget.take(platform: connection.platform, limit: daily, at: environment.now())
    {
      throw AdapterError(
        .limit, .rate, "the \(daily) calls of this day are used up",
        remedy: "the pull goes on after midnight, Beijing time")
    }
    let hours = call.limits.hours
    guard hours.areOpen(at: environment.now()) else {
      throw AdapterError(
        .limit, .rate, "the platform's service hours have not begun",
        remedy: "the pull goes on when they begin",
        retryAfter: hours.secondsUntilOpen(at: environment.now()))
    }
    return try await limiter.withPlace(call.name, environment) {
      let prepared = try call.request.prepare(
        scope.at(environment.now()), secrets: secrets, connection: connection, limits: call.limits,
        timeouts: call.timeouts)
      var exchange = Exchange(
        platform: connection.platform, operation: call.name, method: call.request.method.rawValue,
        address: prepared.journalAddress, requestHeaders: prepared.journalHeaders,
        requestBody: prepared.journalBody, created: environment.now(), attempt: attempt, parent: parent,
        outcome: .unknown, requestID: requestID)
      do {
        let response = try await http.send(prepared.http)
        exchange.take(response)
        return try await read(response, of: exchange, call, scope)
      } catch let failure as TransportError {
        exchange.take(failure)
        let id = try await recorder.record(exchange)
        let error = AdapterError(failure)
        try await recorder.settle(id, .failed, error.problem)
        if failure.code == .cancelled { throw CancellationError() }
        return Reply(
          id: id, result: .failure(error), received: environment.now(), bytes: 0, contentType: nil)
      }
    }
  }

  private func read(
    _ response: HTTPResponse, of exchange: Exchange, _ call: Call, _ scope: ValueScope
  ) async throws -> Reply {
    var recorded = exchange
    if call.hidesAnswer {
      // What a token answer holds is a secret; the journal keeps that it came, and how long it was.
      recorded.responseBody = []
    }
    let id = try await recorder.record(recorded)
    let result: Result<OpenedAnswer, AdapterError>
    do throws(AdapterError) {
      result = .success(
        try call.envelope.open(status: response.status, body: response.body, scope: scope))
    } catch {
      var failure = error
      failure.retryAfter = response.retryAfter
      let outcome: Outcome = failure.code == .refused ? .rejected : .failed
      try await recorder.settle(id, outcome, failure.problem)
      result = .failure(failure)
    }
    return Reply(
      id: id, result: result, received: recorded.received ?? environment.now(), bytes: response.body.count,
      contentType: response.headers["Content-Type"])
  }
}
