import CivilTime
import Exchanges
import HTTPTransport

extension PlatformClient {
  struct Call {
    let name: String
    let request: RequestTemplate
    let envelope: Envelope
    let maxResponse: Int
    let timeouts: CallTimeouts
    var hidesAnswer = false
    /// When what the call is about must be there; nil: it may wait.
    var due: Timestamp?
  }

  struct Reply {
    let id: ExchangeID
    let result: Result<OpenedAnswer, AdapterError>
    let received: Timestamp
    let bytes: Int
    let contentType: String?
    /// Whether a request had left.
    var wasSent = true

    func verdict(of call: Call) -> CallVerdict {
      switch result {
      case .success: .answered
      case .failure(let error): CallVerdict(error, wasSent: wasSent, isToken: call.hidesAnswer)
      }
    }
  }

  /// Sends, records, then reads. Throws what kept the call from being made; what went wrong afterwards is in the reply, and settled.
  func send(
    _ call: Call, _ scope: ValueScope, requestID: String, attempt: Int, parent: ExchangeID?
  ) async throws -> Reply {
    try await limiter.withPlace(call.name, due: call.due, verdict: { $0.verdict(of: call) }) {
      let prepared = try call.request.prepare(
        scope.at(environment.now()), secrets: secrets, connection: connection, maxResponse: call.maxResponse,
        timeouts: call.timeouts, isRepeatable: true)
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
        // Stopped before anything had left: nothing has crossed the border.
        if failure.code == .cancelled, failure.timings?.sent == nil { throw CancellationError() }
        exchange.take(failure)
        let id = try await recorder.record(exchange)
        let error = AdapterError(failure)
        try await recorder.settle(id, .failed, error.problem)
        if failure.code == .cancelled { throw CancellationError() }
        return Reply(
          id: id, result: .failure(error), received: environment.now(), bytes: 0, contentType: nil,
          wasSent: failure.timings?.sent != nil)
      }
    }
  }

  private func read(
    _ response: HTTPResponse, of exchange: Exchange, _ call: Call, _ scope: ValueScope
  ) async throws -> Reply {
    var recorded = exchange
    if call.hidesAnswer {
      // What a token answer holds is a secret; the journal keeps that it came.
      recorded.responseBody = []
    }
    let id = try await recorder.record(recorded)
    let retryAfter = response.retryAfter(at: environment.now())
    let result: Result<OpenedAnswer, AdapterError>
    do throws(AdapterError) {
      result = .success(
        try call.envelope.open(status: response.status, body: response.body, scope: scope))
      limiter.note(call.name, response.headers, retryAfter: nil)
    } catch {
      var failure = error
      failure.retryAfter = retryAfter
      limiter.note(call.name, response.headers, retryAfter: retryAfter)
      let outcome: Outcome = failure.code == .refused ? .rejected : .failed
      try await recorder.settle(id, outcome, failure.problem)
      result = .failure(failure)
    }
    return Reply(
      id: id, result: result, received: recorded.received ?? environment.now(), bytes: response.body.count,
      contentType: response.headers["Content-Type"])
  }
}
