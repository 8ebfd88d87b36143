import Exchanges

extension PlatformClient {
  /// Asks for what an enquiry names, once: whoever waits for the answer does not wait for a second attempt. Only a refused token is fetched anew.
  ///
  /// A call of the day is taken for it like one that is due today.
  ///
  /// - Throws: `AdapterError`, with the exchange where one took place; what the recorder throws; `CancellationError`.
  public func query(
    _ operation: QueryOperation, _ enquiry: Enquiry, requestID: String
  ) async throws -> sending Page {
    let missing = operation.needs.subtracting(enquiry.keys.keys)
    guard missing.isEmpty else {
      throw AdapterError(
        .expression, .configuration,
        "'\(operation.name)' asks by \(missing.map(\.rawValue).sorted().joined(separator: ", ")), which is not known",
        remedy: "ask only operations whose needs are known")
    }
    let due = environment.now()
    let trial = try await trial(
      operation.base, due: due, requestID: requestID, attempt: 1, parent: nil
    ) {
      var (scope, generation) = try await scope(for: operation.request, due: due, requestID: requestID)
      for (name, text) in enquiry.values(for: operation) { scope.set(name, Value(text: text)) }
      return (scope, generation)
    }
    switch trial {
    case .page(let page): return page
    case .failed(let id, var error):
      error.exchange = id
      throw error
    }
  }
}

extension PageFacts {
  /// Whether the platform says that there is more than it has told.
  public var isCut: Bool {
    !saysEmpty
      && (more == true || next != nil || cursor.map { !$0.isEmpty } == true || total.map { $0 > rows } == true
        || pages.map { $0 > 1 } == true)
  }
}
