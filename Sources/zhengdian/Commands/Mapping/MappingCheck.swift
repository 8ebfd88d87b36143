import Documents
import Mapping

/// `mapping check`: everything that is wrong or doubtful with mappings, before a message is read.
enum MappingCheck {
  static let command = Command(
    "check", "Looks for mistakes in mappings, templates, code lists and the files beside them.",
    details: """
      Writes a line for each, file:line:column: error: …; with --json an object {"severity", "file",
      "line", "column", "message", "suggestion"}. A place that none of the mapping's samples has is a warning:
      perhaps it is misspelt. Without FILE the whole folder is looked at: also code lists nobody uses, mappings
      without samples and samples without expected records. A template is warned of where it uses a field
      of no record, leaves out one that every record has, or has a code list without one of the record's words.

      Exit code 1 when there is an error.
      """,
    options: [MappingCommands.mappings], positionals: [MappingCommands.files]
  ) { invocation in
    try await OwnThread.run { try check(invocation) }
  }

  private static func check(_ invocation: Invocation) throws -> ExitCode {
    let place = try MappingCommands.place(invocation)
    let selection = try MappingSources.selection(of: invocation[MappingCommands.files], in: place)
    let isWhole = invocation[MappingCommands.files].isEmpty
    let found = Diagnostics()
    let library = MappingLibrary(
      mappings: selection.mappings, codeLists: selection.codeLists, diagnostics: found)
    for mapping in library.mappings {
      let samples = try MappingSamples.all(of: mapping, in: selection.sampleFolder(of: mapping.name))
      MappingLint.check(mapping, samples: samples, diagnostics: found)
    }
    let doubts = Diagnostics()
    MappingLint.check(
      library, files: try sampleFiles(selection, place, isWhole: isWhole), diagnostics: doubts)
    var all = found.all
    let lists = Set(selection.codeLists.map(\.file))
    for doubt in doubts.all where isWhole || !lists.contains(doubt.file) {
      all.append(located(doubt, selection, place))
    }
    return DiagnosticReport.write(
      all.sorted(),
      subject: subject(selection.mappings, library)
        + (isWhole ? ", " + DiagnosticReport.count(selection.codeLists.count, "code list") : ""),
      invocation)
  }

  /// `8 mappings, 3 templates`
  private static func subject(_ sources: [MappingSource], _ library: MappingLibrary) -> String {
    let templates = library.templates.count
    let mappings = DiagnosticReport.count(sources.count - templates, "mapping")
    return templates == 0 ? mappings : mappings + ", " + DiagnosticReport.count(templates, "template")
  }

  /// The files beside the mappings, as paths below the folder of mappings.
  private static func sampleFiles(
    _ selection: MappingSources.Selection, _ place: LibraryPlace, isWhole: Bool
  ) throws -> [String] {
    if isWhole { return try InputFolder.tree(below: place.path) }
    var files: [String] = []
    for mapping in selection.mappings {
      let folder = selection.sampleFolder(of: mapping.name)
      guard OutputFile.exists(folder) else { continue }
      files += try InputFolder.tree(below: folder).map { "\(mapping.name)/\($0)" }
    }
    return files
  }

  /// The lint knows samples by their place below the folder; people want a file they can open.
  private static func located(
    _ diagnostic: Diagnostic, _ selection: MappingSources.Selection, _ place: LibraryPlace
  ) -> Diagnostic {
    let known = selection.mappings.map(\.file) + selection.codeLists.map(\.file)
    guard !known.contains(diagnostic.file) else { return diagnostic }
    var located = diagnostic
    if let mapping = selection.mappings.first(where: { diagnostic.file.hasPrefix($0.name + "/") }) {
      located.file =
        selection.sampleFolder(of: mapping.name) + diagnostic.file.dropFirst(mapping.name.count)
    } else {
      located.file = "\(place.path)/\(diagnostic.file)"
    }
    return located
  }
}
