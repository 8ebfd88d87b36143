public import Documents
public import Exchanges

extension InboundReceiver {
  /// How far a call says that a permit has come.
  ///
  /// - Throws: `malformed` for a body that is not as declared, `unclear` for a state that the manifest does not know.
  public func read(_ request: InboundRequest) throws(InboundRefusal) -> InboundCall {
    guard let progress = operation.message.progress else {
      throw InboundRefusal(
        .unfit, "it is no word on a permit", remedy: "give \(operation.name) the purpose 'permit-progress'")
    }
    let document = try document(request)
    func text(_ path: InboundPath?, called name: String) throws(InboundRefusal) -> String? {
      guard let path else { return nil }
      do throws(DocumentError) {
        return try document.text(at: path).flatMap { $0.isEmpty ? nil : $0 }
      } catch {
        throw Self.malformed("'\(name)' cannot be read")
      }
    }
    let receipt = try text(progress.receipt, called: "receipt")
    let key = try text(progress.key, called: "key")
    guard receipt != nil || key != nil else { throw Self.malformed("it does not say what it is about") }
    guard let word = try text(progress.state, called: "state") else {
      throw Self.malformed("it has no state")
    }
    guard let event = progress.states[word] else {
      throw InboundRefusal(
        .unclear, "it tells a state that the manifest does not know",
        remedy:
          "look at the exchange, add the word under 'call.states' of \(operation.name), and release the work")
    }
    let moment = try text(progress.at, called: "at")
    let happened = moment.flatMap(Self.civil)
    guard moment == nil || happened != nil else { throw Self.malformed("'at' is no moment") }
    return InboundCall(
      purpose: operation.purpose, platform: platform, operation: operation.name, receipt: receipt, key: key,
      event: event, happened: happened, decision: try text(progress.decision, called: "decision"),
      note: try text(progress.note, called: "note"))
  }

  /// What a call brings, for a mapping to understand.
  ///
  /// - Throws: `malformed` for a body that is not as declared.
  public func message(_ request: InboundRequest) throws(InboundRefusal) -> MessageDocument {
    try operation.message(request.body, contentType: request.header("content-type"))
  }
}

extension InboundOperation {
  /// The same of a call that is in the journal.
  public func message(
    _ body: [UInt8], headers: [ExchangeHeader]
  ) throws(InboundRefusal) -> MessageDocument {
    try message(
      body, contentType: headers.first { $0.name.lowercased() == "content-type" }?.value)
  }

  fileprivate func message(
    _ body: [UInt8], contentType: String?
  ) throws(InboundRefusal) -> MessageDocument {
    guard case .message(let answer) = try document(body, contentType: contentType) else {
      throw InboundReceiver.malformed("a form of fields has no rows")
    }
    return answer.document
  }

  func document(_ body: [UInt8], contentType: String?) throws(InboundRefusal) -> InboundDocument {
    do throws(DocumentError) {
      return try InboundDocument(
        body, message.format, charset: message.charset, contentType: contentType)
    } catch {
      throw InboundReceiver.malformed("its body cannot be read as \(message.format.rawValue)")
    }
  }
}
