import Applications
public import CivilTime
import Crypto
import Documents
public import Exchanges
import HTTPTransport

/// Takes the calls of one operation as its manifest says, with the settings of one connection. It keeps nothing: what was
/// seen before, and what comes of a call, is its caller's.
public struct InboundReceiver: Sendable {
  public let platform: String
  public let operation: InboundOperation
  let settings: [String: Value]
  let random: @Sendable (Int) throws -> [UInt8]

  /// - Parameter settings: those of the connection by name, secret ones included.
  public init(
    platform: String, operation: InboundOperation, settings: [String: String],
    random: @escaping @Sendable (Int) throws -> [UInt8]
  ) {
    self.init(
      platform, operation,
      Dictionary(
        uniqueKeysWithValues: settings.map { (ReservedName.setting($0.key), Value(text: $0.value)) }), random)
  }

  init(
    _ platform: String, _ operation: InboundOperation, _ settings: [String: Value],
    _ random: @escaping @Sendable (Int) throws -> [UInt8]
  ) {
    self.platform = platform
    self.operation = operation
    self.settings = settings
    self.random = random
  }

  /// Whether the call is the platform's: where it comes from, what it shows, what it is signed with, and when it was made.
  /// The refusal says which of these, for operators; the platform is not told.
  public func admit(_ request: InboundRequest, at now: Timestamp) throws(InboundRefusal) -> InboundAdmission {
    let rules = operation.authentication
    guard rules.addresses.isEmpty || rules.addresses.contains(where: { $0.contains(request.remoteAddress) })
    else { throw Self.stranger("it comes from an address that is not on the list") }
    var scope: ValueScope
    do throws(InboundRefusal) {
      scope = try self.scope(request, at: now)
    } catch {
      // Of a stranger's body nothing is said.
      throw Self.stranger(error.message)
    }
    if !rules.certificates.isEmpty {
      guard let subject = request.certificateSubject,
        rules.certificates.contains(where: { isSame($0, Array(subject.utf8), scope) })
      else { throw Self.stranger("it shows no certificate of the platform's") }
    }
    for (name, expression) in rules.values {
      do throws(AdapterError) {
        scope.set(name, try expression.evaluate(scope))
      } catch {
        throw Self.stranger("'\(name)' cannot be made of it: \(error.message)")
      }
    }
    for check in rules.checks {
      guard let shown = value(check.value, scope), !shown.isEmpty, passes(check.rule, shown, scope) else {
        throw Self.stranger("\(check.value.source) is not what it has to be")
      }
    }
    var ends = now
    if let moment = rules.moment {
      guard let text = value(moment.value, scope).map({ String(decoding: $0, as: UTF8.self) }),
        let called = Self.time(text, moment.form)
      else { throw Self.stranger("it does not say when it was made") }
      guard abs(now.milliseconds(since: called)) <= Int64(moment.window) * 1000 else {
        throw Self.stranger("it was made more than \(moment.window) s before or after now")
      }
      ends = called.advanced(bySeconds: moment.window)
    }
    var nonce: [UInt8]?
    if let expression = rules.nonce {
      guard let given = value(expression, scope), (1...256).contains(given.count) else {
        throw Self.stranger("it has no nonce")
      }
      nonce = given
    }
    return InboundAdmission(nonce: nonce, nonceEnds: ends)
  }

  /// What makes it the same call as another. It is the whole body of a call that cannot be read, or that lacks something of what the
  /// formula names: of two calls that leave the same out nobody knows whether they are about the same. A day without a time is not when it happened.
  /// A number of the decision that another call does not have, or has otherwise, makes it another, whatever the formula names.
  public func identity(of request: InboundRequest) -> [UInt8] {
    let whole = Array("body\u{0}".utf8) + request.body
    guard let duplicate = operation.duplicate,
      let base = try? self.scope(request, at: Timestamp(milliseconds: 0))
    else { return whole }
    var scope = base
    let needed = duplicate.references
    for (name, path) in operation.message.named where needed.contains(ReservedName.call(name)) {
      guard let text = try? self.document(request).text(at: path), !text.isEmpty,
        name != "at" || Self.civil(text)?.secondOfDay != 0
      else { return whole }
      scope.set(ReservedName.call(name), Value(text: text))
    }
    guard let value = value(duplicate, scope), !value.isEmpty else { return whole }
    let number = operation.message.progress?.decision.flatMap { path in
      try? self.document(request).text(at: path).map { Array("\u{0}decision\u{0}\($0)".utf8) }
    }
    return Array("value\u{0}".utf8) + value + (number ?? [])
  }

  /// - Parameters:
  ///   - refusal: nil: it was acted upon.
  ///   - exchange: under which the call is kept.
  ///   - records: how many it brought.
  public func answer(
    _ request: InboundRequest, _ refusal: InboundRefusal?, exchange: ExchangeID?, records: Int = 0,
    at now: Timestamp
  ) -> InboundReply {
    let kind = refusal.flatMap { InboundAnswer.Kind(rawValue: $0.kind.rawValue) } ?? .done
    guard let answer = operation.answers[kind] ?? operation.answers[.refused] else {
      return InboundReply(status: 503, contentType: nil, body: [])
    }
    guard let body = answer.body else {
      return InboundReply(status: answer.status, contentType: nil, body: [])
    }
    var scope = ValueScope(now: now, random: random)
    scope.set("answer.id", Value(text: exchange?.description ?? ""))
    scope.set(ReservedName.answerRecords, Value(text: String(records)))
    scope.set("answer.code", Value(text: refusal?.kind.rawValue ?? "done"))
    scope.set("answer.message", Value(text: refusal?.message ?? "ok"))
    scope.set(
      "answer.time", Value(text: TimeForm("yyyy-MM-dd HH:mm:ss")?.text(now) ?? ""))
    // A stranger is told nothing of what he sent.
    let document = refusal?.kind == .unauthenticated ? nil : (try? self.document(request))
    for (name, path) in operation.message.named {
      let text = try? document?.text(at: path)
      scope.set(ReservedName.call(name), Value(text: text ?? ""))
    }
    do throws(AdapterError) {
      let bytes = try body.render(scope)
      return InboundReply(status: answer.status, contentType: body.contentType(of: bytes), body: bytes)
    } catch {
      // What was sent does not fit into the answer; the status alone tells.
      return InboundReply(status: answer.status, contentType: nil, body: [])
    }
  }

  /// The call as the journal keeps it: without what only shows who calls.
  public func exchange(_ request: InboundRequest, requestID: String, at now: Timestamp) -> Exchange {
    let redaction = Redaction(headerNames: operation.secretHeaders, queryNames: [])
    let headers = request.headers.map { ExchangeHeader(name: $0.name, value: $0.value) }
    return Exchange(
      platform: platform, operation: operation.name, direction: .inbound, method: request.method,
      address: request.target, requestHeaders: redaction.redact(headers), requestBody: request.body,
      created: now, outcome: .unknown, requestID: requestID)
  }

  func document(_ request: InboundRequest) throws(InboundRefusal) -> InboundDocument {
    try operation.document(request.body, contentType: request.header("content-type"))
  }

  private func scope(_ request: InboundRequest, at now: Timestamp) throws(InboundRefusal) -> ValueScope {
    var scope = ValueScope(settings, now: now, random: random)
    scope.set(ReservedName.body, Value(bytes: request.body))
    // A header or parameter that comes twice proves nothing by its first.
    var seen: Set<String> = []
    var twice: Set<String> = []
    let shown =
      request.headers.map { (ReservedName.header($0.name), $0.value) }
      + request.query.map { (ReservedName.query($0.name), $0.value) }
    for (name, value) in shown {
      if !seen.insert(name).inserted { twice.insert(name) }
      scope.set(name, Value(text: value))
    }
    guard twice.isDisjoint(with: operation.references) else {
      throw Self.stranger("what it shows comes twice")
    }
    let fields = operation.authentication.fields
    guard !fields.isEmpty else { return scope }
    let document = try document(request)
    for (name, path) in fields {
      do throws(DocumentError) {
        guard let text = try document.text(at: path) else { continue }
        scope.set(ReservedName.field(name), Value(text: text))
      } catch {
        throw Self.malformed("'\(name)' cannot be read")
      }
    }
    return scope
  }

  /// nil where something that it needs is missing or does not fit.
  private func value(_ expression: Expression, _ scope: ValueScope) -> [UInt8]? {
    do throws(AdapterError) {
      return try expression.evaluate(scope).bytes
    } catch {
      return nil
    }
  }

  private func passes(_ rule: InboundAuthentication.Check.Rule, _ shown: [UInt8], _ scope: ValueScope) -> Bool
  {
    switch rule {
    case .equals(let expression): isSame(expression, shown, scope)
    case .signature(let key, let text):
      value(key, scope).flatMap { key in
        value(text, scope).map { Self.isSigned($0, shown, String(decoding: key, as: UTF8.self)) }
      } ?? false
    }
  }

  /// - Parameters:
  ///   - signature: DER or r‖s.
  ///   - key: as platforms hand keys over; one that is no key signs nothing.
  private static func isSigned(_ text: [UInt8], _ signature: [UInt8], _ key: String) -> Bool {
    do throws(CryptoError) {
      return try SM2.PublicKey(text: key).isValid(encodedSignature: signature, for: text)
    } catch {
      return false
    }
  }

  private func isSame(_ expression: Expression, _ shown: [UInt8], _ scope: ValueScope) -> Bool {
    guard let wanted = value(expression, scope), !wanted.isEmpty else { return false }
    return constantTimeEquals(shown, wanted)
  }

  private static func stranger(_ message: String) -> InboundRefusal {
    InboundRefusal(
      .unauthenticated, message,
      remedy: "compare the connection's settings and this machine's clock with the platform's")
  }

  static func malformed(_ message: String) -> InboundRefusal {
    InboundRefusal(
      .malformed, message,
      remedy:
        "look at the exchange; if the platform changed its form, change the manifest and release the work")
  }

  private static func time(_ text: String, _ form: InboundTimeForm) -> Timestamp? {
    switch form {
    case .milliseconds: number(text).map { Timestamp(milliseconds: $0) }
    case .seconds: number(text).map { Timestamp(milliseconds: $0 * 1000) }
    case .civil: CivilDateTime(iso: text)?.timestamp(offsetSeconds: UTCOffset.china)
    case .compact: CivilDateTime(compact: text)?.timestamp(offsetSeconds: UTCOffset.china)
    }
  }

  /// At most thirteen digits, which is far beyond any clock and short of any overflow.
  private static func number(_ text: String) -> Int64? {
    (1...13).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      ? Int64(text) : nil
  }

  /// As platforms write times: with a blank or a T, or fourteen digits.
  static func civil(_ text: String) -> CivilDateTime? {
    CivilDateTime(iso: text) ?? CivilDateTime(compact: text)
      ?? CivilDate(iso: text).map { CivilDateTime(startOf: $0) }
  }
}

extension InboundOperation {
  /// What its formulas rest on.
  var references: Set<String> {
    var names = authentication.proven.union(duplicate?.references ?? [])
    if let moment = authentication.moment { names.formUnion(moment.value.references) }
    if let nonce = authentication.nonce { names.formUnion(nonce.references) }
    for certificate in authentication.certificates { names.formUnion(certificate.references) }
    return InboundAuthentication.origins(names, authentication.values)
  }
}

extension InboundMessage {
  /// The places that have names in formulas and answers.
  var named: [(name: String, path: InboundPath)] {
    let all: [(String, InboundPath?)] = [
      ("number", number), ("receipt", progress?.receipt), ("key", progress?.key),
      ("state", progress?.state), ("at", progress?.at), ("decision", progress?.decision),
      ("note", progress?.note),
    ]
    return all.compactMap { name, path in path.map { (name, $0) } }
  }
}

extension PlatformClient {
  /// Takes the calls of an operation with this connection's settings.
  public func receiver(of operation: InboundOperation) -> InboundReceiver {
    InboundReceiver(connection.platform, operation, settings, environment.random)
  }
}
