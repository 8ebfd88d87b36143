import Documents
public import HTTPTransport

/// Where calls may go. Nothing is allowed that does not stand here: naming a platform does not open the way to it.
public struct EgressConfiguration: Hashable, Sendable {
  /// The word that allows exactly the hosts and ports of the platforms' urls.
  public static let connectionsWord = "connections"

  /// As written; `connections` is already replaced by the platforms' own places.
  public let rules: [String]
  public let policy: EgressPolicy

  /// `egress: connections`, a list of rules (the word `connections` may be one), or `{allow: …, addresses: …}`.
  static func read(_ reader: ConfigurationReader, _ platforms: [PlatformConfiguration]) -> EgressConfiguration
  {
    let errors = reader.diagnostics.errorCount
    var addresses = EgressPolicy.AddressRule.any
    var entries: [ConfigurationValue]?
    if let value = reader.value(ifPresent: "egress") {
      if value.isMapping, let inner = value.reader() {
        addresses = inner.choice("addresses", among: AddressWord.self, default: .any).rule
        entries = inner.value("allow")?.elementsOrSelf(count: 0...(.max))
      } else {
        entries = value.elementsOrSelf(count: 0...(.max))
      }
    }
    var rules: [String] = []
    for entry in entries ?? [] {
      guard let text = entry.text() else { continue }
      if text == connectionsWord {
        rules += platforms.map(\.origin)
      } else if let rule = rule(text, entry) {
        rules.append(rule)
      }
    }
    var seen: Set<String> = []
    rules = rules.filter { seen.insert($0).inserted }
    let policy = policy(rules, addresses, reader)
    // Of a list that is not read whole it cannot be said what is missing from it.
    guard reader.canTell("egress"), reader.diagnostics.errorCount == errors else {
      return EgressConfiguration(rules: rules, policy: policy)
    }
    for platform in platforms where !allows(policy, platform.url) {
      reader.diagnostics.error(
        "platforms.\(platform.name).url is not among the destinations that 'egress' allows, so every call would be "
          + "refused; add '\(connectionsWord)' or '\(platform.origin)' to egress if it is meant",
        at: platform.urlMark)
    }
    return EgressConfiguration(rules: rules, policy: policy)
  }

  private static func allows(_ policy: EgressPolicy, _ url: String) -> Bool {
    do throws(TransportError) {
      try policy.check(url)
      return true
    } catch {
      return false
    }
  }

  private enum AddressWord: String, CaseIterable {
    case any
    case notLocal = "not-local"
    case publicOnly = "public-only"

    var rule: EgressPolicy.AddressRule {
      switch self {
      case .any: .any
      case .notLocal: .notLocal
      case .publicOnly: .publicOnly
      }
    }
  }

  private static func rule(_ text: String, _ entry: ConfigurationValue) -> String? {
    do throws(TransportError) {
      _ = try EgressPolicy(allowing: [text])
    } catch {
      entry.error("cannot be read: \(error.message). \(error.remedy)", suggestion: nearWord(text))
      return nil
    }
    // A single word reads as the name of a host, which is hardly meant when it is nearly the word for all platforms.
    if let word = nearWord(text) {
      entry.error("names a host '\(text)'", suggestion: word)
      return nil
    }
    return text
  }

  private static func nearWord(_ text: String) -> String? {
    Suggestion.nearest(to: text, in: [connectionsWord])
  }

  private static func policy(
    _ rules: [String], _ addresses: EgressPolicy.AddressRule, _ reader: ConfigurationReader
  ) -> EgressPolicy {
    do throws(TransportError) {
      return try EgressPolicy(allowing: rules, addresses: addresses)
    } catch {
      reader.error("cannot be read: \(error.message)", at: "egress")
      return nothing
    }
  }

  private static let nothing: EgressPolicy = {
    do throws(TransportError) {
      return try EgressPolicy(allowing: [])
    } catch {
      preconditionFailure("a policy without rules cannot be malformed")
    }
  }()
}
