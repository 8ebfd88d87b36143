public import Documents

/// All mappings and templates of an installation with the code lists they share.
public struct MappingLibrary: Sendable {
  /// Those without errors, in the order given.
  public let mappings: [CompiledMapping]
  /// Those without errors, in the order given.
  public let templates: [CompiledTemplate]
  /// Code lists that no mapping and no template uses.
  public let unusedCodeLists: [MappingSource]

  private let byName: [String: CompiledMapping]
  /// By name; also of mappings and templates with errors.
  private let files: [String: String]

  /// Compiles what it can and reports everything that is wrong or doubtful; reads no files itself.
  ///
  /// - Parameter mappings: the templates among them.
  public init(mappings: [MappingSource], codeLists: [MappingSource], diagnostics: Diagnostics) {
    let shelf = CodeListShelf(codeLists, diagnostics)
    var compiled: [CompiledMapping] = []
    var templates: [CompiledTemplate] = []
    var byName: [String: CompiledMapping] = [:]
    var used: Set<String> = []
    for source in mappings {
      if TemplateCompiler.isTemplate(source) {
        let compiler = TemplateCompiler(source, shelf, diagnostics)
        if let template = compiler.compile() { templates.append(template) }
        used.formUnion(compiler.usedLists)
        continue
      }
      let compiler = MappingCompiler(source, shelf, diagnostics)
      let mapping = compiler.compile()
      used.formUnion(compiler.usedLists)
      guard let mapping else { continue }
      guard byName.updateValue(mapping, forKey: mapping.name) == nil else {
        diagnostics.report(
          Diagnostic(
            .error, file: source.file, line: 1, column: 1,
            message: "a mapping '\(mapping.name)' was given before"))
        continue
      }
      compiled.append(mapping)
    }
    self.mappings = compiled
    self.templates = templates
    self.byName = byName
    files = Dictionary(mappings.map { ($0.name, $0.file) }, uniquingKeysWith: { first, _ in first })
    unusedCodeLists = codeLists.filter { !used.contains($0.name) }
  }

  /// The mapping of that name: `zhejiang-public-data/business-licence`.
  public subscript(name: String) -> CompiledMapping? { byName[name] }

  /// The template of that name: `hangzhou-permits/route-planning`.
  public func template(_ name: String) -> CompiledTemplate? { templates.first { $0.name == name } }

  func file(of name: String) -> String { files[name] ?? name }

  func hasFile(for name: String) -> Bool { files[name] != nil }

  /// The names of all mappings, for suggestions to people who mistyped one.
  public var names: [String] { mappings.map(\.name) }
}

extension CompiledMapping {
  /// Compiles a mapping from the sources it was packed with (``bundle``). Its meaning is the same as then, as far as the
  /// program's own rules are.
  ///
  /// Throws `MappingError` for bytes that are no bundle, `ConfigurationError` when this version of the program does not
  /// accept the mapping any more.
  public init(bundle: [UInt8]) throws {
    let (source, codes) = try MappingBundle.unpack(bundle, role: .mapping)
    let diagnostics = Diagnostics()
    let compiler = MappingCompiler(source, CodeListShelf(codes, diagnostics), diagnostics)
    guard let mapping = compiler.compile() else {
      throw ConfigurationError(diagnostics: diagnostics.errors)
    }
    self = mapping
  }

  /// The ``content`` of a bundle, also of one that this version of the program does not accept.
  ///
  /// Throws `MappingError` for bytes that are no bundle.
  public static func content(ofBundle bundle: [UInt8]) throws(MappingError) -> [UInt8] {
    let (source, codes) = try MappingBundle.unpack(bundle, role: .mapping)
    return MappingBundle.pack(source, codes, role: .mapping, namesFiles: false)
  }
}

/// The code lists at hand; those with errors are known by name only.
struct CodeListShelf {
  private(set) var tables: [String: CodeTable] = [:]
  private(set) var sources: [String: MappingSource] = [:]

  init(_ lists: [MappingSource], _ diagnostics: Diagnostics) {
    for source in lists {
      guard sources.updateValue(source, forKey: source.name) == nil else {
        diagnostics.report(
          Diagnostic(
            .error, file: source.file, line: 1, column: 1,
            message: "a code list '\(source.name)' was given before"))
        continue
      }
      tables[source.name] = CodeListFile.parse(source, diagnostics)
    }
  }

  /// The table of a list by its name; reports one that is not there.
  func table(_ name: String, at value: ConfigurationValue) -> CodeTable? {
    if let table = tables[name] { return table }
    if sources[name] == nil {
      value.error(
        "names the code list '\(name)', which is not in Mappings/codes",
        suggestion: Suggestion.nearest(to: name, in: sources.keys.sorted()))
    } else {
      value.error("names the code list '\(name)', which has errors itself")
    }
    return nil
  }
}
