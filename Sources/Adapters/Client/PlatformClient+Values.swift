import CivilTime
import Exchanges

extension PlatformClient {
  /// The values of one call. Tokens that the request needs are fetched on the way.
  func scope(
    _ operation: PullOperation, _ progress: PullProgress, window: PullWindow?, requestID: String
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

  /// - Parameter due: of the call for which it is; its tokens are as urgent as it is.
  func scope(
    for request: RequestTemplate, due: Timestamp? = nil, requestID: String
  ) async throws -> (ValueScope, generation: Int) {
    var scope = ValueScope(settings, now: environment.now(), random: environment.random)
    var generation = 0
    let needed = request.references
    for token in adapter.tokens where needed.contains(ReservedName.token(token.name)) {
      let held = try await held(token, due: due, requestID: requestID)
      scope.set(ReservedName.token(token.name), held.value)
      generation = max(generation, held.generation)
    }
    // Fetching may have taken a while, and signatures carry the time.
    return (scope.at(environment.now()), generation)
  }

  private func held(_ token: Token, due: Timestamp?, requestID: String) async throws -> TokenKeeper.Held {
    let fetch = { try await self.fetch(token, due: due, requestID: requestID) }
    do {
      return try await tokens.value(token, now: environment.now, fetch: fetch)
    } catch let error as AdapterError where error.code == .limit && due != nil {
      // It may have been fetched for somebody who waits for another day's calls, which what is due need not.
      return try await tokens.value(token, now: environment.now, fetch: fetch)
    }
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
  private func fetch(
    _ token: Token, due: Timestamp?, requestID: String, isSecondTry: Bool = false
  ) async throws -> (Value, Timestamp) {
    let (scope, generation) = try await scope(for: token.request, due: due, requestID: requestID)
    let call = Call(
      name: "token." + token.name, request: token.request, envelope: token.envelope, maxResponse: 1 << 20,
      timeouts: CallTimeouts(), hidesAnswer: true, due: due)
    let reply = try await send(call, scope, requestID: requestID, attempt: 1, parent: nil)
    switch reply.result {
    case .failure(var error):
      if error.action == .refresh, generation > 0, !isSecondTry {
        tokens.drop(upTo: generation)
        return try await fetch(token, due: due, requestID: requestID, isSecondTry: true)
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
}
