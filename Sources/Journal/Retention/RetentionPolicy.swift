public import CivilTime
internal import Exchanges

/// What an exchange was for, as far as retention tells it apart.
public enum RetentionKind: String, CaseIterable, Sendable {
  case pull
  case query
  case push
  case probe
  /// A call for a token.
  case token
  /// The platform called.
  case inbound
  /// An operation that no adapter has any more.
  case other
}

/// How long exchanges are kept, from the moment they were recorded.
public struct RetentionTimes: Hashable, Sendable {
  /// After that keys are destroyed and what was said is removed; that it was said stays.
  public var bodies: Duration
  /// After that the exchange is removed whole; its digests stay in the chain.
  public var rows: Duration

  public init(bodies: Duration, rows: Duration) {
    self.bodies = bodies
    self.rows = rows
  }
}

/// One rule: what is nil does not restrict.
public struct RetentionRule: Hashable, Sendable, CustomStringConvertible {
  public var platform: String?
  /// Only together with a platform.
  public var operation: String?
  public var kind: RetentionKind?
  /// `application/pdf`, or `image/*`: of what came back, of what was sent where nothing came.
  public var contentType: String?
  public var times: RetentionTimes

  public init(
    platform: String? = nil, operation: String? = nil, kind: RetentionKind? = nil,
    contentType: String? = nil, times: RetentionTimes
  ) {
    self.platform = platform
    self.operation = operation
    self.kind = kind
    self.contentType = contentType
    self.times = times
  }

  /// How reports name it.
  public var description: String {
    var words: [String] = []
    if let platform { words.append(operation.map { "\(platform)/\($0)" } ?? platform) }
    if let kind { words.append(kind.rawValue) }
    if let contentType { words.append(contentType) }
    return words.isEmpty ? "default" : words.joined(separator: " ")
  }

  func covers(_ exchange: RetentionSubject) -> Bool {
    (platform == nil || platform == exchange.platform)
      && (operation == nil || operation == exchange.operation)
      && (kind == nil || kind == exchange.kind)
      && (contentType == nil || Self.covers(contentType ?? "", exchange.contentType))
  }

  private static func covers(_ pattern: String, _ type: String?) -> Bool {
    guard let type else { return false }
    // Parameters and case say nothing about what it is.
    let bare = type.lowercased().prefix { $0 != ";" && $0 != " " && $0 != "\t" }
    let wanted = pattern.lowercased()
    return wanted.hasSuffix("/*") ? bare.hasPrefix(wanted.dropLast()) : bare == wanted
  }
}

/// What a policy looks at.
public struct RetentionSubject: Hashable, Sendable {
  public var platform: String
  public var operation: String
  public var kind: RetentionKind
  public var contentType: String?
  public var recorded: Timestamp

  public init(
    platform: String, operation: String, kind: RetentionKind, contentType: String?, recorded: Timestamp
  ) {
    self.platform = platform
    self.operation = operation
    self.kind = kind
    self.contentType = contentType
    self.recorded = recorded
  }
}

/// What is removed of an exchange.
public enum RetentionStep: String, CaseIterable, Sendable {
  case bodies
  case row
}

/// Which exchanges have been kept long enough. Pure: the time is passed in.
public struct RetentionPolicy: Sendable {
  /// The first one that covers an exchange counts.
  public let rules: [RetentionRule]
  /// Counts where none does.
  public let fallback: RetentionRule
  private let kindOf: @Sendable (_ platform: String, _ operation: String) -> RetentionKind

  /// - Parameter kind: what an operation of a platform is for. Calls for tokens and inbound ones are known without it.
  public init(
    rules: [RetentionRule], otherwise times: RetentionTimes,
    kind: @escaping @Sendable (_ platform: String, _ operation: String) -> RetentionKind
  ) {
    self.rules = rules
    fallback = RetentionRule(times: times)
    kindOf = kind
  }

  func kind(platform: String, operation: String, direction: ExchangeDirection) -> RetentionKind {
    if direction == .inbound { return .inbound }
    // As the platform clients name them.
    return operation.hasPrefix("token.") ? .token : kindOf(platform, operation)
  }

  public func rule(for exchange: RetentionSubject) -> RetentionRule {
    rules.first { $0.covers(exchange) } ?? fallback
  }

  /// nil as long as all of it is kept. An exchange of the future, of a clock that was set back since, is kept.
  public func due(_ exchange: RetentionSubject, now: Timestamp) -> (step: RetentionStep, rule: RetentionRule)?
  {
    let rule = rule(for: exchange)
    let age = now.milliseconds(since: exchange.recorded)
    if age >= rule.times.rows.milliseconds { return (.row, rule) }
    return age >= rule.times.bodies.milliseconds ? (.bodies, rule) : nil
  }

  /// Nothing recorded at this moment or later is due under any rule.
  public func horizon(now: Timestamp) -> Timestamp {
    let shortest = ([fallback] + rules).map { min($0.times.bodies, $0.times.rows) }.min() ?? .zero
    return now.advanced(byMilliseconds: 1 - shortest.milliseconds)
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
