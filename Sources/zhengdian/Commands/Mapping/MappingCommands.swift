import Documents
import Mapping

/// Mappings, what a platform's messages mean, and templates, which make them.
enum MappingCommands {
  static let mappings = CommandOption<String>.path(
    "mappings", "DIR", "The folder of mappings; the one that comes with the program if not given.")
  static let files = Positional(
    "FILE", "A mapping or template, also a draft elsewhere; all of the folder if none is given.",
    isRequired: false,
    isRepeated: true)

  static let group = Command(
    group: "mapping", "Mappings: what the messages of platforms mean; templates: how ours are made.",
    [
      MappingCheck.command, MappingTests.command, MappingTry.command, MappingDiff.command,
      MappingTrialList.command,
    ])

  static func place(_ invocation: Invocation) throws(CommandFailure) -> LibraryPlace {
    if let given = invocation[mappings] { return LibraryPlace(given) }
    return LibraryPlace(try ShareFolder.find(invocation.environment).mappings)
  }

  /// A mapping, or a template: both lie in the same folders.
  enum Compiled: Sendable {
    case mapping(CompiledMapping)
    case template(CompiledTemplate)
  }

  /// Compiles the mapping of that name in the folder, or of that file.
  static func compiled(_ word: String, in place: LibraryPlace) throws -> CompiledMapping {
    switch try compiledAny(word, in: place) {
    case .mapping(let mapping): return mapping
    case .template(let template):
      throw CommandFailure(
        .configuration, "'\(template.name)' is a template, not a mapping",
        remedy: "a template makes messages; 'mapping try' shows them")
    }
  }

  static func compiledAny(_ word: String, in place: LibraryPlace) throws -> Compiled {
    let diagnostics = Diagnostics()
    let selection = try MappingSources.selection(of: word.hasSuffix(".yaml") ? [word] : [], in: place)
    let name = word.hasSuffix(".yaml") ? selection.mappings.first?.name ?? word : word
    guard let source = selection.mappings.first(where: { $0.name == name }) else {
      throw CommandFailure(
        .configuration, "there is no mapping '\(name)' in \(place.path)",
        remedy: Suggestion.nearest(to: name, in: selection.mappings.map(\.name)).map {
          "did you mean '\($0)'?"
        } ?? "name one of that folder, or a file")
    }
    let library = MappingLibrary(
      mappings: [source], codeLists: selection.codeLists, diagnostics: diagnostics)
    if let template = library.template(name) { return .template(template) }
    guard let mapping = library[name] else { throw ConfigurationError(diagnostics: diagnostics.errors) }
    return .mapping(mapping)
  }
}
