import Adapters
public import Calendars
public import Documents
import HTTPTransport

/// A platform as this site reaches it: which adapter speaks to it, its address, and the settings of the connection.
public struct PlatformConfiguration: Sendable {
  /// The value of a setting: in clear, or kept elsewhere.
  public enum Setting: Hashable, Sendable {
    case text(String, YAMLMark)
    case secret(SecretReference)
  }

  /// What this site does otherwise than the adapter says.
  public struct OperationOverride: Sendable {
    public let name: String
    /// False: never by itself, only when somebody asks for it.
    public let isEnabled: Bool
    /// In place of the adapter's schedule.
    public let schedule: Schedule?
    public let mark: YAMLMark
  }

  public let name: String
  /// The adapter's name: `hangzhou/public-data`.
  public let adapter: String
  public let adapterMark: YAMLMark
  public let url: String
  public let settings: [String: Setting]
  public let tls: PlatformTLS
  public let proxy: PlatformProxy?
  public let operations: [OperationOverride]
  let urlMark: YAMLMark

  /// `https://host:port`, what the list of egress has to allow.
  public var origin: String {
    guard let scheme = url.firstRange(of: "://") else { return url }
    return String(url[..<(url[scheme.upperBound...].firstIndex(of: "/") ?? url.endIndex)])
  }

  static func read(_ entry: ConfigurationEntry, _ place: FilePlace) -> PlatformConfiguration? {
    guard let reader = entry.value.reader() else { return nil }
    let adapter = reader.value("adapter")
    let adapterName = adapter?.text()
    let url = reader.value("url")
    let address = url?.parse("an address such as https://gw.example.gov.cn:8443/share", checkURL)
    var settings: [String: Setting] = [:]
    for setting in reader.entries(ifPresent: "settings") ?? [] {
      settings[setting.name] = read(setting: setting.value, place)
    }
    let tls = PlatformTLS.read(reader.nested(ifPresent: "tls"), place)
    let proxy = reader.nested(ifPresent: "proxy").flatMap { PlatformProxy.read($0, place) }
    let operations = (reader.entries(ifPresent: "operations") ?? []).compactMap(read(operation:))
    guard let adapter, let adapterName, let url, let address else { return nil }
    return PlatformConfiguration(
      name: entry.name, adapter: adapterName, adapterMark: adapter.mark, url: address, settings: settings,
      tls: tls, proxy: proxy, operations: operations, urlMark: url.mark)
  }

  private static func read(setting value: ConfigurationValue, _ place: FilePlace) -> Setting? {
    if value.isMapping { return SecretReference.read(value, place).map(Setting.secret) }
    return value.text(allowingEmpty: true).map { .text($0, value.mark) }
  }

  private static func read(operation entry: ConfigurationEntry) -> OperationOverride? {
    guard let reader = entry.value.reader() else { return nil }
    let isEnabled = reader.boolean("enabled", default: true)
    let schedule = reader.nested(ifPresent: "schedule").flatMap(Schedule.read)
    return OperationOverride(name: entry.name, isEnabled: isEnabled, schedule: schedule, mark: entry.key.mark)
  }

  private static func checkURL(_ text: String) throws -> String? {
    do {
      try EgressPolicy.unrestricted().check(text)
    } catch {
      throw DocumentError(.syntax, "\(error.message). \(error.remedy)")
    }
    guard !text.contains("?"), !text.contains("#") else {
      throw DocumentError(.syntax, "an address of a connection has no query; queries belong to the adapter")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}
