public import Adapters
import HTTPTransport

/// A platform with its secrets at hand. Values of settings never appear in a description.
public struct ResolvedPlatform: Sendable, CustomStringConvertible, CustomReflectable {
  public let configuration: PlatformConfiguration
  /// By name, secret ones included.
  let settings: [String: String]
  let tls: TLSOptions
  let proxy: ProxyOptions?

  public var name: String { configuration.name }

  public var connection: Connection {
    Connection(platform: name, url: configuration.url, settings: settings, tls: tls, proxy: proxy)
  }

  public var description: String { "connection of \(name)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
