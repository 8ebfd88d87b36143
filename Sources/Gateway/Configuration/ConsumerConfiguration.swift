import Documents

/// What a consumer may do. The raw value is the word in the configuration.
public enum Scope: String, CaseIterable, Hashable, Sendable {
  /// Find certificates, and have claims compared with them.
  case certificatesSearch = "certificates:search"
  /// Read one certificate, its history and its evidence.
  case certificatesRead = "certificates:read"
  /// See the fields whole that the purpose allows.
  case certificatesReveal = "certificates:reveal"
  case exchangesRead = "exchanges:read"
  case platformsRead = "platforms:read"
}

/// A system of the utility that may ask, as the configuration describes it.
public struct ConsumerConfiguration: Hashable, Sendable {
  public let name: String
  public let title: String
  /// All of them are good: a new key is given out before the old one is taken away.
  public let keys: [SecretReference]
  public let scopes: Set<Scope>
  /// Names of purposes.
  public let purposes: Set<String>
  public let rate: RequestRate

  static func read(_ entry: ConfigurationEntry, purposes: [String], _ place: FilePlace)
    -> ConsumerConfiguration?
  {
    guard let reader = entry.value.reader() else { return nil }
    let title = reader.text("title", default: entry.name)
    let scopes = reader.words("scopes", among: Scope.allCases.map(\.rawValue)).compactMap(
      Scope.init(rawValue:))
    let allowed = reader.has("purposes") ? reader.words("purposes", among: purposes) : []
    let readsCertificates = scopes.contains { $0.rawValue.hasPrefix("certificates:") }
    if readsCertificates, !reader.has("purposes") {
      reader.error("needs purposes: without one no certificate can be looked at")
    }
    let rate =
      reader.parse(ifPresent: "rate", RequestRate.form, RequestRate.init(parsing:)) ?? RequestRate.standard
    let keys: [SecretReference]
    switch reader.exactlyOne(of: "key", "keys") {
    case "key": keys = reader.value("key").flatMap { SecretReference.read($0, place) }.map { [$0] } ?? []
    case "keys": keys = reader.list("keys", count: 1...4) { SecretReference.read($0, place) }
    default: keys = []
    }
    return ConsumerConfiguration(
      name: entry.name, title: title, keys: keys, scopes: Set(scopes), purposes: Set(allowed), rate: rate)
  }
}

/// How often a consumer may ask, on the average; as much as a second's worth at once (ten at least).
public struct RequestRate: Hashable, Sendable {
  public let perSecond: Double

  public static let standard = RequestRate(perSecond: 100)

  static let form = "a rate such as 50/s or 300/m"

  public init(perSecond: Double) {
    self.perSecond = perSecond
  }

  init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), (1...1_000_000).contains(count) else { return nil }
    switch parts[1] {
    case "s": self.init(perSecond: Double(count))
    case "m": self.init(perSecond: Double(count) / 60)
    default: return nil
    }
  }
}
