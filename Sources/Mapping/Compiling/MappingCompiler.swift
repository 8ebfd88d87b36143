import Certificates
import Documents

/// Reads one mapping file. Everything wrong is reported at its place; what cannot be used is left out, so that one run
/// shows all errors.
final class MappingCompiler {
  let source: MappingSource
  let shelf: CodeListShelf
  let diagnostics: Diagnostics
  var format = MessageFormat.json
  var nulls = TextSet.nulls
  private(set) var usedLists: Set<String> = []

  init(_ source: MappingSource, _ shelf: CodeListShelf, _ diagnostics: Diagnostics) {
    self.source = source
    self.shelf = shelf
    self.diagnostics = diagnostics
  }

  /// Nil after a report.
  func compile() -> CompiledMapping? {
    guard let document = YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: diagnostics)
    else { return nil }
    return ConfigurationReader.read(document.root, as: "mapping", diagnostics) { reader in
      read(reader)
    }
  }

  private func read(_ reader: ConfigurationReader) -> CompiledMapping? {
    let name = reader.text("mapping")
    if name != source.name, !name.isEmpty {
      reader.error("must be '\(source.name)', the file's place, not '\(name)'", at: "mapping")
    }
    let version = reader.integer("version", in: 1...1_000_000)
    let title = reader.text("title", default: name)
    // Without the format no path can be judged.
    guard let format = reader.value("message")?.choice(MessageFormat.self) else {
      reader.allow("nulls", "entities")
      return nil
    }
    self.format = format
    if let texts = reader.list(ifPresent: "nulls", { $0.text(allowingEmpty: true) }) {
      nulls = TextSet(texts)
    }
    let entries = reader.entries("entities")
    if entries.isEmpty, reader.has("entities") { reader.error("needs at least one entity", at: "entities") }
    let selected = entries.compactMap { entry in entity(entry) }
    let groups = Self.groups(selected)
    warnOfTwins(groups)
    let lists = usedLists.compactMap { shelf.sources[$0] }
    return CompiledMapping(
      name: source.name, version: version, title: title, format: format,
      entities: selected.map {
        CompiledMapping.Entity(
          name: $0.plan.name, kind: $0.plan.kind, contract: $0.plan.contract, read: $0.plan.read)
      },
      bundle: MappingBundle.pack(source, lists, role: .mapping),
      content: MappingBundle.pack(source, lists, role: .mapping, namesFiles: false),
      codeLists: usedLists.sorted(), groups: groups)
  }

  /// The table of a list by its name; reports one that is not there.
  func table(_ name: String, at value: ConfigurationValue) -> CodeTable? {
    usedLists.insert(name)
    return shelf.table(name, at: value)
  }

  private static func groups(_ selected: [SelectedEntity]) -> [RowGroup] {
    var groups: [RowGroup] = []
    for entity in selected {
      if let place = groups.firstIndex(where: { $0.rows.text == entity.rows.text }) {
        groups[place].entities.append(entity.plan)
      } else {
        groups.append(RowGroup(rows: entity.rows, entities: [entity.plan]))
      }
    }
    return groups
  }

  /// Two entities of one kind that take every row twice are hardly meant.
  private func warnOfTwins(_ groups: [RowGroup]) {
    for group in groups {
      for (place, entity) in group.entities.enumerated() where entity.condition == nil {
        for other in group.entities[..<place] where other.kind == entity.kind && other.condition == nil {
          diagnostics.warning(
            "the entities '\(other.name)' and '\(entity.name)' both make a \(entity.kind.rawValue) of every row of "
              + group.rows.text, at: entity.mark)
        }
      }
    }
  }
}

/// An entity and where its rows are.
struct SelectedEntity {
  let rows: RowSelector
  let plan: EntityPlan
}

/// What the rules of one place may refer to.
struct RuleScope {
  var kind: CertificateKind
  var joins: [String: Int]
  /// Also those with errors; nil where that cannot be told.
  var namedJoins: [String]?
  var contract = Contract()
  var isHolder = false
  /// The node is a piece of text: it has no fields.
  var isPart = false
  /// Joins that some rule takes values from.
  var usedJoins = UsedJoins()

  /// One of `words`, which joins are among. Of a join that has errors nothing more is said.
  func word(_ value: ConfigurationValue, among words: [String]) -> String? {
    if let text = value.node.asText, !words.contains(text), namedJoins?.contains(text) ?? true { return nil }
    return value.choice(among: words)
  }

  final class UsedJoins {
    var names: Set<String> = []
  }
}
