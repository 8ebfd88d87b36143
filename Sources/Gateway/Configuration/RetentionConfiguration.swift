import Documents
public import Journal

/// How long a site keeps what was said, and when it removes what it need not keep.
public struct RetentionConfiguration: Sendable {
  /// Network logs are kept for six months at least (Cybersecurity Law, Article 21), and these are such logs.
  static let leastRows = Duration.seconds(180 * 86_400)
  private static let leastBodies = Duration.seconds(86_400)
  private static let longest = Duration.seconds(36_500 * 86_400)

  /// Where no rule says otherwise: half a year for what was said, three years, the time in which most claims lapse (Civil Code, Article 188), for
  /// that it was said.
  public static let defaults = RetentionTimes(
    bodies: .seconds(180 * 86_400), rows: .seconds(1_095 * 86_400))

  public var rules: [RetentionRule] = []
  public var otherwise = Self.defaults
  /// What a permit case was opened with, after it was closed: as long as most claims last.
  public var permits = Self.defaults.rows
  /// What customers handed in, after it was taken back or its last day; what holds without end, after it was handed in.
  public var materials = Self.defaults.rows
  /// Who gave an authorisation, after it was revoked or its end.
  public var authorisations = Self.defaults.rows
  /// Minutes after midnight in China.
  public var minuteOfDay = 3 * 60 + 10
  /// Begins up to so much later, so that not everything of a site begins at once.
  public var jitter = Duration.seconds(20 * 60)

  public init() {}

  static func read(_ reader: ConfigurationReader, platforms: [String]?) -> RetentionConfiguration {
    var retention = RetentionConfiguration()
    retention.otherwise = times(reader, or: Self.defaults)
    retention.minuteOfDay =
      reader.parse(ifPresent: "at", "a time of day such as 03:10", minute) ?? retention.minuteOfDay
    retention.permits = reader.duration(
      "permits", in: leastBodies...longest, default: retention.permits)
    retention.materials = reader.duration(
      "materials", in: leastBodies...longest, default: retention.materials)
    retention.authorisations = reader.duration(
      "authorisations", in: leastBodies...longest, default: retention.authorisations)
    retention.jitter = reader.duration(
      "jitter", in: .zero...(.seconds(6 * 3600)), default: retention.jitter)
    let otherwise = retention.otherwise
    retention.rules =
      reader.list(ifPresent: "rules") { value in rule(value, platforms, otherwise) } ?? []
    return retention
  }

  private static func rule(
    _ value: ConfigurationValue, _ platforms: [String]?, _ otherwise: RetentionTimes
  ) -> RetentionRule? {
    guard let reader = value.reader() else { return nil }
    let platform = reader.value(ifPresent: "platform").flatMap { value in
      platforms.map { value.choice(among: $0) } ?? value.text()
    }
    if reader.has("operation"), !reader.has("platform") {
      reader.error("needs platform: operations are named within their platform", at: "operation")
    }
    let rule = RetentionRule(
      platform: platform, operation: reader.text(ifPresent: "operation"),
      kind: reader.choice(ifPresent: "kind", among: RetentionKind.self),
      contentType: reader.parse(
        ifPresent: "contentType", "a media type such as application/pdf or image/*", mediaType),
      times: times(reader, or: otherwise))
    if !["platform", "kind", "contentType"].contains(where: reader.has) {
      reader.error("covers everything: give platform, kind or contentType, or the times beside 'rules'")
    }
    if !reader.has("bodies"), !reader.has("rows") {
      reader.error("says no time: give bodies, rows or both")
    }
    return rule
  }

  private static func times(
    _ reader: ConfigurationReader, or otherwise: RetentionTimes
  ) -> RetentionTimes {
    var times = otherwise
    if let rows = reader.value(ifPresent: "rows"),
      let duration = rows.duration(in: leastBodies...longest)
    {
      if duration < leastRows {
        rows.error(
          "must be 180d or more: network logs are kept for six months (Cybersecurity Law, Article 21)")
      }
      times.rows = duration
    }
    if let bodies = reader.duration(ifPresent: "bodies", in: leastBodies...longest) {
      times.bodies = bodies
      if bodies > times.rows {
        reader.error("is longer than the row is kept", at: "bodies")
      }
    } else {
      // What was said goes with its row at the latest.
      times.bodies = min(times.bodies, times.rows)
    }
    return times
  }

  private static func minute(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { ("0"..."9").contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  private static func mediaType(_ text: String) -> String? {
    let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    let isToken = { (part: Substring) in
      !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-._".contains($0)) }
    }
    guard parts.count == 2, isToken(parts[0]), parts[1] == "*" || isToken(parts[1]) else { return nil }
    return text.lowercased()
  }
}
