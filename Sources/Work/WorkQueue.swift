public import Changes
public import CivilTime
public import Crypto
public import SQLDatabase
import Synchronization

/// What is to be done, in a table: each item is claimed by a lease with a fencing number, and ended in the transaction of what it brought about.
///
/// - Enqueueing is part of the caller's transaction, so neither is the change kept without the work nor the work without the change.
/// - An item is unique by kind, lane, business key and content, also among what is done, for as long as ``prune(doneBefore:limit:)`` keeps it.
/// - Of a sequence only the first item can be claimed. While it fails or is parked the others of its sequence wait, and nobody else.
/// - A lease ends by the clock. Whoever claims the item then gets a larger fencing number, and the holder before can store nothing any more.
///
/// **Clocks.** Times are the machine's. Set forward, leases end early: others take the work over, and the fencing numbers keep the two apart. Set back,
/// a lease that would last longer than when it was given is cut to its length from now on, so what a vanished holder left is taken over one lease after the
/// clock was set. Moments at which an item is due are kept as they are.
public final class WorkQueue: Sendable {
  public let database: Database
  /// Where it is told what has to be known outside; nil: nowhere.
  public let changes: ChangeFeed?
  let sealer: Sealer
  let owner: String
  private let isGone: @Sendable (String) -> Bool
  private let listeners = Mutex<(next: Int, byNumber: [Int: @Sendable () -> Void])>((0, [:]))

  /// The database must have been migrated with ``WorkSchema``.
  ///
  /// - Parameters:
  ///   - sealer: seals payloads.
  ///   - owner: names this process in the table.
  ///   - changes: is told what was parked.
  ///   - isGone: whether the process of a name has certainly ended; what it held need not be waited for. Called by the thread that writes.
  public init(
    database: Database, sealer: Sealer, owner: String, changes: ChangeFeed? = nil,
    isGone: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.database = database
    self.sealer = sealer
    self.owner = owner
    self.changes = changes
    self.isGone = isGone
  }

  /// The queue of a process, as others on this machine see it.
  public convenience init(
    database: Database, sealer: Sealer, owner: WorkOwner, changes: ChangeFeed? = nil
  ) {
    self.init(
      database: database, sealer: sealer, owner: owner.description, changes: changes,
      isGone: { owner.isGone($0) })
  }

  /// Whether anybody may take the item over.
  func hasEnded(_ row: LeasedRow, at now: Timestamp) -> Bool {
    row.term.standing(at: now) == .ended || row.owner != owner && isGone(row.owner)
  }

  /// Adds an item to the caller's transaction, unless it was added before.
  ///
  /// - Throws: `DatabaseError`.
  public func enqueue(_ work: NewWork, in transaction: Transaction, now: Timestamp) throws -> Enqueued {
    precondition(!work.lane.isEmpty, "work without a lane")
    let id = try transaction.first(
      """
      INSERT INTO work_item (kind, lane, sequence, business_key, content_digest, payload, priority, state, due,
        enqueued, said, attempts, fence, orphaned)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, 0, 0, 0)
      ON CONFLICT (kind, lane, business_key, content_digest) WHERE state <> 'cancelled' DO NOTHING
      RETURNING id
      """, .text(work.kind.rawValue), .text(work.lane), .textOrNull(work.sequence), .blob(work.businessKey),
      .blob(work.contentDigest), .blob(sealer.seal(work.payload, context: WorkIdentity(work).context)),
      .int(work.priority),
      .text(
        try work.sequence.map { try hasHead(of: $0, in: transaction) } ?? false
          ? WorkState.waiting.rawValue : WorkState.ready.rawValue),
      .int(work.notBefore.milliseconds), .int(now.milliseconds)
    ) { WorkID(rawValue: $0.int(0)) }
    if let id {
      changed(in: transaction)
      return .added(id)
    }
    let found = try transaction.first(
      """
      SELECT id, state FROM work_item
      WHERE kind = ?1 AND lane = ?2 AND business_key = ?3 AND content_digest = ?4 AND state <> 'cancelled'
      """, .text(work.kind.rawValue), .text(work.lane), .blob(work.businessKey), .blob(work.contentDigest)
    ) { Enqueued.duplicate(WorkID(rawValue: $0.int(0)), try WorkState(column: $0.text(1))) }
    guard let found else {
      throw WorkError(.notFound, "the item that stood in the way is not there", remedy: "try again")
    }
    return found
  }

  /// Whether something of a sequence is to be done, is being done or stands still: what is enqueued comes behind it.
  public func hasHead(of sequence: String, in reader: Reader) throws -> Bool {
    try reader.first(
      """
      SELECT 1 FROM work_item
      WHERE sequence = ?1 AND sequence IS NOT NULL AND state IN ('ready', 'leased', 'parked')
      """, .text(sequence)
    ) { _ in true } ?? false
  }

  /// The next of a sequence comes forward once its head has ended.
  func promote(_ sequence: String?, _ transaction: Transaction) throws {
    guard let sequence else { return }
    let promoted = try transaction.execute(
      """
      UPDATE work_item SET state = 'ready' WHERE id = (
        SELECT id FROM work_item WHERE sequence = ?1 AND state = 'waiting' ORDER BY id LIMIT 1)
      """, .text(sequence))
    if promoted > 0 { changed(in: transaction) }
  }

  /// Tells loops of this process that there may be something to claim, once they can see it: told sooner they would look, find nothing and sleep.
  func changed(in transaction: Transaction) {
    transaction.afterCommit { [self] in
      for listener in listeners.withLock({ Array($0.byNumber.values) }) { listener() }
    }
  }

  /// - Parameter listener: called by the thread that writes; must not block.
  func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
    listeners.withLock { listeners in
      listeners.next += 1
      listeners.byNumber[listeners.next] = listener
      return listeners.next
    }
  }

  func stopListening(_ number: Int) {
    listeners.withLock { _ = $0.byNumber.removeValue(forKey: number) }
  }
}

/// What makes an item the same as another; its payload is sealed for this place.
struct WorkIdentity {
  let kind: WorkKind
  let lane: String
  let businessKey: [UInt8]
  let contentDigest: [UInt8]

  var context: [UInt8] {
    var bytes = Array(
      "work_item.payload|\(kind.rawValue)|\(lane.utf8.count)|\(lane)|\(businessKey.count)|".utf8)
    bytes += businessKey
    bytes += contentDigest
    return bytes
  }
}

extension WorkIdentity {
  init(_ work: NewWork) {
    self.init(
      kind: work.kind, lane: work.lane, businessKey: work.businessKey, contentDigest: work.contentDigest)
  }
}

extension WorkState {
  init(column text: String) throws(WorkError) {
    guard let state = WorkState(rawValue: text) else {
      throw WorkError(.unreadable, "the state '\(text)' is unknown", remedy: "a newer program wrote it")
    }
    self = state
  }
}

extension WorkKind {
  init(column text: String) throws(WorkError) {
    guard let kind = WorkKind(rawValue: text) else {
      throw WorkError(.unreadable, "the kind '\(text)' is unknown", remedy: "a newer program wrote it")
    }
    self = kind
  }
}
