public import CivilTime
public import Exchanges
package import SQLDatabase

/// Which exchanges to list. What is nil does not restrict.
public struct ExchangeFilter: Hashable, Sendable {
  public enum Order: Sendable {
    case newestFirst
    case oldestFirst
  }

  public var platform: String?
  /// Only together with a platform, because the names of operations belong to their platform.
  public var operation: String?
  public var outcome: Outcome?
  /// Of what did not succeed.
  public var problemClass: ErrorClass?
  public var parent: ExchangeID?
  public var requestID: String?
  /// Recorded at this moment or later.
  public var since: Timestamp?
  /// Recorded before this moment.
  public var until: Timestamp?
  /// Goes on behind this exchange in the order of the list: the last id of the previous page.
  public var after: ExchangeID?
  public var order: Order
  public var limit: Int

  public init(
    platform: String? = nil, operation: String? = nil, outcome: Outcome? = nil,
    problemClass: ErrorClass? = nil,
    parent: ExchangeID? = nil, requestID: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil,
    after: ExchangeID? = nil, order: Order = .newestFirst, limit: Int = 100
  ) {
    self.platform = platform
    self.operation = operation
    self.outcome = outcome
    self.problemClass = problemClass
    self.parent = parent
    self.requestID = requestID
    self.since = since
    self.until = until
    self.after = after
    self.order = order
    self.limit = limit
  }

  /// The statement with the values of its placeholders. `range` are the ids that the times allow, bounds included.
  package func statement(in range: ClosedRange<Int64>) -> (text: String, values: [SQLValue]) {
    var terms: [String] = []
    var values: [SQLValue] = []
    func require(_ column: String, _ comparison: String, _ value: SQLValue) {
      values.append(value)
      terms.append("\(column) \(comparison) ?\(values.count)")
    }
    if let platform { require("platform", "=", .text(platform)) }
    if let operation { require("operation", "=", .text(operation)) }
    if let outcome {
      require("outcome", "=", .text(outcome.rawValue))
      // Said once more as the index of troubles says it; the engine does not see that it follows.
      if outcome != .succeeded { terms.append("outcome <> 'succeeded'") }
    }
    if let problemClass {
      require("problem_class", "=", .text(problemClass.rawValue))
      // What a person signed to have happened is no trouble any more, and keeps how that came to be known.
      if outcome == nil { terms.append("outcome <> 'succeeded'") }
    }
    if let parent { require("parent", "=", .int(parent.rawValue)) }
    if let requestID {
      require("request_id", "=", .text(requestID))
      if !requestID.isEmpty { terms.append("request_id <> ''") }
    }
    var (lower, upper) = (range.lowerBound, range.upperBound)
    if let after {
      switch order {
      case .newestFirst: upper = min(upper, after.rawValue - 1)
      case .oldestFirst: lower = max(lower, after.rawValue + 1)
      }
    }
    // The ids between say nearly all of it; this leaves out what a clock that stood ahead recorded among them, and is no reason to go by another index.
    if let since { require("recorded + 0", ">=", .int(since.milliseconds)) }
    if let until { require("recorded + 0", "<", .int(until.milliseconds)) }
    require("id", ">=", .int(lower))
    require("id", "<=", .int(upper))
    values.append(.int(max(0, limit)))
    let direction = order == .newestFirst ? "DESC" : "ASC"
    let condition = terms.joined(separator: " AND ")
    let text = """
      SELECT \(Journal.summaryColumns) FROM exchange WHERE \(condition)
      ORDER BY id \(direction) LIMIT ?\(values.count)
      """
    return (text, values)
  }
}
