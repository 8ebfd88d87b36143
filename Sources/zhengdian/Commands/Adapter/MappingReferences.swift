import Adapters
import Documents
import Mapping

/// Whether the mappings and templates that operations name are there and fit: neither room knows the other's files.
struct MappingReferences {
  private let place: LibraryPlace
  private let manifests: [String: YAMLNode]
  private let library: MappingLibrary
  /// With those that have errors.
  private let names: Set<String>

  init(_ manifests: [AdapterLibrary.Source], mappings place: LibraryPlace) throws {
    self.place = place
    let sources = try MappingSources.mappings(in: place)
    names = Set(sources.map(\.name))
    // What is wrong inside the mappings is told by their own check.
    library = MappingLibrary(
      mappings: sources, codeLists: try MappingSources.codeLists(in: place), diagnostics: Diagnostics())
    var roots: [String: YAMLNode] = [:]
    for source in manifests {
      roots[source.name] =
        YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: Diagnostics())?.root
    }
    self.manifests = roots
  }

  func check(_ adapter: Adapter, _ diagnostics: Diagnostics) throws {
    for operation in adapter.operations {
      if let push = operation.push { check(push, operation, adapter, diagnostics) }
    }
    for operation in adapter.inbound {
      guard let name = operation.mapping, let format = operation.format else { continue }
      _ = mapping(name, of: operation.name, in: adapter, reading: format, "calls", diagnostics)
    }
    for operation in adapter.operations {
      guard let name = operation.mapping else { continue }
      let written = operation.envelope.payload?.format ?? operation.envelope.format
      guard let format = MessageFormat(rawValue: written.rawValue),
        let mapping = mapping(
          name, of: operation.name, in: adapter, reading: format, "answers", diagnostics)
      else { continue }
      let samples = try MappingSamples.all(of: mapping, in: "\(place.path)/\(mapping.name)")
      for doubt in EnvelopeDoubt.find(operation, mapping, samples) {
        diagnostics.warning(
          doubt.message, at: mark(of: doubt.key, operation.name, in: adapter),
          suggestion: doubt.suggestion)
      }
    }
  }

  /// The mapping of that name, where it is there and reads what `messages` are written in.
  private func mapping(
    _ name: String, of operation: String, in adapter: Adapter, reading format: MessageFormat,
    _ messages: String, _ diagnostics: Diagnostics
  ) -> CompiledMapping? {
    let mark = mark(of: ["mapping"], operation, in: adapter)
    guard let mapping = library[name] else {
      diagnostics.error(
        names.contains(name)
          ? "the mapping '\(name)' has errors: see 'zhengdian mapping check'"
          : "there is no mapping '\(name)'", at: mark,
        suggestion: names.contains(name) ? nil : Suggestion.nearest(to: name, in: names.sorted()))
      return nil
    }
    guard format == mapping.format else {
      diagnostics.error(
        "the mapping '\(mapping.name)' reads \(mapping.format.rawValue), but the \(messages) are \(format.rawValue)",
        at: mark)
      return nil
    }
    return mapping
  }

  private func check(
    _ push: Operation.Push, _ operation: Operation, _ adapter: Adapter, _ diagnostics: Diagnostics
  ) {
    let mark = mark(of: ["template"], operation.name, in: adapter)
    guard let template = library.template(push.template) else {
      let isThere = names.contains(push.template)
      diagnostics.error(
        isThere
          ? "the template '\(push.template)' has errors, or is a mapping: see 'zhengdian mapping check'"
          : "there is no template '\(push.template)'", at: mark,
        suggestion: isThere
          ? nil : Suggestion.nearest(to: push.template, in: library.templates.map(\.name)))
      return
    }
    let formats = operation.request.body?.messageFormats ?? []
    if let wrong = formats.first(where: { $0 != template.format }) {
      diagnostics.error(
        "the template '\(template.name)' writes \(template.format.rawValue), and the request's body says \(wrong.rawValue)",
        at: mark)
    } else if operation.request.body?.format == .message, operation.request.body?.charset != template.charset
    {
      diagnostics.error(
        "the template '\(template.name)' writes \(template.charset.rawValue), and the request's body does not say so",
        at: mark)
    }
  }

  /// Where the manifest, or the nearest it extends, says this of an operation or of all.
  private func mark(of keys: [String], _ operation: String, in adapter: Adapter) -> YAMLMark {
    var name: String? = adapter.name
    while let current = name, let root = manifests[current] {
      for start in [root["operations"]?[operation], root] {
        if let node = keys.reduce(start, { $0?[$1] }) { return node.mark }
      }
      name = root["extends"]?.asText
    }
    preconditionFailure("an operation was read whose manifest does not say \(keys.joined(separator: "."))")
  }
}
