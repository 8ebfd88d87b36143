import Documents

/// Reads `request`.
enum RequestReader {
  static func read(
    _ reader: ConfigurationReader, scope outer: NameScope, signature: SignatureSource?
  ) -> RequestTemplate? {
    var scope = outer
    var values: [(name: String, expression: Expression)] = []
    let inner = reader.nested(ifPresent: "payload")
    var payload: BodyTemplate?
    // It may use the values before the first that uses it.
    func readPayload() {
      guard !scope.has(ReservedName.payload), inner != nil || reader.isPartial else { return }
      payload = inner.flatMap { BodyReader.read($0, scope: scope) }
      scope.add(ReservedName.payload, payload?.type ?? .text)
    }
    let entries = reader.entries(ifPresent: "values") ?? []
    for entry in entries {
      if entry.name.contains(".") || ReservedName.ofRequests.contains(entry.name) {
        entry.key.error("is a name the gateway gives; choose another")
        continue
      }
      if let source = entry.value.node.asText,
        Expression.namesUsed(in: [source]).contains(ReservedName.payload)
      {
        readPayload()
      }
      guard let expression = scope.expression(entry.value) else {
        // There is such a name, only its value is wrong.
        scope.add(entry.name)
        continue
      }
      values.append((entry.name, expression))
      scope.add(entry.name, expression.type)
    }

    readPayload()

    // A signature may be over the body, or stand in it: the body is read with the signature's name in scope,
    // and a circle is refused when the request is put together.
    var signatureScope = scope
    signatureScope.add(ReservedName.body, .bytes)
    let usesSignature = signature != nil
    if usesSignature { scope.add(ReservedName.signature) }

    let method = reader.choice("method", among: RequestTemplate.Method.self)
    let path = reader.value("path").flatMap { value -> TextTemplate? in
      guard let text = value.node.asText, text.isEmpty || text.hasPrefix("/") else {
        value.mismatch(expected: "a path that begins with '/', behind the address of the connection")
        return nil
      }
      return scope.template(value)
    }
    let query = texts(reader.entries(ifPresent: "query"), scope)
    let headers = texts(reader.entries(ifPresent: "headers"), scope)
    let body = reader.nested(ifPresent: "body").flatMap { BodyReader.read($0, scope: scope) }
    guard let path else { return nil }

    var request = RequestTemplate(
      method: method, path: path, query: query, headers: headers, body: body, payload: payload,
      values: values, signature: nil)
    if let signature, request.references.contains(ReservedName.signature) {
      guard let scheme = signature.scheme(signatureScope) else { return nil }
      if scheme.value.type != .text {
        signature.value.error("is bytes: wrap it in hex or base64")
        return nil
      }
      if scheme.references.contains(ReservedName.body),
        body?.references.contains(ReservedName.signature) == true
      {
        reader.error("has a body that holds the signature, and a signature over that body")
        return nil
      }
      request.signature = scheme
    }
    let whole = request
    if !reader.isPartial { reader.afterwards { warnOfUnused(entries, whole, reader) } }
    return request
  }

  /// A value under a slip of its name is used by nobody, while what was meant keeps the family's.
  private static func warnOfUnused(
    _ entries: [ConfigurationEntry], _ request: RequestTemplate, _ reader: ConfigurationReader
  ) {
    let used = request.references
    for entry in entries where !used.contains(entry.name) {
      entry.key.warning("is used nowhere in this request")
    }
    if request.payload != nil, !used.contains(ReservedName.payload) {
      reader.warning("is used by no value, so nothing of it is sent", at: "payload")
    }
  }

  private static func texts(_ list: [ConfigurationEntry]?, _ scope: NameScope) -> [RequestTemplate.Entry] {
    (list ?? []).compactMap { entry in
      scope.template(entry.value).map { RequestTemplate.Entry(name: entry.name, text: $0) }
    }
  }
}

/// Reads `body`: `json` (a tree), `xml` (a text), `form` (names and texts), `message` (that of a push) or `multipart` (parts).
enum BodyReader {
  /// A number without quotes is written `{$number: "{page.number}"}`.
  private static let numberKey = "$number"
  /// A JSON value inside is written `{$json: "{message}"}`.
  private static let valueKey = "$json"

  private typealias Pieces = [(template: TextTemplate, escaping: Escaping)]

  static func read(_ reader: ConfigurationReader, scope: NameScope) -> BodyTemplate? {
    let charset = reader.parse(ifPresent: "charset", "one of \(Charset.knownNames.joined(separator: ", "))") {
      Charset(name: $0)
    }
    guard let format = reader.exactlyOne(of: "json", "xml", "form", "message", "multipart"),
      let value = reader.value(format)
    else { return nil }
    if charset == .gb18030, format != "xml", format != "message" || value.node.asText != "xml" {
      reader.error("is for an XML body; JSON is always UTF-8", at: "charset")
    }
    switch format {
    case "message":
      guard let message = value.choice(MessageFormat.self), has(ReservedName.pushMessage, scope, value) else {
        return nil
      }
      return BodyTemplate(message: message, charset: charset ?? .utf8)
    case "multipart":
      let parts = (value.elements(count: 1...100) ?? []).compactMap { part($0, scope) }
      return parts.isEmpty ? nil : BodyTemplate(parts: parts)
    case "json":
      var pieces: Pieces = []
      guard json(value, scope, &pieces) else { return nil }
      return BodyTemplate(format: .json, charset: .utf8, pieces: pieces)
    case "xml":
      return scope.template(value).map {
        BodyTemplate(format: .xml, charset: charset ?? .utf8, pieces: [($0, .xml)])
      }
    default:
      var pieces: Pieces = []
      for entry in value.entries() ?? [] {
        guard let template = scope.template(entry.value) else { return nil }
        var name: [UInt8] = pieces.isEmpty ? [] : [UInt8(ascii: "&")]
        Escaping.appendPercentEncoded(Array(entry.name.utf8), to: &name)
        pieces.append((TextTemplate(literal: name + [UInt8(ascii: "=")]), .none))
        pieces.append((template, .percent))
      }
      return BodyTemplate(format: .form, charset: .utf8, pieces: pieces)
    }
  }

  private static func part(_ value: ConfigurationValue, _ scope: NameScope) -> BodyTemplate.Part? {
    guard let reader = value.reader() else { return nil }
    let name = reader.text("name")
    switch reader.exactlyOne(of: "text", "message", "attachments") {
    case "text": return reader.value("text").flatMap(scope.template).map { .text(name: name, $0) }
    case "message":
      let format: MessageFormat = reader.choice("message")
      return has(ReservedName.pushMessage, scope, value) ? .message(name: name, format) : nil
    case "attachments":
      if !reader.boolean("attachments") { reader.error("must be true, or not there", at: "attachments") }
      return has(ReservedName.pushMessage, scope, value) ? .attachments(name: name) : nil
    default: return nil
    }
  }

  /// Reports that only a push has a message.
  private static func has(_ name: String, _ scope: NameScope, _ value: ConfigurationValue) -> Bool {
    if !scope.has(name) { value.error("is for a push; nothing else has a message") }
    return scope.has(name)
  }

  private static func json(_ value: ConfigurationValue, _ scope: NameScope, _ pieces: inout Pieces) -> Bool {
    func literal(_ text: String) { pieces.append((TextTemplate(literal: Array(text.utf8)), .none)) }
    switch value.node.content {
    case .sequence:
      literal("[")
      for (index, element) in (value.elements() ?? []).enumerated() {
        if index > 0 { literal(",") }
        guard json(element, scope, &pieces) else { return false }
      }
      literal("]")
    case .mapping(let mapping):
      if mapping.keys == [numberKey] || mapping.keys == [valueKey], let inner = value.entries()?.first?.value
      {
        let isValue = mapping.keys == [valueKey]
        // JSON is text in UTF-8, which is seen to when it is written.
        let isMessage = isValue && scope.has(ReservedName.pushMessage)
        let names = isMessage ? scope.adding([ReservedName.pushMessage]) : scope
        guard let template = names.template(inner) else { return false }
        pieces.append((template, isValue ? .jsonValue : .jsonNumber))
        return true
      }
      literal("{")
      for (index, entry) in (value.entries() ?? []).enumerated() {
        if index > 0 { literal(",") }
        var key = JSONWriter()
        key.string(entry.name)
        pieces.append((TextTemplate(literal: key.takeBytes() + [UInt8(ascii: ":")]), .none))
        guard json(entry.value, scope, &pieces) else { return false }
      }
      literal("}")
    case .scalar:
      if value.node.isNull {
        literal("null")
      } else if let boolean = value.node.asBoolean {
        literal(boolean ? "true" : "false")
      } else if value.node.asInteger != nil, let written = value.node.asText {
        literal(written)
      } else {
        guard let template = scope.template(value) else { return false }
        literal("\"")
        pieces.append((template, .json))
        literal("\"")
      }
    }
    return true
  }
}
