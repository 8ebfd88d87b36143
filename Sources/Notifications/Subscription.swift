public import Changes
public import CivilTime
public import Exchanges
import SQLDatabase

public struct SubscriptionID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  public let rawValue: Int64

  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  public var description: String { String(rawValue) }

  public static func < (left: SubscriptionID, right: SubscriptionID) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Somebody who is told of changes: a consumer's address. Secret and address are read apart, because both are sealed.
public struct Subscription: Hashable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    case active
    /// Nothing is sent until somebody lets it go on.
    case paused
    /// A newer program wrote it, and this one does not know the word: nothing is sent by this one.
    case unrecognized
  }

  public let id: SubscriptionID
  /// The consumer it belongs to; it is told what that one may see.
  public let consumer: String
  /// nil: all that the consumer may see.
  public let kinds: Set<ChangeKind>?
  /// Kinds that it names and this program does not know: a newer one wrote them.
  public let unrecognizedKinds: [String]
  public let state: State
  public let created: Timestamp
  /// Everything up to this change was delivered, left out, or not wanted.
  public let delivered: Int64
  public let deliveredAt: Timestamp?
  /// Tries in a row that failed, since when, and what the last one met.
  public let failures: Int
  public let failingSince: Timestamp?
  /// How often the receiver has refused the message that is next.
  public let refusals: Int
  /// Messages left out because the receiver refused them again and again.
  public let skipped: Int
  public let problemCode: String?
  public let problemClass: ErrorClass?
  public let problemMessage: String?

  /// Its messages are sent one after the other.
  var sequence: String { Self.sequence(id) }

  static func sequence(_ id: SubscriptionID) -> String { "notification/\(id)" }

  /// All notifications: what limits a lane limits how many receivers are called at once, so that slow ones leave room for other work.
  static let lane = "notification"
}

extension Subscription {
  static let columns =
    """
    id, consumer, kinds, state, created, delivered, delivered_at, failures, failing_since, refusals, skipped, \
    problem_code, problem_class, problem_message
    """

  /// Never fails: what a newer program wrote must not keep others from being told.
  init(_ row: borrowing Row) {
    let (kinds, unrecognized) = Self.kinds(row.text(2))
    self.init(
      id: SubscriptionID(rawValue: row.int(0)), consumer: row.text(1), kinds: kinds,
      unrecognizedKinds: unrecognized, state: State(rawValue: row.text(3)) ?? .unrecognized,
      created: Timestamp(milliseconds: row.int(4)), delivered: row.int(5),
      deliveredAt: row.intOrNull(6).map { Timestamp(milliseconds: $0) }, failures: Int(row.int(7)),
      failingSince: row.intOrNull(8).map { Timestamp(milliseconds: $0) }, refusals: Int(row.int(9)),
      skipped: Int(row.int(10)), problemCode: row.textOrNull(11),
      problemClass: row.textOrNull(12).flatMap { ErrorClass(rawValue: $0) },
      problemMessage: row.textOrNull(13)
    )
  }

  /// - Returns: nil for all kinds.
  static func kinds(_ column: String) -> (known: Set<ChangeKind>?, unrecognized: [String]) {
    guard !column.isEmpty else { return (nil, []) }
    var (known, unrecognized) = (Set<ChangeKind>(), [String]())
    for word in column.split(separator: ",").map(String.init) {
      if let kind = ChangeKind(rawValue: word) { known.insert(kind) } else { unrecognized.append(word) }
    }
    return (known, unrecognized)
  }
}
