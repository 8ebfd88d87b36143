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
  let http: HTTPClient
  let recorder: any ExchangeRecorder
  let environment: CallEnvironment
  let tokens = TokenKeeper()
  let questions = SingleFlight<Question, Told>()
  let limiter: CallLimiter
  let settings: [String: Value]
  let secrets: Set<String>

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
    self.environment = environment
    limiter = CallLimiter(
      adapter, platform: connection.platform, budget: budget, environment: environment)
    settings = connection.values(for: adapter)
    secrets = Set(
      adapter.settings.filter(\.isSecret).map { ReservedName.setting($0.name) }
        + adapter.tokens.map { ReservedName.token($0.name) })
  }

  /// Gets one page, trying again as the operation's retry policy and the error's class allow.
  public func page(
    _ operation: PullOperation, _ progress: PullProgress, window: PullWindow?, requestID: String
  ) async throws -> sending Page {
    var attempt = 1
    var first: ExchangeID?
    while true {
      let trial = try await self.trial(
        operation.base, requestID: requestID, attempt: attempt, parent: first
      ) {
        try await scope(operation, progress, window: window, requestID: requestID)
      }
      switch trial {
      case .page(let page): return page
      case .failed(let id, let error):
        first = first ?? id
        var error = error
        error.exchange = id
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

  /// Seconds until the platform may be called for this operation, by the declared service hours; 0 when it may be now.
  public func secondsUntilOpen(_ operation: Operation) -> Int {
    limiter.secondsUntilOpen(operation.name, at: environment.now())
  }

  /// Whether a call of the operation would be kept from being made just now: by the hours, by an open breaker, or because the platform asked for a pause.
  public func isPaused(_ operation: Operation) -> Bool {
    limiter.isPaused(operation.name, at: environment.now())
  }

  /// The breakers of this platform by kind of call, nil for the platform as a whole: true while calls are made.
  public var breakers: [(name: String?, isClosed: Bool)] { limiter.breakerStates() }

  /// Judges and opens an answer that came another way: saved to a file, or kept in the journal.
  public func open(_ body: [UInt8], status: Int = 200, of operation: Operation) throws(AdapterError)
    -> OpenedAnswer
  {
    try operation.open(body, status: status, by: adapter, over: connection)
  }

  enum Trial {
    case page(Page)
    case failed(ExchangeID?, AdapterError)
  }

  /// One call; a refused token counts as none and is fetched anew once.
  ///
  /// - Parameter scope: makes the values of the call, and says which tokens are among them.
  func trial(
    _ operation: Operation, due: Timestamp? = nil, requestID: String, attempt: Int, parent: ExchangeID?,
    scope: () async throws -> (ValueScope, generation: Int)
  ) async throws -> Trial {
    var refreshed = false
    while true {
      do {
        let (scope, generation) = try await scope()
        let call = Call(
          name: operation.name, request: operation.request, envelope: operation.envelope,
          maxResponse: operation.maxResponse, timeouts: operation.timeouts, due: due)
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
}
