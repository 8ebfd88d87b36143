/// What retention removed, or would remove, and what it left although its time had come.
public struct RetentionReport: Hashable, Sendable {
  public struct Count: Hashable, Sendable {
    /// Exchanges of which what was said went.
    public var bodies = 0
    /// Exchanges that went whole.
    public var rows = 0

    mutating func add(_ step: RetentionStep) {
      switch step {
      case .bodies: bodies += 1
      case .row: rows += 1
      }
    }
  }

  /// Exchanges old enough for the shortest rule.
  public var examined = 0
  /// By the rule that let them go.
  public var removed: [String: Count] = [:]
  /// By the reason for which they stayed: as bodies or as rows.
  public var held: [String: Count] = [:]
  /// Bytes of the messages before they were compressed.
  public var bytes = 0

  public init() {}

  public var bodies: Int { removed.values.reduce(0) { $0 + $1.bodies } }
  public var rows: Int { removed.values.reduce(0) { $0 + $1.rows } }

  mutating func add(_ other: RetentionReport) {
    examined += other.examined
    bytes += other.bytes
    for (rule, count) in other.removed { removed[rule, default: Count()].add(count) }
    for (reason, count) in other.held { held[reason, default: Count()].add(count) }
  }
}

extension RetentionReport.Count {
  fileprivate mutating func add(_ other: Self) {
    bodies += other.bodies
    rows += other.rows
  }
}
