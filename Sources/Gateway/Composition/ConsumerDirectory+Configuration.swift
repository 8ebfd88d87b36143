import Access
import Documents

extension ConsumerDirectory {
  /// Reads the consumers' keys where the configuration says they are. What is wrong is reported, and that key is left out.
  init(_ configuration: SiteConfiguration, _ secrets: SecretReader, _ diagnostics: Diagnostics) {
    self.init()
    let purposes = Dictionary(uniqueKeysWithValues: configuration.purposes.map { ($0.name, $0) })
    for settings in configuration.consumers {
      let consumer = Consumer(
        name: settings.name, scopes: settings.scopes,
        purposes: purposes.filter { settings.purposes.contains($0.key) }, rate: settings.rate)
      for reference in settings.keys {
        guard let key = secrets.value(reference, diagnostics) else { continue }
        do throws(Refusal) {
          try add(consumer, key: key)
        } catch {
          diagnostics.error("\(reference.path): \(Self.words(for: error))", at: reference.mark)
        }
      }
    }
  }

  private static func words(for refusal: Refusal) -> String {
    switch refusal {
    case .weak:
      "a consumer's key has at least \(shortestKey) letters, digits and characters of '-._~+/=' and is random; make one with 'openssl rand -hex 32'"
    case .taken(let name): "the key is also one of '\(name)'; every key belongs to one consumer"
    }
  }
}
