import Documents
import Gateway

enum Sites {
  /// Of a file that names its adapters and mappings too.
  static func configuration(_ file: String) throws -> SiteConfiguration {
    let diagnostics = Diagnostics()
    let configuration = SiteConfiguration.read(file, share: ".", diagnostics: diagnostics)
    try diagnostics.throwIfErrors()
    guard let configuration else { fatalError("a configuration without problems is one") }
    return configuration
  }
}
