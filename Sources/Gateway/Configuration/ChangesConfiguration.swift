public import Changes
import Documents
import HTTPTransport
import Permits

/// What a site tells of what happens, and to whom.
public struct ChangesConfiguration: Sendable {
  /// A receiver that is away is tried for three days: what it was to be told must be there for longer.
  private static let least = Duration.seconds(7 * 86_400)
  private static let longest = Duration.seconds(3_650 * 86_400)

  /// Kinds of which no changes are kept.
  public var off: Set<ChangeKind> = []
  /// How long changes are kept.
  public var kept = Duration.seconds(30 * 86_400)
  /// When the day's digest of permits is told, in seconds of a day in China.
  public var digest = Permits.digestSecond
  /// Where receivers of notifications may be: rules as those of `egress`.
  public var receivers: [String] = []

  public init() {}

  static func read(_ reader: ConfigurationReader) -> ChangesConfiguration {
    var changes = ChangesConfiguration()
    if reader.has("off") {
      let words = reader.words("off", among: ChangeKind.allCases.map(\.rawValue))
      changes.off = Set(words.compactMap { ChangeKind(rawValue: $0) })
    }
    changes.kept = reader.duration("keep", in: least...longest, default: changes.kept)
    changes.digest =
      reader.parse(ifPresent: "digest", "a time of day in China such as 08:00") { time(ofDay: $0) }
      ?? changes.digest
    for entry in reader.value(ifPresent: "receivers")?.elementsOrSelf(count: 0...1000) ?? [] {
      guard let text = entry.text() else { continue }
      do throws(TransportError) {
        _ = try EgressPolicy(allowing: [text])
        changes.receivers.append(text)
      } catch {
        entry.error("cannot be read: \(error.message). \(error.remedy)")
      }
    }
    return changes
  }

  /// Two digits, a colon, two digits.
  private static func time(ofDay text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 3600 + minute * 60
  }

  /// - Parameter egress: of the site; addresses that it refuses are refused here too.
  func destinations(_ egress: EgressPolicy) -> EgressPolicy {
    do throws(TransportError) {
      return try EgressPolicy(allowing: receivers, addresses: egress.addresses)
    } catch {
      preconditionFailure("every rule was read before")
    }
  }
}
