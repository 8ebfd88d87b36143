import Adapters
import Documents
import Exchanges
import Gateway

/// Manifests as files.
enum AdapterSources {
  /// A selection of manifests with all that they extend.
  struct Selection: Sendable {
    let sources: [AdapterLibrary.Source]
    /// Those whose problems were asked for: those named, and what they extend.
    let names: Set<String>
    let files: Set<String>

    init(_ sources: [AdapterLibrary.Source], names: Set<String>? = nil) {
      self.sources = sources
      self.names = names ?? Set(sources.map(\.name))
      files = Set(sources.filter { names?.contains($0.name) ?? true }.map(\.file))
    }
  }

  static func all(in place: LibraryPlace) throws(GatewayError) -> [AdapterLibrary.Source] {
    try place.folder.adapters().map {
      AdapterLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes)
    }
  }

  /// The files named, which may lie outside the folder, such as drafts: those go by the name they give themselves.
  static func selection(of files: [String], in place: LibraryPlace) throws(GatewayError) -> Selection {
    var byName: [String: AdapterLibrary.Source] = [:]
    for source in try all(in: place) { byName[source.name] = source }
    var wanted: [String] = []
    for file in files {
      let bytes = try FileReading.bytes(of: file)
      let name = place.name(of: file) ?? YAMLNames.text("adapter", in: bytes) ?? file
      byName[name] = AdapterLibrary.Source(name: name, file: file, bytes: bytes)
      wanted.append(name)
    }
    var reached: Set<String> = []
    while let name = wanted.popLast() {
      guard let source = byName[name], reached.insert(name).inserted else { continue }
      if let parent = YAMLNames.text("extends", in: source.bytes) { wanted.append(parent) }
    }
    // All families go along, so that a mistyped one is recognised.
    let sources = byName.values.filter { reached.contains($0.name) || $0.name.hasPrefix("families/") }
    return Selection(sources.sorted { $0.name < $1.name }, names: reached)
  }
}
