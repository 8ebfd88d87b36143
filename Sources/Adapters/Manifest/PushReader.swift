import Applications
import Documents

/// Reads what belongs to pushes and probes.
enum PushReader {
  private static let pushKeys = ["template", "idempotency", "acknowledgement", "withdraws"]
  private static let probeKeys = ["found", "absent", "receipt", "state", "progress"]

  /// Keys of pushes and probes in an operation of another kind.
  static func refuse(_ reader: ConfigurationReader, besides kind: Operation.Kind) {
    if kind != .push { for key in pushKeys { reader.refuse(key, "only a push has it") } }
    if kind != .probe { for key in probeKeys { reader.refuse(key, "only a probe has it") } }
  }

  static func push(_ reader: ConfigurationReader, _ format: Envelope.Format) -> Operation.Push? {
    let template = reader.text("template")
    let idempotency = idempotency(reader.nested("idempotency"))
    let inner = reader.nested("acknowledgement")
    let receipt = EnvelopeReader.path("receipt", inner, format)
    let state = EnvelopeReader.path(ifPresent: "state", inner, format)
    let duplicate = inner.nested(ifPresent: "duplicate").flatMap { EnvelopeReader.rule($0, format) }
    let withdraws = reader.boolean("withdraws", default: false)
    guard let receipt else { return nil }
    return Operation.Push(
      template: template, idempotency: idempotency,
      acknowledgement: AcknowledgementRules(receipt: receipt, state: state, duplicate: duplicate),
      withdraws: withdraws)
  }

  private static func idempotency(_ reader: ConfigurationReader) -> Idempotency {
    let word = reader.choice("class", among: Idempotency.Class.self)
    guard word != .neither else {
      for key in ["probe", "settle"] { reader.refuse(key, "what can be asked about is 'queryable'") }
      return Idempotency(class: word)
    }
    let probe = word == .queryable ? reader.text("probe") : reader.text(ifPresent: "probe")
    let settle = reader.duration(
      "settle", in: .seconds(1) ... .seconds(86_400), default: .seconds(Idempotency.defaultSettle))
    return Idempotency(class: word, probe: probe, settle: Int(settle.components.seconds))
  }

  static func probe(_ reader: ConfigurationReader, _ format: Envelope.Format) -> Operation.Probe? {
    let found = reader.value("found").map { EnvelopeReader.ruleList($0, format) } ?? []
    let absent = reader.value("absent").map { EnvelopeReader.ruleList($0, format) } ?? []
    let receipt = EnvelopeReader.path(ifPresent: "receipt", reader, format)
    let state = EnvelopeReader.path(ifPresent: "state", reader, format)
    let progress = reader.nested(ifPresent: "progress").map { Self.progress($0, format) }
    if progress != nil, !reader.has("state") {
      reader.error("needs 'state', where the platform says how far it is", at: "progress")
    }
    // Without rules they would hold for every answer.
    guard !found.isEmpty, !absent.isEmpty else { return nil }
    return Operation.Probe(found: found, absent: absent, receipt: receipt, state: state, progress: progress)
  }

  private static func progress(_ reader: ConfigurationReader, _ format: Envelope.Format) -> ProgressRules {
    ProgressRules(
      at: EnvelopeReader.path(ifPresent: "at", reader, format),
      decision: EnvelopeReader.path(ifPresent: "decision", reader, format),
      note: EnvelopeReader.path(ifPresent: "note", reader, format),
      states: reader.dictionary("states") { $0.choice(PermitEvent.self) })
  }

  /// What contradicts the declared class would be found when a push is in doubt: find it here.
  static func check(_ push: Operation.Push, _ request: RequestTemplate, _ reader: ConfigurationReader) {
    let used = request.references
    if !used.contains(ReservedName.pushMessage) {
      reader.error(
        "never uses push.message, so nothing of the record is sent; see 'body: {message: …}'", at: "request")
    }
    if push.withdraws, !used.contains(ReservedName.pushReceipt) {
      reader.error(
        "withdraws, and never uses push.receipt: the platform is not told what is to be withdrawn",
        at: "request")
    }
    guard !used.contains(ReservedName.pushKey) else { return }
    switch push.idempotency.class {
    case .nativeKey:
      reader.error(
        "never uses push.key, and the platform cannot tell a repetition by a key it is not given",
        at: "request"
      )
    case .queryable:
      reader.error(
        "never uses push.key, and the platform cannot be asked for a push by a key it is not given",
        at: "request")
    case .neither: break
    }
  }

  static func checkProbe(_ request: RequestTemplate, _ reader: ConfigurationReader) {
    let used = request.references
    if !used.contains(ReservedName.pushKey), !used.contains(ReservedName.pushReceipt) {
      reader.error(
        "uses neither push.key nor push.receipt, so every push would get the same answer", at: "request")
    }
  }

  /// The probes that pushes name, once all operations are known.
  static func checkProbes(_ operations: [Operation], _ entries: [ConfigurationEntry]) {
    for operation in operations {
      guard let idempotency = operation.push?.idempotency, let name = idempotency.probe,
        let entry = entries.first(where: { $0.name == operation.name }),
        let mark = entry.value.node["idempotency"]?["probe"]?.mark
      else { continue }
      let path = "\(entry.value.path).idempotency.probe"
      guard let probe = operations.first(where: { $0.name == name }) else {
        // Of one that has errors nothing more is said.
        guard !entries.contains(where: { $0.name == name }) else { continue }
        entry.value.diagnostics.error(
          "\(path): there is no operation '\(name)'", at: mark,
          suggestion: Suggestion.nearest(to: name, in: operations.filter { $0.kind == .probe }.map(\.name)))
        continue
      }
      if probe.kind != .probe {
        entry.value.diagnostics.error("\(path): '\(name)' is a \(probe.kind.rawValue), not a probe", at: mark)
      } else if !probe.request.references.contains(ReservedName.pushKey) {
        // A push in doubt has no receipt yet.
        entry.value.diagnostics.error(
          "\(path): '\(name)' asks only by receipt, which a push in doubt has not", at: mark)
      }
    }
  }
}
