import Adapters
import Documents
import Gateway
import Mapping

/// `adapter check`: everything that is wrong with manifests, before a platform is called.
enum AdapterCheck {
  static let files = Positional(
    "FILE", "A manifest, also a draft elsewhere; all of the folder if none is given.", isRequired: false,
    isRepeated: true)

  static let command = Command(
    "check", "Looks for mistakes in manifests: expressions, envelopes, paging, mappings.",
    details: """
      Writes a line for each, file:line:column: error: …; with --json an object {"severity", "file",
      "line", "column", "message", "suggestion"}. The mapping an operation names must be there, without
      errors and for the same kind of message, and the envelope must find rows in its samples. With --config
      the platforms of that configuration are checked too: whether they give their adapter the settings it asks
      for.

      Exit code 1 when there is an error.
      """,
    options: [AdapterCommands.adapters, AdapterCommands.mappings], positionals: [files]
  ) { invocation in
    try await OwnThread.run { try check(invocation) }
  }

  private static func check(_ invocation: Invocation) throws -> ExitCode {
    let diagnostics = Diagnostics()
    let site = try SiteCheck(invocation, diagnostics)
    let adapters = try site.adapters()
    let selection =
      invocation[files].isEmpty
      ? AdapterSources.Selection(try AdapterSources.all(in: adapters))
      : try AdapterSources.selection(of: invocation[files], in: adapters)
    let found = Diagnostics()
    let library = AdapterLibrary(selection.sources, found)
    let references = try MappingReferences(selection.sources, mappings: site.mappings())
    for adapter in library.adapters where selection.names.contains(adapter.name) {
      try references.check(adapter, found)
    }
    // What is wrong with a manifest is said once, though its platform is not usable either.
    let ofSite = Set(diagnostics.all)
    diagnostics.report(
      contentsOf: found.all.filter { selection.files.contains($0.file) && !ofSite.contains($0) })
    return DiagnosticReport.write(
      diagnostics.all, subject: DiagnosticReport.count(selection.names.count, "manifest"), invocation)
  }
}

/// The configuration that a check was asked to look at too, if one was.
private struct SiteCheck {
  let invocation: Invocation
  let configuration: SiteConfiguration?

  init(_ invocation: Invocation, _ diagnostics: Diagnostics) throws {
    self.invocation = invocation
    guard let file = invocation.givenConfigurationFile else {
      configuration = nil
      return
    }
    configuration = SiteConfiguration.read(
      file, share: try ShareFolder.find(invocation.environment).path, diagnostics: diagnostics)
    if let configuration { _ = SiteLibrary.read(configuration, diagnostics) }
  }

  func adapters() throws -> LibraryPlace {
    if let given = invocation[AdapterCommands.adapters] { return LibraryPlace(given) }
    if let configuration { return LibraryPlace(configuration.adaptersFolder) }
    return LibraryPlace(try ShareFolder.find(invocation.environment).adapters)
  }

  func mappings() throws -> LibraryPlace {
    if let given = invocation[AdapterCommands.mappings] { return LibraryPlace(given) }
    if let configuration { return LibraryPlace(configuration.mappingsFolder) }
    return LibraryPlace(try ShareFolder.find(invocation.environment).mappings)
  }
}
