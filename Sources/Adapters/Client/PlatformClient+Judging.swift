extension PlatformClient {
  /// What an answer from the journal says about its push: for one that came in just before the gateway ended.
  ///
  /// Nothing is called. An answer that cannot be opened without a token leaves the push unknown.
  public func judge(status: Int, body: [UInt8], of operation: Operation) -> PushAnswer {
    guard let rules = operation.push?.acknowledgement else { return .notMade(isNo(.push, operation)) }
    let scope = ValueScope(settings, now: environment.now(), random: environment.random)
    return operation.envelope.answer(to: rules, status: status, body: body, scope: scope)
  }
}
