public import Access
public import Crypto
public import Documents

/// Everything secret that a configuration refers to, read once at the start: nothing is opened before all of it is at hand.
public struct SiteSecrets: Sendable {
  public let keys: KeyRing
  public let platforms: [ResolvedPlatform]
  public let consumers: ConsumerDirectory

  /// Nil when anything is missing; then `diagnostics` says all of it.
  ///
  /// - Parameters:
  ///   - environment: as it was at the start of the program.
  ///   - keys: master keys that stand in for the configured ones.
  public init?(
    _ configuration: SiteConfiguration, environment: [String: String], keys: KeyRing? = nil,
    diagnostics: Diagnostics
  ) {
    let own = Diagnostics()
    defer { diagnostics.report(contentsOf: own.all) }
    let secrets = SecretReader(environment: environment)
    let ring = keys ?? Self.masterKeys(of: configuration, environment: environment, diagnostics: own)
    let consumers = ConsumerDirectory(configuration, secrets, own)
    let platforms = configuration.platforms.compactMap { Self.resolve($0, secrets, own) }
    guard let ring, !own.hasErrors else { return nil }
    self.keys = ring
    self.consumers = consumers
    self.platforms = platforms
  }

  /// The master keys alone, for work on the site's own data that calls nobody. Nil after a report.
  public static func masterKeys(
    of configuration: SiteConfiguration, environment: [String: String], diagnostics: Diagnostics
  ) -> KeyRing? {
    guard let reference = configuration.keys else {
      diagnostics.report(
        Diagnostic(
          .error, file: configuration.file,
          message: "configuration needs the key 'keys': {file: PATH} or {environment: NAME}"))
      return nil
    }
    do throws(CryptoError) {
      switch reference.source {
      case .file(let path): return try KeyRing(file: path)
      case .environment(let name):
        return try KeyRing(environmentVariable: name, value: environment[name])
      }
    } catch {
      diagnostics.error("\(reference.path): \(error)", at: reference.mark)
    }
    return nil
  }

  private static func resolve(
    _ platform: PlatformConfiguration, _ secrets: SecretReader, _ diagnostics: Diagnostics
  ) -> ResolvedPlatform? {
    var settings: [String: String] = [:]
    var isWhole = true
    for (name, setting) in platform.settings.sorted(by: { $0.key < $1.key }) {
      switch setting {
      case .text(let text, _): settings[name] = text
      case .secret(let reference):
        if let value = secrets.value(reference, diagnostics) {
          settings[name] = value
        } else {
          isWhole = false
        }
      }
    }
    let tls = platform.tls.resolve(secrets, diagnostics)
    let proxy = platform.proxy.map { $0.resolve(secrets, diagnostics) }
    guard isWhole, let tls, proxy != .some(nil) else { return nil }
    return ResolvedPlatform(configuration: platform, settings: settings, tls: tls, proxy: proxy ?? nil)
  }
}
