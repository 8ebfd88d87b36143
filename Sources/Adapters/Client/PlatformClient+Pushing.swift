import CivilTime
public import Exchanges
import HTTPTransport

extension PlatformClient {
  /// Submits one message, once. Only a refused token is fetched anew, and the call then made once more.
  ///
  /// The exchange is with `recorder` before a byte leaves, and again with what came back. It is not settled: whoever keeps the push settles both in one
  /// transaction. What had been refused for its token is settled here.
  ///
  /// Throws what the recorder throws, and `CancellationError` when the task was cancelled before the exchange began. Once it has begun, a
  /// cancelled call is an answer too. An error of the recorder's `answer` leaves the exchange begun, and so unknown.
  ///
  /// - Returns: the exchange, nil when none began.
  public func push(
    _ call: PushCall, _ operation: Operation, recorder: any PushRecorder, requestID: String, attempt: Int,
    parent: ExchangeID?
  ) async throws -> (exchange: ExchangeID?, answer: PushAnswer) {
    guard let rules = operation.push?.acknowledgement else {
      return (nil, .notMade(isNo(.push, operation)))
    }
    var parent = parent
    var isSecondTry = false
    while true {
      let scope: ValueScope
      let generation: Int
      do {
        (scope, generation) = try await self.scope(of: call, operation, requestID: requestID)
      } catch let error as AdapterError {
        return (nil, .notMade(error))
      }
      let (id, answer) = try await submit(
        call, operation, rules, scope, recorder, requestID: requestID, attempt: attempt, parent: parent)
      guard let id, case .notMade(let error) = answer, error.action == .refresh, !isSecondTry else {
        return (id, answer)
      }
      try await self.recorder.settle(id, .rejected, error.problem)
      tokens.drop(upTo: generation)
      isSecondTry = true
      parent = parent ?? id
    }
  }

  private func submit(
    _ call: PushCall, _ operation: Operation, _ rules: AcknowledgementRules, _ scope: ValueScope,
    _ recorder: any PushRecorder, requestID: String, attempt: Int, parent: ExchangeID?
  ) async throws -> (ExchangeID?, PushAnswer) {
    var hasBegun = false
    var wasSent = true
    do {
      return try await limiter.withPlace(
        operation.name, about: call.key, due: call.due, verdict: { $0.1.verdict(wasSent: wasSent) },
        prepare: {
          // What cannot be built uses up none of the day's calls.
          let scope = scope.at(environment.now())
          return (
            scope,
            try operation.request.prepare(
              scope, secrets: secrets, connection: connection, maxResponse: operation.maxResponse,
              timeouts: operation.timeouts, isRepeatable: false)
          )
        }
      ) { scope, prepared in
        try Task.checkCancellation()
        hasBegun = true
        var exchange = exchange(
          operation, prepared, requestID: requestID, attempt: attempt, parent: parent)
        let id = try await recorder.begin(exchange)
        do {
          let response = try await http.send(prepared.http)
          exchange.take(response)
          try await recorder.answer(id, exchange)
          let answer = operation.envelope.answer(
            to: rules, status: response.status, body: response.body, scope: scope)
          let retryAfter = response.retryAfter(at: environment.now())
          limiter.note(
            operation.name, response.headers, retryAfter: answer.isAccepted ? nil : retryAfter)
          return (id, answer.at(id, retryAfter: retryAfter))
        } catch let failure as TransportError {
          wasSent = failure.timings?.sent != nil
          exchange.take(failure)
          try await recorder.answer(id, exchange)
          let error = AdapterError(failure)
          let answer: PushAnswer = failure.requestBytesSent ? .unknown(error.inDoubt) : .notMade(error)
          return (id, answer.at(id, retryAfter: nil))
        }
      }
    } catch let error as AdapterError where !hasBegun {
      return (nil, .notMade(error))
    }
  }

  func exchange(
    _ operation: Operation, _ prepared: PreparedRequest, requestID: String, attempt: Int, parent: ExchangeID?
  ) -> Exchange {
    Exchange(
      platform: connection.platform, operation: operation.name, method: operation.request.method.rawValue,
      address: prepared.journalAddress, requestHeaders: prepared.journalHeaders,
      requestBody: prepared.journalBody, created: environment.now(), attempt: attempt, parent: parent,
      outcome: .unknown, requestID: requestID)
  }

  /// The values of a push or a probe. Tokens that the request needs are fetched on the way.
  func scope(
    of call: PushCall, _ operation: Operation, requestID: String
  ) async throws -> (ValueScope, generation: Int) {
    var (scope, generation) = try await scope(
      for: operation.request, due: call.due, requestID: requestID)
    scope.set(ReservedName.pushKey, Value(text: call.key))
    scope.set("push.item", Value(text: call.item))
    scope.set(ReservedName.pushMessage, Value(bytes: call.message))
    scope.attachments = call.attachments
    if let receipt = call.receipt {
      scope.set(ReservedName.pushReceipt, Value(text: receipt))
    } else if operation.kind == .probe {
      // The platform is asked by our key.
      scope.set(ReservedName.pushReceipt, Value(text: ""))
    }
    return (scope, generation)
  }

  func isNo(_ kind: Operation.Kind, _ operation: Operation) -> AdapterError {
    AdapterError(
      .manifest, .configuration,
      "'\(operation.name)' is a \(operation.kind.rawValue), not a \(kind.rawValue)",
      remedy: "name an operation of kind \(kind.rawValue)")
  }
}

extension PushAnswer {
  fileprivate var isAccepted: Bool { if case .accepted = self { true } else { false } }

  fileprivate func verdict(wasSent: Bool) -> CallVerdict {
    switch self {
    case .accepted: .answered
    case .refused(let error), .notMade(let error), .unknown(let error): CallVerdict(error, wasSent: wasSent)
    }
  }

  fileprivate func at(_ exchange: ExchangeID, retryAfter: Int?) -> PushAnswer {
    func placed(_ error: AdapterError) -> AdapterError {
      var error = error
      error.exchange = exchange
      error.retryAfter = retryAfter
      return error
    }
    switch self {
    case .accepted: return self
    case .refused(let error): return .refused(placed(error))
    case .notMade(let error): return .notMade(placed(error))
    case .unknown(let error): return .unknown(placed(error))
    }
  }
}
