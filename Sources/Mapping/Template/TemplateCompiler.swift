import Applications
import Documents

/// Reads one template file. Everything wrong is reported at its place; what cannot be used is left out, so that one run shows all errors.
final class TemplateCompiler {
  let source: MappingSource
  let shelf: CodeListShelf
  let diagnostics: Diagnostics
  var fields: [ApplicationField] = []
  private(set) var usedLists: Set<String> = []
  /// The fields of the record that some rule takes a value from: `applicant.name`, `attachments`.
  var usedFields: Set<String> = []

  init(_ source: MappingSource, _ shelf: CodeListShelf, _ diagnostics: Diagnostics) {
    self.source = source
    self.shelf = shelf
    self.diagnostics = diagnostics
  }

  /// Whether the file is a template: those of mappings lie in the same folders.
  static func isTemplate(_ source: MappingSource) -> Bool {
    YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: Diagnostics())?.root["template"]
      != nil
  }

  /// Nil after a report.
  func compile() -> CompiledTemplate? {
    guard let document = YAMLDocument(parsing: source.bytes, file: source.file, diagnostics: diagnostics)
    else { return nil }
    return ConfigurationReader.read(document.root, as: "template", diagnostics) { reader in
      read(reader)
    }
  }

  private func read(_ reader: ConfigurationReader) -> CompiledTemplate? {
    let name = reader.text("template")
    if name != source.name, !name.isEmpty {
      reader.error("must be '\(source.name)', the file's place, not '\(name)'", at: "template")
    }
    let version = reader.integer("version", in: 1...1_000_000)
    let title = reader.text("title", default: name)
    let charset = reader.parse(ifPresent: "charset", "one of \(Charset.knownNames.joined(separator: ", "))") {
      Charset(name: $0)
    }
    // Without the record no field can be judged, and without the format no tree.
    let kind = reader.value("record")?.choice(ApplicationKind.self)
    let format = reader.value("message")?.choice(MessageFormat.self)
    guard let kind, let format else {
      reader.allow("absent", "partial", "body")
      return nil
    }
    fields = kind.fields
    if format == .json, charset == .gb18030 {
      reader.error("is for XML; JSON is always UTF-8", at: "charset")
    }
    let absence = reader.choice("absent", default: TemplateAbsence.omit)
    let wrong = format == .json ? TemplateAbsence.empty : .null
    if absence == wrong {
      reader.error(
        "'\(wrong.rawValue)' is for \(format == .json ? "XML" : "JSON"); \(format.rawValue) has omit and "
          + (format == .json ? "null" : "empty"), at: "absent")
    }
    let isPartial = reader.boolean("partial", default: false)
    guard let value = reader.value("body") else { return nil }
    let body: TemplateBody?
    switch format {
    case .json: body = members(value, TemplateScope(), nil).map { .json($0) }
    case .xml: body = element(value, TemplateScope(), isRoot: true).map { .xml($0) }
    }
    reader.afterwards { self.warnOfUnusedFields(kind, isPartial, reader) }
    guard let body else { return nil }
    let lists = usedLists.compactMap { shelf.sources[$0] }
    return CompiledTemplate(
      name: source.name, version: version, title: title, record: kind, format: format,
      charset: charset ?? .utf8, bundle: MappingBundle.pack(source, lists, role: .template),
      content: MappingBundle.pack(source, lists, role: .template, namesFiles: false),
      codeLists: usedLists.sorted(), body: body, absence: absence)
  }

  /// What every record of the kind has, somebody wants to be told.
  private func warnOfUnusedFields(_ kind: ApplicationKind, _ isPartial: Bool, _ reader: ConfigurationReader) {
    let unused = kind.fields.requiredPaths.filter { !usedFields.contains($0) }
    if isPartial {
      if unused.isEmpty {
        reader.warning("has no effect: every field that must be there is used", at: "partial")
      }
      return
    }
    for path in unused {
      reader.warning(
        "never uses '\(path)', which every \(kind.rawValue) has; 'partial: true' says that this is meant",
        at: "body")
    }
  }

  /// The table of a list by its name; reports one that is not there.
  func table(_ name: String, at value: ConfigurationValue) -> CodeTable? {
    usedLists.insert(name)
    return shelf.table(name, at: value)
  }
}

/// What rules of one place may refer to.
struct TemplateScope {
  /// The list whose element is written: paths start there.
  var list: ApplicationField?
}

extension [ApplicationField] {
  /// The paths of single values that every record has.
  fileprivate var requiredPaths: [String] {
    filter(\.isRequired).flatMap { field in
      if case .group(let fields) = field.type { return fields.requiredPaths.map { "\(field.name).\($0)" } }
      return [field.name]
    }
  }
}
