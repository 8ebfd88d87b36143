import Exchanges
public import HTTPTransport

/// A platform's address and secrets at this site.
public struct Connection: Sendable {
  /// The platform's name at this site; stands in logs, tables and metrics.
  public let platform: String
  /// Scheme, host and port, with a path in front of every operation's where the site has one: `https://gw.example.gov.cn:8443/share`.
  public let url: String
  /// By name, secret ones included. Values never appear in a description.
  let settings: [String: String]
  public let tls: TLSOptions
  public let proxy: ProxyOptions?

  public init(
    platform: String, url: String, settings: [String: String], tls: TLSOptions = TLSOptions(),
    proxy: ProxyOptions? = nil
  ) {
    self.platform = platform
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.settings = settings
    self.tls = tls
    self.proxy = proxy
  }

  /// What is wrong with the settings, measured at the adapter's: missing ones and ones it does not know.
  public func problems(with adapter: Adapter) -> [AdapterError] {
    var problems: [AdapterError] = []
    for setting in adapter.settings where setting.fallback == nil && settings[setting.name] == nil {
      problems.append(
        AdapterError(
          .setting, .configuration,
          "the connection of '\(platform)' has no setting '\(setting.name)', which \(adapter.name) needs",
          remedy: setting.isSecret
            ? "give it as an environment variable or a file, never in the configuration itself"
            : "add it under the platform's settings"))
    }
    let known = Set(adapter.settings.map(\.name))
    for name in settings.keys.sorted() where !known.contains(name) {
      problems.append(
        AdapterError(
          .setting, .configuration, "\(adapter.name) has no setting '\(name)'",
          remedy: "its settings are \(known.sorted().joined(separator: ", "))"))
    }
    return problems
  }

  /// Where it leads and how it is set, without a secret: the same bytes for the same.
  public func outline(for adapter: Adapter) -> [UInt8] {
    var lines = [url]
    for setting in adapter.settings.sorted(by: { $0.name < $1.name }) where !setting.isSecret {
      guard let text = settings[setting.name] ?? setting.fallback else { continue }
      lines.append("\(setting.name)=\(text)")
    }
    return Array(lines.joined(separator: "\u{0}").utf8)
  }

  /// The settings as values of formulas, the manifest's defaults included.
  func values(for adapter: Adapter) -> [String: Value] {
    var values: [String: Value] = [:]
    for setting in adapter.settings {
      if let text = settings[setting.name] ?? setting.fallback {
        values[ReservedName.setting(setting.name)] = Value(text: text)
      }
    }
    return values
  }
}

extension Connection: CustomStringConvertible {
  public var description: String { "connection of \(platform)" }
}
