import Adapters
public import Sync

/// What configuration and manifests tell, as long as nothing has run.
public struct ConfiguredPlatforms: PlatformReporter {
  private let configuration: SiteConfiguration
  private let library: SiteLibrary

  public init(_ configuration: SiteConfiguration, _ library: SiteLibrary) {
    self.configuration = configuration
    self.library = library
  }

  public func platforms() async throws -> [PlatformStatus] {
    configuration.platforms.map { platform in
      let adapter = library.adapter(of: platform)
      let operations = (adapter?.operations ?? []).map { operation in
        PlatformStatus.Operation(
          name: operation.name, title: operation.title,
          isEnabled: platform.operations.first { $0.name == operation.name }?.isEnabled ?? true)
      }
      return PlatformStatus(
        name: platform.name, adapter: platform.adapter, title: adapter?.title, basis: adapter?.basis.rawValue,
        operations: operations)
    }
  }
}
