public import Access
import Documents

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

  static func read(_ entry: ConfigurationEntry, purposes: [String]?, _ place: FilePlace)
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

extension RequestRate {
  static let form = "a rate such as 50/s or 300/m"

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
