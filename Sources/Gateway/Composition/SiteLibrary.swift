public import Adapters
public import Documents
import Exchanges

/// The manifests of a site, measured at its configuration.
public struct SiteLibrary: Sendable {
  public let adapters: AdapterLibrary
  /// Problems of manifests that no configured platform uses, and warnings: worth showing, no reason to stand still.
  public let remarks: [Diagnostic]

  public func adapter(of platform: PlatformConfiguration) -> Adapter? { adapters.adapter(platform.adapter) }

  /// Reads the folder of adapters. Nil when a configured platform cannot be called by it; then `diagnostics` says why: an adapter there is not, or
  /// with errors, a setting it needs or does not know, a secret in clear, an operation it does not have.
  public static func read(_ configuration: SiteConfiguration, _ diagnostics: Diagnostics) -> SiteLibrary? {
    let found = Diagnostics()
    let sources: [AdapterLibrary.Source]
    do throws(GatewayError) {
      sources = try LibraryFolder(configuration.adaptersFolder).adapters().map {
        AdapterLibrary.Source(name: $0.name, file: $0.path, bytes: $0.bytes)
      }
    } catch {
      // A site that calls nobody needs no adapters.
      guard !configuration.platforms.isEmpty else {
        return SiteLibrary(
          adapters: AdapterLibrary([], found),
          remarks: [Diagnostic(.warning, file: configuration.file, message: "adapters: \(error.message)")])
      }
      diagnostics.report(
        Diagnostic(.error, file: configuration.file, message: "adapters: \(error.message); \(error.remedy)"))
      return nil
    }
    let adapters = AdapterLibrary(sources, found)
    let own = Diagnostics()
    var broken: Set<String> = []
    let names = sources.map(\.name).filter { !$0.hasPrefix("families/") }
    for platform in configuration.platforms {
      if let adapter = adapters.adapter(platform.adapter) {
        check(platform, adapter, own)
      } else if sources.contains(where: { $0.name == platform.adapter }) {
        own.error(
          "platforms.\(platform.name).adapter: the manifest of '\(platform.adapter)' has errors",
          at: platform.adapterMark)
        broken.insert(platform.adapter)
      } else {
        own.error(
          "platforms.\(platform.name).adapter: there is no adapter '\(platform.adapter)' in \(configuration.adaptersFolder)",
          at: platform.adapterMark,
          suggestion: Suggestion.nearest(to: platform.adapter, in: names))
      }
    }
    diagnostics.report(contentsOf: own.all)
    if !broken.isEmpty {
      // What is wrong with them may stand in a family.
      let files = Set(sources.filter { broken.contains($0.name) || !names.contains($0.name) }.map(\.file))
      diagnostics.report(contentsOf: found.all.filter { files.contains($0.file) })
    }
    return own.hasErrors ? nil : SiteLibrary(adapters: adapters, remarks: found.all)
  }

  private static func check(_ platform: PlatformConfiguration, _ adapter: Adapter, _ diagnostics: Diagnostics)
  {
    let path = "platforms.\(platform.name)"
    for setting in adapter.settings {
      switch platform.settings[setting.name] {
      case nil where setting.fallback == nil:
        diagnostics.error(
          "\(path).settings needs '\(setting.name)', because \(adapter.name) does"
            + (setting.isSecret ? "; it is a secret: {environment: NAME} or {file: PATH}" : ""),
          at: platform.adapterMark)
      case .text(_, let mark)? where setting.isSecret:
        diagnostics.error(
          "\(path).settings.\(setting.name) is a secret and must not stand here in clear: write {environment: NAME} or {file: PATH}, "
            + "and change the secret, for it has been written down", at: mark)
      case .text("", let mark)? where setting.fallback == nil:
        diagnostics.error("\(path).settings.\(setting.name) must not be empty", at: mark)
      default: break
      }
    }
    let names = adapter.settings.map(\.name)
    for (name, setting) in platform.settings.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      diagnostics.error(
        "\(path).settings: \(adapter.name) has no setting '\(name)'", at: setting.mark,
        suggestion: Suggestion.nearest(to: name, in: names))
    }
    for change in platform.operations where adapter.operation(change.name) == nil {
      diagnostics.error(
        "\(path).operations: \(adapter.name) has no operation '\(change.name)'", at: change.mark,
        suggestion: Suggestion.nearest(to: change.name, in: adapter.operations.map(\.name)))
    }
  }
}

extension PlatformConfiguration.Setting {
  var mark: YAMLMark {
    switch self {
    case .text(_, let mark): mark
    case .secret(let reference): reference.mark
    }
  }
}
