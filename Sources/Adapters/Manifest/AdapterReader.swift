import Calendars
import CivilTime
import Documents

/// Reads manifests: the closed vocabulary of `docs/reference/adapters.md`, every problem with its place.
///
/// The node given is already merged with the families it extends; each part keeps the mark of the file it stands in.
enum AdapterReader {
  /// nil after any error.
  static func read(_ node: YAMLNode, name: String, bundle: [UInt8], _ diagnostics: Diagnostics) -> Adapter? {
    ConfigurationReader.read(OperationDefaults.spread(node), as: "the adapter", diagnostics) { reader in
      adapter(reader, name: name, bundle: bundle)
    }
  }

  /// Reads a family that no adapter extends, so that its mistakes are found before one does. What adapters have to add may be missing: a
  /// signature's names are taken to be values they give.
  static func check(family node: YAMLNode, name: String, _ diagnostics: Diagnostics) {
    let spread = OperationDefaults.spread(OperationDefaults.withOperation(node))
    _ = ConfigurationReader.read(spread, as: "the family", diagnostics, isPartial: true) { reader in
      adapter(reader, name: name, bundle: [])
    }
  }

  private static func adapter(_ reader: ConfigurationReader, name: String, bundle: [UInt8]) -> Adapter? {
    let given = reader.text("adapter")
    if given != name, reader.has("adapter") || !reader.isPartial {
      reader.error("must be '\(name)', the file's place", at: "adapter", suggestion: name)
    }
    let title = reader.text("title")
    let basis = reader.choice("basis", among: Adapter.Basis.self)
    let note = reader.text(ifPresent: "note")
    let settings = (reader.entries(ifPresent: "settings") ?? []).compactMap(setting)

    var scope = NameScope()
    for setting in settings { scope.add(ReservedName.setting(setting.name)) }
    let tokenEntries = reader.entries(ifPresent: "tokens") ?? []
    for entry in tokenEntries { scope.add(ReservedName.token(entry.name)) }

    let signature = reader.nested(ifPresent: "signature").flatMap(SignatureSource.init)
    if reader.isPartial { scope = scope.adding(signature?.names ?? []) }
    // Laid under the operations already; known here so that a misspelt one finds its nearest word.
    for key in OperationDefaults.keys + ["extends"] { reader.allow(key) }
    let tokens = tokenEntries.compactMap { token($0, scope: scope, signature: signature) }
    refuseCircles(tokens, reader)
    var limits = limits(reader.nested(ifPresent: "limits"), OperationLimits())
    // Nobody is called in more than two ways at once unless the manifest says so.
    limits.calls.concurrency = limits.calls.concurrency ?? 2
    let entries = reader.entries("operations")
    let isInbound = { (entry: ConfigurationEntry) in
      entry.value.node["kind"]?.asText == Operation.Kind.inbound.rawValue
    }
    let operations = entries.filter { !isInbound($0) }.compactMap { entry in
      operation(entry, scope: scope, signature: signature, platform: limits)
    }
    let inbound = entries.filter(isInbound).compactMap { InboundReader.read($0, settings) }
    PushReader.checkProbes(operations, entries)
    let window = reader.nested(ifPresent: "window").map { WindowReader.window($0, operations, entries) }
    if !reader.isPartial { reader.afterwards { warnOfUnused(settings, tokens, operations, inbound, reader) } }
    return Adapter(
      name: name, title: title, basis: basis, note: note, settings: settings,
      signature: signature?.standalone(), tokens: tokens, limits: limits.calls, operations: operations,
      inbound: inbound, window: window, bundle: bundle)
  }

  private static func setting(_ entry: ConfigurationEntry) -> Adapter.Setting? {
    guard isName(entry.name) else {
      entry.key.mismatch(expected: "a name of letters and digits that begins with a letter")
      return nil
    }
    guard let reader = entry.value.reader() else { return nil }
    let isSecret = reader.boolean("secret", default: false)
    if isSecret { reader.refuse("default", "a secret belongs to the connection, not to a manifest") }
    return Adapter.Setting(
      name: entry.name, title: reader.text(ifPresent: "title"), isSecret: isSecret,
      fallback: reader.text(ifPresent: "default", allowingEmpty: true))
  }

  private static func token(
    _ entry: ConfigurationEntry, scope: NameScope, signature: SignatureSource?
  ) -> Token? {
    guard isName(entry.name) else {
      entry.key.mismatch(expected: "a name of letters and digits that begins with a letter")
      return nil
    }
    guard let reader = entry.value.reader() else { return nil }
    // Everything is read before anything is given up: a key that was not asked for would be called unknown.
    let request = RequestReader.read(reader.nested("request"), scope: scope, signature: signature)
    let envelope = EnvelopeReader.read(reader.nested("envelope"), scope: scope)
    let format = envelope?.format ?? .json
    let value = EnvelopeReader.path("value", reader, format)
    let decode = EnvelopeReader.decode("decode", reader, scope: scope)
    let lifetime = lifetime(reader.nested("expires"), format)
    let refreshBefore = Int(reader.duration("refreshBefore", default: .seconds(60)).components.seconds)
    guard let request, let envelope, let value, let lifetime else { return nil }
    return Token(
      name: entry.name, request: request, envelope: envelope, value: value, decode: decode,
      lifetime: lifetime, refreshBefore: refreshBefore)
  }

  private static func lifetime(_ reader: ConfigurationReader, _ format: Envelope.Format) -> Token.Lifetime? {
    switch reader.exactlyOne(of: "at", "lasting", "after") {
    case "at":
      let form = reader.choice("form", among: Token.EndForm.self)
      return EnvelopeReader.path("at", reader, format).map { .at($0, form: form) }
    case "lasting": return EnvelopeReader.path("lasting", reader, format).map { .lasting($0) }
    case "after":
      let span = reader.duration("after", in: .seconds(1) ... .seconds(366 * 86_400))
      return .after(seconds: Int(span.components.seconds))
    default:
      reader.allow("form")
      return nil
    }
  }

  /// A token that needs itself, by way of others or not, can never be had.
  private static func refuseCircles(_ tokens: [Token], _ reader: ConfigurationReader) {
    let prefix = ReservedName.token("")
    let needs = Dictionary(
      uniqueKeysWithValues: tokens.map { token in
        (
          token.name,
          token.request.references.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        )
      })
    for token in tokens {
      var seen: Set<String> = []
      var open = needs[token.name] ?? []
      while let next = open.popLast() {
        if next == token.name {
          reader.error("has a token '\(token.name)' that needs itself", at: "tokens")
          break
        }
        if seen.insert(next).inserted { open += needs[next] ?? [] }
      }
    }
  }

  private static func warnOfUnused(
    _ settings: [Adapter.Setting], _ tokens: [Token], _ operations: [Operation],
    _ inbound: [InboundOperation],
    _ reader: ConfigurationReader
  ) {
    var used: Set<String> = []
    for operation in inbound { used.formUnion(operation.references) }
    for token in tokens {
      used.formUnion(token.request.references.union(token.decode?.references ?? []))
      used.formUnion(token.envelope.payload?.decode?.references ?? [])
    }
    for operation in operations {
      used.formUnion(operation.request.references)
      used.formUnion(operation.envelope.payload?.decode?.references ?? [])
    }
    for entry in reader.entries(ifPresent: "settings") ?? []
    where settings.contains(where: { $0.name == entry.name })
      && !used.contains(ReservedName.setting(entry.name))
    {
      entry.key.warning("is used nowhere")
    }
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else {
      return false
    }
    return text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
    }
  }
}
