import Adapters
public import CivilTime
public import Crypto
import Exchanges
public import Journal
public import Registry
public import SQLDatabase
import Synchronization
public import Work

/// Everything handed in at platforms: kept with its work and its history, each change in one transaction.
public final class Pushes: Sendable {
  public let database: Database
  public let queue: WorkQueue
  public let journal: Journal
  let keys: RegistryKeys
  let now: @Sendable () -> Timestamp
  let random: @Sendable (Int) throws -> [UInt8]

  /// Told of a push that came to an end, or to where it waits for somebody, or that a person has tried again (it is `queued` then), in the transaction that
  /// brought it there.
  public typealias Follower = @Sendable (Push, Transaction, Timestamp) throws -> Void
  private let followers = Mutex<[Follower]>([])

  /// - Parameters:
  ///   - keys: seal what tells about people.
  ///   - random: makes the numbers under which platforms know our pushes.
  public init(
    database: Database, journal: Journal, queue: WorkQueue, keys: RegistryKeys,
    now: @escaping @Sendable () -> Timestamp = { .now() },
    random: @escaping @Sendable (Int) throws -> [UInt8] = { SecureRandom.bytes($0) }
  ) {
    self.database = database
    self.journal = journal
    self.queue = queue
    self.keys = keys
    self.now = now
    self.random = random
  }

  /// Has somebody told of each push that is decided, unknown, parked or tried again from now on.
  ///
  /// - Parameter follower: what it throws undoes the step.
  public func follow(_ follower: @escaping Follower) {
    followers.withLock { $0.append(follower) }
  }

  func tell(of push: Push, in transaction: Transaction, at now: Timestamp) throws {
    for follower in followers.withLock({ $0 }) { try follower(push, transaction, now) }
  }

  static func context(_ key: String, part: Int) -> String { "push|\(key)|\(part)" }
  static func receiptContext(_ key: String) -> String { "push|\(key)|receipt" }
  static func signOffContext(_ key: String) -> String { "push|\(key)|signature" }

  static func notFound(_ id: PushID) -> PushError {
    PushError(.notFound, "there is no push \(id)", remedy: "'push list' shows those there are")
  }

  static let columns = columnList { $0 }

  /// As it is shown: a duplicate stands as its first does.
  static let shownColumns = columnList { column in
    """
    CASE WHEN duplicate_of IS NULL THEN \(column)
    ELSE (SELECT original.\(column) FROM push original WHERE original.id = push.duplicate_of) END
    """
  }

  /// - Parameter standing: how the columns are read that say how a push stands.
  private static func columnList(standing: (_ column: String) -> String) -> String {
    """
    id, platform, operation, item, key, sequence, \(standing("state")), idempotency, attempts, probes, exchange, \
    duplicate_of, follows, was_known, \(standing("problem_code")), \(standing("problem_class")), work, request_id, \
    created, changed, doubtful, about, due, lost, erased, withdraws, returns_to, \(standing("maybe_repeated")), \
    occasion, in_vain, passed_over, instead
    """
  }

  func load(_ id: PushID, _ reader: Reader) throws -> Push? {
    try reader.first("SELECT \(Self.columns) FROM push WHERE id = ?1", .int(id.rawValue)) { Push($0) }
  }

  /// - Throws: `PushError` `notFound`.
  public func require(_ id: PushID, _ reader: Reader) throws -> Push {
    guard let push = try load(id, reader) else { throw Self.notFound(id) }
    return push
  }
}

extension Push {
  /// One that a newer program wrote must not keep the others from being shown.
  init(_ row: borrowing Row) {
    let idempotency = Idempotency.Class(rawValue: row.text(7))
    var state = idempotency.flatMap { _ in PushState(rawValue: row.text(6)) } ?? .unrecognized
    let returnsTo = row.textOrNull(26).map { PushState(rawValue: $0) ?? .unrecognized }
    if returnsTo == .unrecognized { state = .unrecognized }
    self.init(
      id: PushID(row.int(0)), platform: row.text(1), operation: row.text(2), item: row.text(3),
      key: row.text(4), sequence: row.text(5), state: state, idempotency: idempotency ?? .neither,
      attempts: Int(row.int(8)), probes: Int(row.int(9)), exchange: row.intOrNull(10).map { ExchangeID($0) },
      duplicateOf: row.intOrNull(11).map { PushID($0) }, follows: row.intOrNull(12).map { PushID($0) },
      instead: row.intOrNull(31).map { PushID($0) },
      wasKnown: row.flag(13), problemCode: row.textOrNull(14),
      problemClass: row.textOrNull(15).flatMap { ErrorClass(rawValue: $0) },
      work: row.intOrNull(16).map { WorkID(rawValue: $0) }, requestID: row.text(17),
      created: Timestamp(milliseconds: row.int(18)), changed: Timestamp(milliseconds: row.int(19)),
      due: row.intOrNull(22).map { Timestamp(milliseconds: $0) }, isDoubtful: row.flag(20),
      lost: row.intOrNull(23), about: row.intOrNull(21).map { PushID($0) },
      erased: row.intOrNull(24).map { Timestamp(milliseconds: $0) }, withdraws: row.flag(25),
      mayHaveBeenRepeated: row.flag(27), occasion: row.textOrNull(28), returnsTo: returnsTo,
      inVain: Int(row.int(29)), passedOver: Int(row.int(30)))
  }
}
