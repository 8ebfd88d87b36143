import Documents
import Exchanges
import HTTPTransport

/// One call, ready to leave, and the same without its secrets for the journal.
struct PreparedRequest: Sendable {
  let http: HTTPRequest
  let journalAddress: String
  let journalHeaders: [ExchangeHeader]
  let journalBody: [UInt8]
}

extension RequestTemplate {
  /// Fills the template with the values of one call.
  ///
  /// Everything made of a secret (a secret setting, a token, the signature) is left out of what the journal keeps: the same
  /// template is rendered a second time with those values hidden.
  func prepare(
    _ outer: ValueScope, secrets: Set<String>, connection: Connection, maxResponse: Int,
    timeouts: CallTimeouts, isRepeatable: Bool
  ) throws(AdapterError) -> PreparedRequest {
    var scope = outer
    var hidden = secrets
    let needed = references
    for (name, expression) in values
    where needed.contains(name) || signature?.references.contains(name) == true {
      if expression.references.contains(ReservedName.payload) { try addPayload(to: &scope, &hidden) }
      scope.set(name, try expression.evaluate(scope))
      if !expression.references.isDisjoint(with: hidden) { hidden.insert(name) }
    }
    if needed.contains(ReservedName.payload) { try addPayload(to: &scope, &hidden) }
    // A signature over the body needs the body first; one inside the body is made before it.
    let signsBody = signature?.references.contains(ReservedName.body) == true
    var bytes: [UInt8]?
    if signsBody {
      bytes = try body?.render(scope)
      scope.set(ReservedName.body, Value(bytes: bytes ?? []))
    }
    if let signature {
      scope.set(ReservedName.signature, try signature.sign(scope).signature)
      hidden.insert(ReservedName.signature)
    }
    if !signsBody { bytes = try body?.render(scope) }

    let shown = scope.hiding(hidden, behind: Redaction.mark)
    let headers = try renderedHeaders(scope, bytes)
    let exposesBody = body.map { $0.references.isDisjoint(with: hidden) } ?? true
    let shownBytes = exposesBody ? bytes : try body?.render(shown)
    return PreparedRequest(
      http: HTTPRequest(
        method: method.rawValue, url: try address(scope, connection), headers: headers, body: bytes,
        timeouts: Timeouts(connect: timeouts.connect, idle: timeouts.idle, total: timeouts.total),
        maxResponseBytes: maxResponse, tls: connection.tls, proxy: connection.proxy,
        // What changes nothing at the platform may be sent again where a kept connection is found closed; a push never.
        staleConnectionRule: isRepeatable ? .alwaysRepeat : .neverRepeat),
      journalAddress: try address(shown, connection),
      journalHeaders: try renderedHeaders(shown, shownBytes).map {
        ExchangeHeader(name: $0.name, value: $0.value)
      },
      journalBody: shownBytes ?? [])
  }

  /// The message inside, once the values it is made of are there.
  private func addPayload(to scope: inout ValueScope, _ hidden: inout Set<String>) throws(AdapterError) {
    guard let payload, !scope.has(ReservedName.payload) else { return }
    let bytes = try payload.render(scope)
    scope.set(ReservedName.payload, Value(payload.type, bytes))
    if !payload.references.isDisjoint(with: hidden) { hidden.insert(ReservedName.payload) }
  }

  private func address(_ scope: ValueScope, _ connection: Connection) throws(AdapterError) -> String {
    // A link given by the platform is an address of its own; the client has checked where it leads.
    if let next = scope.link { return next }
    var url = Array(connection.url.utf8)
    url += try path.render(scope, escape: Escaping.percent.append)
    var separator = UInt8(ascii: url.contains(UInt8(ascii: "?")) ? "&" : "?")
    for entry in query {
      url.append(separator)
      separator = UInt8(ascii: "&")
      Escaping.appendPercentEncoded(Array(entry.name.utf8), to: &url)
      url.append(UInt8(ascii: "="))
      url += try entry.text.render(scope, escape: Escaping.percent.append, literals: Escaping.percent.append)
    }
    return String(decoding: url, as: UTF8.self)
  }

  private func renderedHeaders(_ scope: ValueScope, _ bytes: [UInt8]?) throws(AdapterError) -> [HTTPHeader] {
    var rendered: [HTTPHeader] = []
    for entry in headers {
      let value = try entry.text.render(scope, escape: Escaping.header.append)
      rendered.append(HTTPHeader(entry.name, String(decoding: value, as: UTF8.self)))
    }
    if let body, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      rendered.append(HTTPHeader("Content-Type", body.contentType(of: bytes ?? [])))
    }
    return rendered
  }
}
