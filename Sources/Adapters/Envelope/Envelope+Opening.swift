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
    let isEmpty = try holds(empty, in: answer)
    if !isEmpty { try requireSuccess(answer) }
    let inner = try payload.map { payload throws(AdapterError) in
      isEmpty ? answer : try open(payload, in: answer, scope: scope)
    }
    let message = inner ?? answer
    return OpenedAnswer(
      message: message.document, facts: try isEmpty ? PageFacts(rows: 0, saysEmpty: true) : facts(of: message)
    )
  }

  /// The value of a path in a successful answer; for tokens.
  func text(at path: AnswerPath, in answer: OpenedAnswer, called name: String) throws(AdapterError) -> String
  {
    let found = try reading { () throws(DocumentError) in try Answer(document: answer.message).text(at: path)
    }
    guard let found, !found.isEmpty else {
      throw AdapterError(
        .envelope, .platform, "the answer is a success and has no \(name)",
        remedy: "compare the manifest's path with the platform's manual")
    }
    return found
  }

  private func parse(_ body: [UInt8]) throws(AdapterError) -> Answer {
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
    if let answer = try? parse(body), let refused = refusal(of: answer) { return refused }
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
    return AdapterError(.status, errorClass, "the platform answered with status \(status)", remedy: remedy)
  }

  private func requireSuccess(_ answer: Answer) throws(AdapterError) {
    for rule in success {
      guard try holds(rule, in: answer) else {
        throw refusal(of: answer)
          ?? AdapterError(
            .refused, .platform, "the platform refused\(shownCode(of: answer))",
            remedy: "look the code up in the platform's manual; name its class under envelope.errors")
      }
    }
  }

  /// The declared meaning of the answer's code.
  private func refusal(of answer: Answer) -> AdapterError? {
    for refusal in refusals {
      guard (try? holds(refusal.rule, in: answer)) == true else { continue }
      return AdapterError(
        .refused, refusal.errorClass, "the platform refused\(shownCode(of: answer))",
        remedy: refusal.action == .refresh
          ? "the token is fetched anew and the call repeated once"
          : "look the code up in the platform's manual",
        action: refusal.action)
    }
    return nil
  }

  /// Codes are short words; anything else may be a text about a person and is not repeated.
  private func shownCode(of answer: Answer) -> String {
    guard let code, let text = try? answer.text(at: code), (1...32).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !Self.couldIdentifyAPerson(text)
    else { return "" }
    return " with code \(text)"
  }

  private static func couldIdentifyAPerson(_ text: String) -> Bool {
    text.utf8.filter { (0x30...0x39).contains($0) }.count > 10
  }

  private func holds(_ rule: Rule?, in answer: Answer) throws(AdapterError) -> Bool {
    guard let rule else { return false }
    return try holds(rule, in: answer)
  }

  private func holds(_ rule: Rule, in answer: Answer) throws(AdapterError) -> Bool {
    let found = try reading { () throws(DocumentError) in try answer.text(at: rule.path) }
    if rule.texts.isEmpty { return (found != nil) == rule.present }
    guard let found else { return false }
    return rule.texts.contains(found)
  }

  private func open(
    _ payload: Payload, in answer: Answer, scope: ValueScope
  ) throws(AdapterError) -> Answer {
    let text = try reading { () throws(DocumentError) in try answer.text(at: payload.path) }
    guard let text else {
      throw Self.unreadable("the answer is a success and has no message inside")
    }
    var bytes = Array(text.utf8)
    if let decode = payload.decode {
      var withAnswer = scope
      withAnswer.set(ReservedName.answer, Value(text: text))
      bytes = try decode.evaluate(withAnswer).bytes
    }
    return try Self.parse(bytes, format: payload.format, charset: payload.charset)
  }

  private func facts(of answer: Answer) throws(AdapterError) -> PageFacts {
    try reading { () throws(DocumentError) in
      var facts = PageFacts(rows: 0)
      if let rows { (facts.rows, facts.digest) = try answer.rowsAndDigest(at: rows) }
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

  private func reading<T>(_ body: () throws(DocumentError) -> T) throws(AdapterError) -> T {
    do {
      return try body()
    } catch {
      throw AdapterError(
        .envelope, .drift, "the answer is not as the manifest says: \(error)",
        remedy:
          "compare the exchange in the journal with the manifest; the platform may have changed its format")
    }
  }
}
