public import Adapters
public import Documents
public import Exchanges
public import Mapping

/// The adapters and mappings of a site, read and checked together.
public struct SiteLibraries: Sendable {
  public let adapters: AdapterLibrary
  public let mappings: MappingLibrary

  /// Reads the folders of the configuration. Every problem is reported; those who must not start with one ask `diagnostics`.
  ///
  /// Throws for a folder or file that cannot be read.
  public init(_ configuration: SiteConfiguration, diagnostics: Diagnostics) throws(GatewayError) {
    let mappings = LibraryFolder(configuration.mappingsFolder)
    adapters = AdapterLibrary(
      try LibraryFolder(configuration.adaptersFolder).adapters().map {
        AdapterLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes)
      }, diagnostics)
    self.mappings = MappingLibrary(
      mappings: try mappings.mappings().map(MappingSource.init),
      codeLists: try mappings.codeLists().map(MappingSource.init),
      diagnostics: diagnostics)
  }
}

extension MappingSource {
  fileprivate init(_ file: LibraryFile) {
    self.init(name: file.name, file: file.path, bytes: file.bytes)
  }
}
