import Applications
import Documents
import HTTPTransport

/// Reads an operation of the kind `inbound`: what a platform calls the gateway for, and how.
enum InboundReader {
  static func read(_ entry: ConfigurationEntry, _ settings: [Adapter.Setting]) -> InboundOperation? {
    guard let reader = entry.value.reader() else { return nil }
    _ = reader.choice("kind", among: Operation.Kind.self)
    let title = reader.text(ifPresent: "title")
    let purpose = reader.choice("purpose", among: InboundOperation.Purpose.self)
    let mapping = mapping(reader, purpose)
    let within = reader.duration("within", in: .milliseconds(100) ... .seconds(60), default: .seconds(5))
    let largest = reader.byteCount("largest", in: (1 << 10)...(16 << 20), default: 256 << 10)
    let errors = reader.diagnostics.errorCount

    let message = message(reader.nested("call"), purpose)
    var scope = NameScope().adding(settings.map { ReservedName.setting($0.name) })
    scope.add(ReservedName.body, .bytes)
    scope = scope.adding(namesOfCall(in: entry.value.node))
    let authentication = authentication(reader.nested("authentication"), scope, message?.format ?? .json)
    let named = (message?.named ?? []).map { ReservedName.call($0.name) }
    let identity = scope.adding(authentication.fields.map { ReservedName.field($0.name) }).adding(named)
    let declared = purpose == .records ? reader.value(ifPresent: "duplicate") : reader.value("duplicate")
    let duplicate = declared.flatMap(identity.expression)
    let answers = answers(
      reader.nested("answers"), NameScope().adding(ReservedName.inboundAnswer).adding(named), purpose)
    guard let message, duplicate != nil || purpose == .records else { return nil }
    let operation = InboundOperation(
      name: entry.name, title: title, purpose: purpose, mapping: mapping, authentication: authentication,
      message: message,
      duplicate: duplicate, answers: answers, within: within, largest: largest)
    // Of an operation that could not be read whole it cannot be said what it leaves open.
    if !reader.isPartial, reader.diagnostics.errorCount == errors {
      check(operation, Set(settings.filter(\.isSecret).map { ReservedName.setting($0.name) }), reader)
    }
    return operation
  }

  private static func mapping(_ reader: ConfigurationReader, _ purpose: InboundOperation.Purpose) -> String? {
    switch purpose {
    case .records: return reader.text("mapping")
    case .permitProgress:
      reader.refuse("mapping", "only calls of the purpose 'records' are understood by one")
      return nil
    }
  }

  /// Every key is asked for whatever the purpose, so that one of another purpose is told as such.
  private static func message(
    _ reader: ConfigurationReader, _ purpose: InboundOperation.Purpose
  ) -> InboundMessage? {
    let format = reader.choice("format", among: InboundMessage.Format.self)
    let charset = reader.parse(ifPresent: "charset", "one of \(Charset.knownNames.joined(separator: ", "))") {
      Charset(name: $0)
    }
    func place(_ key: String) -> InboundPath? { reader.value(ifPresent: key).flatMap { path($0, format) } }
    if purpose == .records {
      for key in ["receipt", "key", "state", "at", "decision", "note", "states"] {
        reader.refuse(key, "of records the mapping says what they mean; 'permit-progress' has it")
      }
      if format == .form {
        reader.error("must be json or xml: no mapping reads a form of fields", at: "format")
      }
      return InboundMessage(format: format, charset: charset, number: place("number"), progress: nil)
    }
    reader.refuse("number", "only calls of the purpose 'records' have it")
    let (receipt, key) = (place("receipt"), place("key"))
    let state = reader.value("state").flatMap { path($0, format) }
    let (at, decision, note) = (place("at"), place("decision"), place("note"))
    let states = reader.dictionary("states") { $0.choice(PermitEvent.self) }
    if !reader.has("receipt"), !reader.has("key") {
      reader.error("needs 'receipt' or 'key': nothing else says what the call is about")
    }
    return state.map {
      InboundMessage(
        format: format, charset: charset, number: nil,
        progress: InboundProgress(
          receipt: receipt, key: key, state: $0, at: at, decision: decision, note: note, states: states))
    }
  }

  private static func path(_ value: ConfigurationValue, _ format: InboundMessage.Format) -> InboundPath? {
    switch format {
    case .json: EnvelopeReader.path(value, .json).map { .answer($0) }
    case .xml: EnvelopeReader.path(value, .xml).map { .answer($0) }
    case .form: value.text().map { .form($0) }
    }
  }

  private static func authentication(
    _ reader: ConfigurationReader, _ outer: NameScope, _ format: InboundMessage.Format
  ) -> InboundAuthentication {
    var fields: [(name: String, path: InboundPath)] = []
    for entry in reader.entries(ifPresent: "fields") ?? [] {
      if let path = path(entry.value, format) { fields.append((entry.name, path)) }
    }
    var scope = outer.adding(fields.map { ReservedName.field($0.name) })
    var values: [(name: String, expression: Expression)] = []
    for entry in reader.entries(ifPresent: "values") ?? [] {
      if entry.name.contains(".") || entry.name == ReservedName.body {
        entry.key.error("is a name the gateway gives; choose another")
        continue
      }
      guard let expression = scope.expression(entry.value) else {
        scope.add(entry.name)
        continue
      }
      values.append((entry.name, expression))
      scope.add(entry.name, expression.type)
    }
    let checks =
      reader.list(ifPresent: "checks", count: 1...20) { value -> InboundAuthentication.Check? in
        guard let check = value.reader() else { return nil }
        let shown = check.value("value").flatMap(scope.expression)
        guard check.has("signed") else {
          let wanted = check.value("equals").flatMap(scope.expression)
          guard let shown, let wanted else { return nil }
          return InboundAuthentication.Check(value: shown, rule: .equals(wanted))
        }
        check.refuse("equals", "a signature is no text that could be made again")
        let text = check.value("signed").flatMap(scope.expression)
        let key = check.value("sm2").flatMap(scope.expression)
        guard let shown, let text, let key else { return nil }
        return InboundAuthentication.Check(value: shown, rule: .signature(key: key, text: text))
      } ?? []
    let moment = reader.nested(ifPresent: "time").flatMap { time -> InboundAuthentication.Moment? in
      let form = time.choice("form", among: InboundTimeForm.self)
      let window = time.duration("window", in: .seconds(1) ... .seconds(86_400), default: .seconds(300))
      return time.value("value").flatMap(scope.expression).map {
        InboundAuthentication.Moment(
          value: $0, form: form, window: Int(window.components.seconds))
      }
    }
    let nonce = reader.value(ifPresent: "nonce").flatMap(scope.expression)
    if reader.has("nonce"), !reader.has("time") {
      reader.error("needs 'time': a nonce is remembered as long as its call would be let in", at: "nonce")
    }
    let certificates =
      reader.list(ifPresent: "certificates", count: 1...20) { scope.expression($0) } ?? []
    let addresses =
      reader.list(ifPresent: "addresses", count: 1...100) { value in
        value.parse("an address, or a block such as 10.1.0.0/16") { AddressBlock($0) }
      } ?? []
    return InboundAuthentication(
      fields: fields, values: values, checks: checks, moment: moment, nonce: nonce,
      certificates: certificates, addresses: addresses)
  }

  /// The headers and parameters that formulas name: any may come.
  private static func namesOfCall(in node: YAMLNode) -> [String] {
    var sources: [String] = []
    func collect(_ node: YAMLNode) {
      if let entries = node.mapping?.entries {
        for entry in entries { collect(entry.value) }
      } else if let elements = node.sequence {
        elements.forEach(collect)
      } else if let text = node.asText {
        sources.append(text)
      }
    }
    for key in ["authentication", "duplicate"] { if let part = node[key] { collect(part) } }
    return Expression.namesUsed(in: sources).filter { name in
      guard let header = ReservedName.headerName(name) else {
        return name.hasPrefix(ReservedName.queryPrefix)
      }
      // Another spelling is not known here, and so is an error where it stands.
      return header == header.lowercased()
    }
  }

  private static func answers(
    _ reader: ConfigurationReader, _ named: NameScope, _ purpose: InboundOperation.Purpose
  ) -> [InboundAnswer.Kind: InboundAnswer] {
    var answers: [InboundAnswer.Kind: InboundAnswer] = [:]
    var scope = named
    if purpose == .records {
      scope.add(ReservedName.answerRecords)
      for kind in [InboundAnswer.Kind.unknown, .unclear] {
        reader.refuse(kind.rawValue, "records are about nothing that was handed in, and tell no states")
      }
    }
    for kind in InboundAnswer.Kind.allCases {
      // Without these two there is no answer for what may come.
      let isNeeded = kind == .done || kind == .refused
      guard isNeeded || reader.has(kind.rawValue) else { continue }
      let answer = reader.nested(kind.rawValue)
      let status = answer.integer("status", in: 200...599, default: 200)
      let body = answer.nested(ifPresent: "body").flatMap { BodyReader.read($0, scope: scope) }
      answers[kind] = InboundAnswer(status: status, body: body)
    }
    return answers
  }

  private static func check(
    _ operation: InboundOperation, _ secrets: Set<String>, _ reader: ConfigurationReader
  ) {
    if operation.message.progress?.key != nil,
      operation.duplicate?.references.contains(ReservedName.call("key")) == false
    {
      reader.warning(
        "does not name 'call.key': two calls that say by our key alone what they are about are told apart by their whole bodies only",
        at: "duplicate")
    }
    let rules = operation.authentication
    var proven: Set<String> = []
    for check in rules.checks {
      let names = InboundAuthentication.origins(check.references, rules.values)
      if !names.contains(where: isOfCall) {
        reader.error(
          "has a check that looks at nothing of the call, so every call passes it", at: "authentication")
      }
      // Only what is mixed with a secret, or signed, cannot be made by anybody else.
      switch check.rule {
      case .equals: if !names.isDisjoint(with: secrets) { proven.formUnion(names) }
      case .signature(let key, let text):
        let own = InboundAuthentication.origins(key.references, rules.values)
        if own.contains(where: isOfCall) || own.isEmpty {
          reader.error(
            "has a signature whose key is not the connection's: name a setting that has the platform's public key",
            at: "authentication")
        }
        proven.formUnion(InboundAuthentication.origins(text.references, rules.values))
      }
    }
    guard !proven.isEmpty || !rules.certificates.isEmpty else {
      reader.error(
        "rests on no secret setting, signature or certificate, so anybody can call: let a check use a secret or 'signed', or name 'certificates'",
        at: "authentication")
      return
    }
    guard rules.certificates.isEmpty else { return }
    // What stands in the body is covered with it.
    if proven.contains(ReservedName.body) {
      proven.formUnion(rules.fields.map { ReservedName.field($0.name) })
    }
    let covers = { (expression: Expression) in
      InboundAuthentication.origins(expression.references, rules.values).filter(isOfCall)
        .isSubset(of: proven)
    }
    if !proven.contains(ReservedName.body), !proven.contains(where: { $0.hasPrefix("field.") }) {
      reader.warning(
        "has no check that covers the body: whoever sees one call can send another content with it",
        at: "authentication")
    }
    if let moment = rules.moment, !covers(moment.value) {
      reader.warning("has a time that no check covers, so it can be set anew", at: "authentication")
    }
    if let nonce = rules.nonce, !covers(nonce) {
      reader.warning("has a nonce that no check covers, so it can be set anew", at: "authentication")
    }
    if rules.moment == nil {
      reader.warning("has no 'time': a call that somebody kept is let in for ever", at: "authentication")
    }
  }

  private static func isOfCall(_ name: String) -> Bool {
    name == ReservedName.body || name.hasPrefix(ReservedName.headerPrefix)
      || name.hasPrefix(ReservedName.queryPrefix) || name.hasPrefix("field.")
  }
}
