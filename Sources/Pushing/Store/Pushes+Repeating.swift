import Adapters
import Exchanges
import SQLDatabase

/// What stands in the way of handing something in once more.
extension Pushes {
  /// A push may be repeated once it is certain that the platform does not have it, and only once: its repetition can be repeated in turn. What repeats it is about
  /// the same thing, however its content differs.
  ///
  /// - Returns: by what it is the same as the first, and on which occasion, which the repetition keeps.
  func requireRepeatable(
    _ id: PushID, by prepared: PreparedPush, in transaction: Transaction
  ) throws -> (business: [UInt8], occasion: String?) {
    let push = try require(id, transaction)
    let keys = try transaction.first(
      "SELECT business, coalesce(application, business) FROM push WHERE id = ?1", .int(id.rawValue)
    ) { (business: $0.blob(0), application: $0.blob(1)) }
    guard let keys, push.platform == prepared.platform, push.operation == prepared.operation,
      keys.business == prepared.business || keys.application == prepared.application
    else {
      throw PushError(
        .notNow, "push \(id) is something else: another platform, operation or application",
        remedy: "follow the push that this one repeats, or hand it in without --follows")
    }
    try requireEnded(push, in: transaction)
    try requireUnrepeated(push)
    guard push.duplicateOf == nil else {
      throw PushError(
        .notNow, "push \(id) is a duplicate of \(push.duplicateOf?.description ?? "")",
        remedy: "follow that one")
    }
    if let repeated = try repetition(of: id, in: transaction) {
      throw PushError(
        .notNow, "push \(id) has been handed in again already, as \(repeated)",
        remedy: "go on from push \(repeated)")
    }
    if keys.business != prepared.business {
      try requireNoOther(push, business: keys.business, prepared, in: transaction)
    }
    return (keys.business, push.occasion)
  }

  /// Nobody says for which occasion it is repeated: the same to the letter has not been handed in for a later one that the platform has, nor is under way for
  /// any.
  private func requireNoOther(
    _ push: Push, business: [UInt8], _ prepared: PreparedPush, in transaction: Transaction
  ) throws {
    let others = try transaction.query(
      """
      SELECT \(Self.columns) FROM push
      WHERE application = ?1 AND application IS NOT NULL AND content = ?2 AND platform = ?3 AND operation = ?4
        AND business <> ?5 AND coalesce(about, 0) = ?6 AND duplicate_of IS NULL
        AND state NOT IN ('refused', 'cancelled')
      ORDER BY id
      """, .blob(prepared.application), .blob(prepared.content), .text(push.platform), .text(push.operation),
      .blob(business), .int(push.about?.rawValue ?? 0)
    ) { Push($0) }
    for other in others {
      if other.state == .accepted {
        if other.id.rawValue < push.id.rawValue { continue }
        if try isWithdrawn(other, in: transaction) { continue }
      }
      throw PushError(
        .notNow,
        "push \(other.id) is the same to the letter, handed in on another occasion, and it is \(other.state.rawValue)",
        remedy: "hand it in again where it came from, which knows the occasion")
    }
  }

  /// Why what ended in an older copy is not repeated.
  static let maybeRepeated =
    "the database is a restored copy, and it may have been handed in again since: find out, and say so with 'push sign'"

  /// Nobody can say of what ended in an older copy that it was not repeated since, but a person who has found out.
  func requireUnrepeated(_ push: Push) throws {
    guard push.mayHaveBeenRepeated else { return }
    throw PushError(
      .notNow,
      "push \(push.id) stands in a restored copy, and it may have been handed in again after the copy was made",
      remedy: "find out at the platform, and say so with 'push sign \(push.id)'")
  }

  /// What a push is not sent beside, for the platform has that or may get it.
  enum Rival: Sendable {
    /// It repeats the push, or is in its place.
    case later(PushID)
    /// The push repeats it, or is in its place, and it turned out since not to have ended. Whoever handed the push in knew what had been accepted by then.
    case earlier(PushID)
  }

  func rival(of push: Push, in reader: Reader) throws -> Rival? {
    if let repetition = try liveRepetition(of: push.id, in: reader) { return .later(repetition) }
    var before = push.before
    var seen: Set<PushID> = []
    while let id = before.popLast() {
      // What stands behind one that has never ended is no repetition of it.
      guard seen.insert(id).inserted, try hadEnded(id, in: reader) else { continue }
      let earlier = try require(id, reader)
      switch earlier.state {
      case .refused, .cancelled: break
      case .accepted where try isOver(earlier, before: push, in: reader): break
      case .accepted, .queued, .sending, .unknown, .parked, .unrecognized: return .earlier(id)
      }
      before += earlier.before
    }
    return nil
  }

  /// Whether an accepted push was withdrawn, or was known to be accepted when another was handed in.
  private func isOver(_ push: Push, before other: Push, in reader: Reader) throws -> Bool {
    if try withdrawals(of: push, in: reader).contains(where: { $0.state == .accepted }) { return true }
    // By the order of the entries, which no clock changes.
    return try reader.first(
      """
      SELECT CASE WHEN push.known_entry IS NULL THEN push_event.moment < push.created
        ELSE push_event.id <= push.known_entry END
      FROM push_event JOIN push ON push.id = ?2
      WHERE push_event.push = ?1 AND push_event.state = 'accepted' ORDER BY push_event.id LIMIT 1
      """, .int(push.id.rawValue), .int(other.id.rawValue)
    ) { $0.flag(0) } ?? false
  }

  /// The platform does not have it, or not any more.
  func requireEnded(_ push: Push, in transaction: Transaction) throws {
    switch push.state {
    case .refused, .cancelled: return
    case .accepted where try isWithdrawn(push, in: transaction): return
    case .accepted, .queued, .sending, .unknown, .parked, .unrecognized:
      throw PushError(
        .notNow,
        "push \(push.id) is \(push.state.rawValue); only what was refused, cancelled or withdrawn can be handed in again",
        remedy: push.state == .unknown
          ? "find out what became of it and say so with 'push sign'" : "look at it with 'push show'")
    }
  }

  /// Whether the platform has accepted that an accepted push is withdrawn.
  ///
  /// - Throws: `PushError` while it is not known whether it will be.
  func isWithdrawn(_ push: Push, in reader: Reader) throws -> Bool {
    let withdrawals = try withdrawals(of: push, in: reader)
    if withdrawals.contains(where: { $0.state == .accepted }) { return true }
    guard let open = withdrawals.first(where: { !$0.state.isFinal }) else { return false }
    throw PushError(
      .notNow, "push \(push.id) is the same, and its withdrawal \(open.id) is \(open.state.rawValue)",
      remedy: "hand it in again when the withdrawal is decided")
  }

  private func withdrawals(of push: Push, in reader: Reader) throws -> [Push] {
    try reader.query(
      """
      SELECT \(Self.columns) FROM push
      WHERE about = ?1 AND about IS NOT NULL AND withdraws = 1 AND duplicate_of IS NULL ORDER BY id
      """, .int(push.id.rawValue)
    ) { Push($0) }
  }

  /// Where a row of repetitions ends; `id` itself when it was never repeated.
  func lastRepetition(of id: PushID, in reader: Reader) throws -> PushID {
    var last = id
    while let next = try repetition(of: last, in: reader) { last = next }
    return last
  }

  /// What repeats a push that had ended, or is in its place, at first or later hand, and is at its platform or may come there: beside it the push is not sent. What
  /// stands behind one that has never ended is no repetition of it, but something else about the same application.
  func liveRepetition(of id: PushID, in reader: Reader) throws -> PushID? {
    var after = try pushes(behind: id, in: reader)
    guard !after.isEmpty, try hadEnded(id, in: reader) else { return nil }
    while let next = after.popLast() {
      let state = try require(next, reader).state
      guard state == .refused || state == .cancelled else { return next }
      after += try pushes(behind: next, in: reader)
    }
    return nil
  }

  /// What repeats a push, and what is in its place: the latest last.
  private func pushes(behind id: PushID, in reader: Reader) throws -> [PushID] {
    try reader.query(
      "SELECT id FROM push WHERE follows = ?1 UNION SELECT id FROM push WHERE instead = ?1 ORDER BY id",
      .int(id.rawValue)
    ) { PushID($0.int(0)) }
  }

  func repetition(of id: PushID, in reader: Reader) throws -> PushID? {
    try reader.first("SELECT id FROM push WHERE follows = ?1", .int(id.rawValue)) { PushID($0.int(0)) }
  }

  /// The push by whose receipt `prepared` goes: the first of the same content as the one that was named.
  func owner(
    of about: PushID, for prepared: PreparedPush, in transaction: Transaction
  ) throws -> PushID {
    let named = try require(about, transaction)
    let owner = try named.duplicateOf.map { try require($0, transaction) } ?? named
    guard owner.platform == prepared.platform else {
      throw PushError(
        .unfit, "push \(owner.id) was handed in at '\(owner.platform)', not at '\(prepared.platform)'",
        remedy: "name the push that this one is about with --about")
    }
    guard owner.state != .refused, owner.state != .cancelled else {
      throw PushError(
        .notNow,
        "push \(owner.id) is \(owner.state.rawValue): the platform has nothing that this could be about",
        remedy: "name the push that this one is about with --about")
    }
    return owner.id
  }
}

extension Push {
  /// What it repeats, or is in the place of.
  fileprivate var before: [PushID] { [follows, instead].compactMap(\.self) }
}
