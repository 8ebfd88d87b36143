import CivilTime
public import Exchanges
import HTTPTransport

extension PlatformClient {
  /// Asks once what became of a push. Only a refused token is fetched anew, and the call then made once more. The exchange is recorded and settled.
  ///
  /// Throws what the recorder throws, and `CancellationError`.
  public func probe(
    _ call: PushCall, _ operation: Operation, requestID: String, attempt: Int, parent: ExchangeID?
  ) async throws -> (exchange: ExchangeID?, answer: ProbeAnswer) {
    guard let rules = operation.probe else { return (nil, .undecided(isNo(.probe, operation))) }
    var isSecondTry = false
    while true {
      var asked: ExchangeID?
      do {
        let (scope, generation) = try await scope(of: call, operation, requestID: requestID)
        let (id, answer) = try await ask(
          call, operation, rules, scope, requestID: requestID, attempt: attempt, parent: parent)
        asked = id
        try await settle(id, answer)
        guard case .undecided(let error) = answer, error.action == .refresh, !isSecondTry else {
          return (id, answer)
        }
        tokens.drop(upTo: generation)
        isSecondTry = true
      } catch let error as AdapterError {
        return (asked, .undecided(error))
      }
    }
  }

  /// As ``probe(_:_:requestID:attempt:parent:)``, for whoever only wants to know how far something is: who asks the same
  /// while the question is under way gets the same answer, and one call is made.
  ///
  /// Not for what became of a push that is to be sent again: an answer that was given before the question was asked says
  /// nothing about what left since.
  public func askTogether(
    _ call: PushCall, _ operation: Operation, requestID: String, parent: ExchangeID?
  ) async throws -> (exchange: ExchangeID?, answer: ProbeAnswer) {
    let question = Question(operation: operation.name, key: call.key, receipt: call.receipt)
    let told = try await questions.run(question) {
      let (exchange, answer) = try await probe(
        call, operation, requestID: requestID, attempt: 1, parent: parent)
      return Told(exchange: exchange, answer: answer)
    }
    return (told.exchange, told.answer)
  }

  /// What is asked of a platform about something that was handed in.
  struct Question: Hashable, Sendable {
    let operation: String
    let key: String
    let receipt: String?
  }

  struct Told: Sendable {
    let exchange: ExchangeID?
    let answer: ProbeAnswer
  }

  private func ask(
    _ call: PushCall, _ operation: Operation, _ rules: Operation.Probe, _ scope: ValueScope,
    requestID: String, attempt: Int, parent: ExchangeID?
  ) async throws -> (ExchangeID, ProbeAnswer) {
    var wasSent = true
    return try await limiter.withPlace(
      operation.name, about: call.key, due: call.due, verdict: { $0.1.verdict(wasSent: wasSent) }
    ) {
      let scope = scope.at(environment.now())
      let prepared = try operation.request.prepare(
        scope, secrets: secrets, connection: connection, maxResponse: operation.maxResponse,
        timeouts: operation.timeouts, isRepeatable: true)
      var exchange = exchange(
        operation, prepared, requestID: requestID, attempt: attempt, parent: parent)
      do {
        let response = try await http.send(prepared.http)
        exchange.take(response)
        let id = try await recorder.record(exchange)
        let answer = operation.envelope.answer(
          to: rules, status: response.status, body: response.body, scope: scope)
        let retryAfter = response.retryAfter(at: environment.now())
        guard case .undecided(var error) = answer else {
          limiter.note(operation.name, response.headers, retryAfter: nil)
          return (id, answer)
        }
        limiter.note(operation.name, response.headers, retryAfter: retryAfter)
        error.exchange = id
        error.retryAfter = retryAfter
        return (id, .undecided(error))
      } catch let failure as TransportError {
        // Stopped before anything had left: nothing has crossed the border.
        wasSent = failure.timings?.sent != nil
        if failure.code == .cancelled, !wasSent { throw CancellationError() }
        exchange.take(failure)
        let id = try await recorder.record(exchange)
        var error = AdapterError(failure)
        error.exchange = id
        if failure.code == .cancelled {
          try await recorder.settle(id, .failed, error.problem)
          throw CancellationError()
        }
        return (id, .undecided(error))
      }
    }
  }

  private func settle(_ id: ExchangeID, _ answer: ProbeAnswer) async throws {
    switch answer {
    case .found, .absent: try await recorder.settle(id, .succeeded, nil)
    case .undecided(let error):
      try await recorder.settle(id, error.code == .refused ? .rejected : .failed, error.problem)
    }
  }
}

extension ProbeAnswer {
  fileprivate func verdict(wasSent: Bool) -> CallVerdict {
    switch self {
    case .found, .absent: .answered
    case .undecided(let error): CallVerdict(error, wasSent: wasSent)
    }
  }
}
