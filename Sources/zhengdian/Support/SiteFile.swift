import Crypto
import Documents
import Gateway

/// Reads the site's configuration as a command was told to.
enum SiteFile {
  /// - Parameter needsShare: false for work that looks at no adapter and no mapping, so that they need not be installed.
  /// - Throws: `ConfigurationError` with every problem, `CommandFailure` where adapters and mappings are not found.
  static func read(_ invocation: Invocation, needsShare: Bool = false) throws -> SiteConfiguration {
    let diagnostics = Diagnostics()
    let share = needsShare ? try ShareFolder.find(invocation.environment).path : ""
    let read = SiteConfiguration.read(invocation.configurationFile, share: share, diagnostics: diagnostics)
    read?.checkDatabase(diagnostics)
    if needsShare { read?.checkLibraries(diagnostics) }
    try diagnostics.throwIfErrors()
    guard let read else { preconditionFailure("a configuration is refused and nobody said why") }
    return read
  }

  /// The master keys that the configuration names.
  static func masterKeys(_ configuration: SiteConfiguration, _ environment: Environment) throws -> KeyRing {
    let diagnostics = Diagnostics()
    let keys = SiteSecrets.masterKeys(
      of: configuration, environment: environment.all, diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    guard let keys else { preconditionFailure("there are no master keys and nobody said why") }
    return keys
  }
}
