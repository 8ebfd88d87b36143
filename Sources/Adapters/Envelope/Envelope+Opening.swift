import Crypto
import Documents
import Exchanges

extension Envelope {
  /// Judges an answer and opens it.
  ///
  /// Throws what is wrong with it: not in the declared format (an HTML page with status 200, half a document, a damaged character), refused by the
  /// platform, or without what the manifest says it has. The error never quotes the answer, except the platform's own code.
  public func open(status: Int, body: [UInt8], scope: ValueScope) throws(AdapterError) -> OpenedAnswer {
    // A refusal often comes with a status of its own and the usual envelope in the body, so the body is asked first.
    guard statuses.contains(status) else { throw statusError(status, body: body) }
    let answer = try parse(body)
    var isEmpty = try rules.isEmpty(answer)
    var inner: Answer?
    if let payload {
      // "Nothing found" has nothing inside, and the mapping reads what would be inside.
      let opened = isEmpty ? Self.nothing(payload.format) : try open(payload, in: answer, scope: scope)
      if !isEmpty { isEmpty = try payload.rules.isEmpty(opened) }
      inner = opened
    }
    let message = inner ?? answer
    return OpenedAnswer(
      message: message.document, facts: try isEmpty ? PageFacts(rows: 0, saysEmpty: true) : facts(of: message)
    )
  }

  /// The value of a path in a successful answer; for tokens.
  func text(at path: AnswerPath, in answer: OpenedAnswer, called name: String) throws(AdapterError) -> String
  {
    let found = try Answer.reading { () throws(DocumentError) in
      try Answer(document: answer.message).text(at: path)
    }
    guard let found, !found.isEmpty else {
      throw AdapterError(
        .envelope, .platform, "the answer is a success and has no \(name)",
        remedy: "compare the manifest's path with the platform's manual")
    }
    return found
  }

  func parse(_ body: [UInt8]) throws(AdapterError) -> Answer {
    try Self.parse(body, format: format, charset: charset)
  }

  private static func parse(
    _ body: [UInt8], format: Format, charset: Charset?
  ) throws(AdapterError) -> Answer {
    guard let first = body.first(where: { $0 > 0x20 }) else {
      throw unreadable("the answer is empty")
    }
    if first == UInt8(ascii: "<"), format == .json || looksLikeHTML(body) {
      throw unreadable(
        looksLikeHTML(body) ? "the answer is an HTML page" : "the answer is XML, and JSON is declared")
    }
    do {
      switch format {
      case .json:
        let utf8 = try (charset ?? .utf8).decode(body)
        return Answer(document: .json(try JSONDocument(parsing: utf8)))
      case .xml:
        return Answer(document: .xml(try XMLDocument(parsing: body, charset: charset)))
      }
    } catch {
      throw unreadable("the answer cannot be read as \(format.rawValue): \(error)")
    }
  }

  private static func unreadable(_ message: String) -> AdapterError {
    AdapterError(
      .envelope, .platform, message,
      remedy: "look at the exchange in the journal; if the platform changed its format, change the manifest")
  }

  /// Gateways and proxies in front of a platform answer with pages for people.
  private static func looksLikeHTML(_ body: [UInt8]) -> Bool {
    let head = String(decoding: body.prefix(512), as: UTF8.self).lowercased()
    return head.contains("<html") || head.contains("<!doctype html")
  }

  private func statusError(_ status: Int, body: [UInt8]) -> AdapterError {
    let answer = try? parse(body)
    if let refused = rules.refusal(status: status, answer) { return refused }
    let errorClass: ErrorClass =
      switch status {
      case 401, 403: .credentials
      case 429: .rate
      case 408, 425, 500, 502, 503, 504: .transient
      case 300..<400: .configuration
      default: .platform
      }
    let remedy =
      switch errorClass {
      case .credentials: "check the connection's keys, and whether the platform admits this address"
      case .configuration: "the platform has moved: check the connection's url"
      case .rate, .transient: "it is tried again by itself"
      default: "look at the exchange in the journal"
      }
    var error = AdapterError(
      .status, errorClass, "the platform answered with status \(status)", remedy: remedy)
    error.effect = AnswerRules.refusesRequest(status) ? .nothing : .unknown
    return error
  }

  /// The message that paths look into, whatever the rules say of it.
  func inside(_ body: [UInt8], scope: ValueScope) throws(AdapterError) -> Answer {
    let answer = try parse(body)
    guard let payload else { return answer }
    return try open(payload, in: answer, scope: scope)
  }

  private func open(
    _ payload: Payload, in answer: Answer, scope: ValueScope
  ) throws(AdapterError) -> Answer {
    let text = try Answer.reading { () throws(DocumentError) in try answer.text(at: payload.path) }
    guard let text else {
      throw Self.unreadable("the answer is a success and has no message inside")
    }
    var bytes = Array(text.utf8)
    if let decode = payload.decode {
      var withAnswer = scope
      withAnswer.set(ReservedName.answer, Value(text: text))
      bytes = try decode.evaluate(withAnswer).bytes
    }
    // What was a text of the answer is UTF-8 by now, whatever it declares inside.
    let charset = payload.charset ?? (payload.decode == nil ? .utf8 : nil)
    return try Self.parse(bytes, format: payload.format, charset: charset)
  }

  private static func nothing(_ format: Format) -> Answer {
    do {
      return try parse(Array((format == .json ? "null" : "<nothing/>").utf8), format: format, charset: nil)
    } catch {
      preconditionFailure("an empty message can be read")
    }
  }

  private func facts(of answer: Answer) throws(AdapterError) -> PageFacts {
    try Answer.reading { () throws(DocumentError) in
      var facts = PageFacts(rows: 0)
      if let rows { (facts.rows, facts.digest) = try answer.rowsAndDigest(at: rows) }
      guard facts.rows <= maxRows else {
        throw DocumentError(
          .limit, "the answer has \(facts.rows) rows, and limits.maxRows allows \(maxRows)")
      }
      if let total { facts.total = try declared(total, in: answer, "total") }
      if let pages { facts.pages = try declared(pages, in: answer, "pages") }
      if let cursor { facts.cursor = try answer.text(at: cursor).flatMap { $0.isEmpty ? nil : $0 } }
      if let next { facts.next = try answer.text(at: next).flatMap { $0.isEmpty ? nil : $0 } }
      if let more {
        let text = try answer.text(at: more)
        switch text {
        case "true", "1", "Y", "yes": facts.more = true
        case "false", "0", "N", "no", nil: facts.more = false
        default: throw DocumentError(.wrongKind, "envelope.more is neither true nor false")
        }
      }
      return facts
    }
  }

  /// A declaration that the manifest counts on and the answer lacks would end a pull too early.
  private func declared(
    _ path: AnswerPath, in answer: Answer, _ name: String
  ) throws(DocumentError) -> Int {
    guard let number = try answer.integer(at: path), number >= 0 else {
      throw DocumentError(.wrongKind, "envelope.\(name) is not a count in this answer")
    }
    return number
  }
}
