import Crypto
public import Documents

/// All manifests of a site, read from one set of files. Reading files is the caller's; so the same library serves a folder, an archive and a test.
public struct AdapterLibrary: Sendable {
  /// A family may extend a family; deeper chains hide where a line comes from.
  public static let deepestChain = 4

  /// One manifest file.
  public struct Source: Sendable {
    /// Place below the folder of adapters, without extension.
    public let name: String
    /// As diagnostics name it.
    public let file: String
    public let bytes: [UInt8]

    public init(name: String, file: String, bytes: [UInt8]) {
      self.name = name
      self.file = file
      self.bytes = bytes
    }
  }

  /// By name, in order.
  public let adapters: [Adapter]
  /// The signature schemes of families, by the family's short name (without `families/`).
  public let signatures: [String: SignatureScheme]

  public func adapter(_ name: String) -> Adapter? { adapters.first { $0.name == name } }

  /// Reads every manifest; those with errors are reported and left out.
  ///
  /// A mistake in a part that several adapters or operations share is reported once.
  public init(_ sources: [Source], _ diagnostics: Diagnostics) {
    let found = Diagnostics()
    self.init(reading: sources, found)
    var seen: Set<Diagnostic> = []
    diagnostics.report(contentsOf: found.all.filter { seen.insert($0.withoutOwner).inserted })
  }

  private init(reading sources: [Source], _ diagnostics: Diagnostics) {
    var roots: [String: YAMLNode] = [:]
    let byName = Dictionary(sources.map { ($0.name, $0) }) { first, _ in first }
    for source in sources {
      if let document = YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: diagnostics) {
        roots[source.name] = document.root
      }
    }
    var adapters: [Adapter] = []
    var signatures: [String: SignatureScheme] = [:]
    var extended: Set<String> = []
    for name in sources.map(\.name).sorted() where !name.hasPrefix(Self.familyPrefix) {
      guard let (merged, chain) = Self.merged(name, roots, diagnostics) else { continue }
      extended.formUnion(chain)
      let bundle = Self.pack(chain.compactMap { byName[$0] })
      if let adapter = AdapterReader.read(merged, name: name, bundle: bundle, diagnostics) {
        adapters.append(adapter)
      }
    }
    for name in sources.map(\.name).sorted() where name.hasPrefix(Self.familyPrefix) {
      guard let (merged, _) = Self.merged(name, roots, diagnostics) else { continue }
      if !extended.contains(name) { AdapterReader.check(family: merged, name: name, diagnostics) }
      if let scheme = Self.signature(merged) {
        signatures[String(name.dropFirst(Self.familyPrefix.count))] = scheme
      }
    }
    self.adapters = adapters
    self.signatures = signatures
  }

  private static let familyPrefix = "families/"

  private static func merged(
    _ name: String, _ roots: [String: YAMLNode], _ diagnostics: Diagnostics
  ) -> (YAMLNode, chain: [String])? {
    guard var node = roots[name] else { return nil }
    var chain = [name]
    var layers = [node]
    while let parent = node["extends"] {
      guard let parentName = parent.asText else {
        diagnostics.error("extends must name a family, such as families/bearer", at: parent.mark)
        return nil
      }
      guard let base = roots[parentName] else {
        diagnostics.error(
          "there is no manifest '\(parentName)'", at: parent.mark,
          suggestion: Suggestion.nearest(to: parentName, in: roots.keys.sorted()))
        return nil
      }
      guard !chain.contains(parentName) else {
        diagnostics.error(
          "extends runs in a circle: \((chain + [parentName]).joined(separator: " → "))", at: parent.mark)
        return nil
      }
      chain.append(parentName)
      guard chain.count <= deepestChain else {
        diagnostics.error("extends a chain of more than \(deepestChain) manifests", at: parent.mark)
        return nil
      }
      layers.append(base)
      node = base
    }
    // From the bottom up: what one layer removes must not come back from a layer below it.
    var merged = layers.removeLast()
    for layer in layers.reversed() { merged = merged.merged(with: layer.without("extends")) }
    return (merged, chain)
  }

  /// The manifest first, then the families it extends.
  private static func pack(_ sources: [Source]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("files") { writer in
        writer.array { writer in
          for source in sources {
            writer.object { writer in
              writer.member("name", source.name)
              writer.member("text", String(decoding: source.bytes, as: UTF8.self))
            }
          }
        }
      }
    }
    return writer.takeBytes()
  }

  /// What is wrong with it is told where the whole manifest is read.
  private static func signature(_ node: YAMLNode) -> SignatureScheme? {
    guard let signature = node["signature"] else { return nil }
    return ConfigurationReader.read(signature, as: "signature", Diagnostics()) { reader in
      SignatureSource(reader)?.standalone()
    }
  }
}

extension Adapter {
  /// Reads an adapter from the files it was packed with: for proving what was derived by it, after the files have changed.
  ///
  /// Throws `DocumentError` for bytes that are no bundle, `ConfigurationError` when this version of the program does not accept the manifest any more.
  public init(bundle: [UInt8]) throws {
    let sources = try JSONDocument(parsing: bundle).root["files"]?.elements.map { file in
      let name = file["name"]?.string ?? ""
      return AdapterLibrary.Source(
        name: name, file: name + ".yaml", bytes: Array((file["text"]?.string ?? "").utf8))
    }
    let diagnostics = Diagnostics()
    let library = AdapterLibrary(sources ?? [], diagnostics)
    try diagnostics.throwIfErrors()
    guard let name = sources?.first?.name, let adapter = library.adapter(name) else {
      throw DocumentError(.syntax, "these bytes are not a packed adapter")
    }
    self = adapter
  }
}

extension YAMLNode {
  fileprivate func without(_ key: String) -> YAMLNode {
    guard var mapping else { return self }
    mapping.remove(key)
    return YAMLNode(.mapping(mapping), mark: mark)
  }
}

extension Diagnostic {
  /// As it reads wherever the part it stands in is laid under: without the name of the operation, and of which kind of
  /// manifest was read.
  fileprivate var withoutOwner: Diagnostic {
    var common = self
    common.message = message.replacing("the family", with: "the adapter")
    let step = ".operations."
    guard let found = common.message.firstRange(of: step) else { return common }
    let name = common.message[found.upperBound...].prefix { $0 != "." && $0 != ":" && $0 != " " && $0 != "'" }
    common.message.removeSubrange(found.lowerBound..<name.endIndex)
    return common
  }
}
