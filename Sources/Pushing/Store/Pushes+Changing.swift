import Adapters
import Changes
import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Registry
import SQLDatabase
import Work

/// One step in the life of a push, with what it brings.
struct PushChange {
  var event: PushEvent
  var exchange: ExchangeID?
  var acknowledgement: Acknowledgement?
  var problem: ExchangeProblem?
  var signOff: SignOff?
  /// Of what was lost: milliseconds the machine has been up.
  var uptime: Int64?
  /// The request came to nothing, and used up no try, or was lost and is not there.
  var isInVain = false
  /// The exchange stands in the history only: the push's own stays the one it has.
  var keepsExchange = false

  init(_ event: PushEvent, exchange: ExchangeID? = nil) {
    self.event = event
    self.exchange = exchange
  }
}

extension Pushes {
  /// Takes the step if the push allows it, and writes it into the history.
  ///
  /// - Returns: the push after it.
  /// - Throws: `PushError` with the code `notNow` where it does not; nothing is changed then.
  @discardableResult
  func apply(
    _ change: PushChange, to push: Push, in transaction: Transaction, at now: Timestamp
  ) throws -> Push {
    var machine = push.machine
    try machine.apply(change.event)
    if let former = machine.returnsTo, former == push.state { try keepFormer(push.id, in: transaction) }
    let begins = change.event == .begun
    let acknowledgement = change.acknowledgement
    let isPassedOver = try change.isInVain && wereOthersTaken(besides: push, in: transaction)
    try transaction.execute(
      """
      UPDATE push SET state = ?2, attempts = attempts + ?3, exchange = coalesce(?4, exchange), changed = ?5,
        was_known = CASE WHEN ?6 = 1 THEN 1 ELSE was_known END,
        problem_code = CASE WHEN ?15 = 1 THEN problem_code ELSE ?7 END,
        problem_class = CASE WHEN ?15 = 1 THEN problem_class ELSE ?8 END,
        receipt = coalesce(?9, receipt), doubtful = ?10, lost = ?11, returns_to = ?12,
        probes = CASE WHEN ?13 = 1 THEN 0 ELSE probes END, maybe_repeated = ?14,
        in_vain = CASE WHEN ?13 = 1 THEN 0 ELSE in_vain + ?16 END,
        passed_over = CASE WHEN ?13 = 1 THEN 0 ELSE passed_over + ?17 END,
        vain_entry = CASE WHEN ?13 = 1 OR ?16 = 1 THEN (SELECT max(id) FROM push_event) ELSE vain_entry END
      WHERE id = ?1
      """, .int(push.id.rawValue), .text(machine.state.rawValue), .int(begins ? 1 : 0),
      .intOrNull(change.keepsExchange ? nil : change.exchange?.rawValue), .int(now.milliseconds),
      .flag(acknowledgement?.isDuplicate ?? false), .textOrNull(change.problem?.code),
      .textOrNull(change.problem?.errorClass.rawValue),
      .blobOrNull(acknowledgement.map { seal($0, push.key) }), .flag(machine.isDoubtful),
      .intOrNull(change.event == .lost || change.event == .lateLost ? change.uptime : push.lost),
      .textOrNull(machine.returnsTo?.rawValue), .flag(change.event.beginsAnew),
      .flag(machine.mayHaveBeenRepeated),
      // What it was refused for, or set aside, is why it still is.
      .flag(change.event == .signedAbsent && machine.state == push.state), .flag(change.isInVain),
      .flag(isPassedOver))
    if push.returnsTo == machine.state { try bringBackFormer(push.id, in: transaction) }
    try transaction.execute(
      """
      INSERT INTO push_event (push, moment, event, state, exchange, signature, problem_code, problem_class)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """,
      .int(push.id.rawValue), .int(now.milliseconds), .text(change.event.rawValue),
      .text(machine.state.rawValue), .intOrNull(change.exchange?.rawValue),
      .blobOrNull(
        change.signOff.map { keys.sealer.seal($0.encoded, context: Self.signOffContext(push.key)) }),
      .textOrNull(change.problem?.code), .textOrNull(change.problem?.errorClass.rawValue)
    )
    if let receipt = acknowledgement?.receipt { try index(receipt, of: push, in: transaction) }
    let changed = try require(push.id, transaction)
    if changed.state != push.state, changed.state.isFinal {
      try supersede(allBut: changed.exchange, of: changed, in: transaction, at: now)
    }
    if changed.state != push.state, let kind = changed.state.change {
      try queue.changes?.append(.push(kind, changed, change.event), in: transaction, at: now)
      try tell(of: changed, in: transaction, at: now)
    } else if change.event == .released, changed.state == .queued {
      try tell(of: changed, in: transaction, at: now)
    }
    return changed
  }

  /// A push is decided: what became of its earlier requests nobody will ask any more, so they are unknown no longer.
  private func supersede(
    allBut exchange: ExchangeID?, of push: Push, in transaction: Transaction, at now: Timestamp
  ) throws {
    // Questions about its requests, too, whose answers a process that ended never read.
    let open = try transaction.query(
      """
      SELECT e.id FROM push_event p JOIN exchange e ON e.id = p.exchange
      WHERE p.push = ?1 AND p.exchange IS NOT NULL AND e.outcome = 'unknown' AND e.id <> ?2
      UNION
      SELECT e.id FROM push_event p JOIN exchange e ON e.parent = p.exchange
      WHERE p.push = ?1 AND p.exchange IS NOT NULL AND e.outcome = 'unknown' AND e.id <> ?2
      ORDER BY 1
      """, .int(push.id.rawValue), .int(exchange?.rawValue ?? 0)
    ) { ExchangeID($0.int(0)) }
    for id in open { try journal.conclude(id, .failed, Self.superseded, in: transaction, now: now) }
  }

  /// Of a request or a question that had no answer, and of which it matters no more what became of it: another request of the push decided it, or a person did.
  static let superseded = ExchangeProblem(
    code: "superseded", errorClass: .transient,
    message: "no answer came to this request, and the push was decided by another one or by a person",
    remedy: "nothing: 'push show' tells how it was decided")

  /// The codes with which a request is concluded to which nobody answered.
  static let thoughtAbsent: Set = [superseded.code, probeAbsent, PushEvent.signedAbsent.rawValue]
  static let probeAbsent = "probe-absent"

  /// Notes what a push rests on that is not to be sent, before it is in doubt.
  private func keepFormer(_ id: PushID, in transaction: Transaction) throws {
    try transaction.execute(
      """
      UPDATE push SET former_exchange = exchange, former_problem_code = problem_code,
        former_problem_class = problem_class WHERE id = ?1
      """, .int(id.rawValue))
  }

  /// It is what it was: what it was refused for, or set aside, is why it is so.
  private func bringBackFormer(_ id: PushID, in transaction: Transaction) throws {
    try transaction.execute(
      """
      UPDATE push SET exchange = coalesce(former_exchange, exchange), problem_code = former_problem_code,
        problem_class = former_problem_class WHERE id = ?1
      """, .int(id.rawValue))
  }

  /// Notes since when, by the clock of this machine that nobody sets, it is certain that nothing of a push is on its way any more.
  func note(lost uptime: Int64, _ id: PushID, in transaction: Transaction) throws {
    try transaction.execute("UPDATE push SET lost = ?2 WHERE id = ?1", .int(id.rawValue), .int(uptime))
  }

  /// Counts a question about a push.
  func countProbe(_ id: PushID, in transaction: Transaction) throws {
    try transaction.execute("UPDATE push SET probes = probes + 1 WHERE id = ?1", .int(id.rawValue))
  }

  private func seal(_ acknowledgement: Acknowledgement, _ key: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object {
      $0.member("receipt", acknowledgement.receipt)
      $0.member("state", acknowledgement.state)
    }
    return keys.sealer.seal(writer.takeBytes(), context: Self.receiptContext(key))
  }
}

extension PushEvent {
  /// A person has it tried with all its tries, of sending and of asking.
  var beginsAnew: Bool { self == .released || self == .signedAbsent }
}

extension PushState {
  /// What the feed is told when a push comes here; nil: nothing.
  var change: ChangeKind? {
    switch self {
    case .accepted, .refused, .cancelled: .pushSettled
    case .unknown: .pushUnknown
    case .parked: .pushParked
    case .queued, .sending, .unrecognized: nil
    }
  }
}

extension NewChange {
  static func push(_ kind: ChangeKind, _ push: Push, _ event: PushEvent) -> NewChange {
    NewChange(
      kind, "push-\(push.id)",
      [
        "platform": .word(push.platform), "operation": .word(push.operation), "item": .word(push.item),
        "state": .word(push.state.rawValue), "event": .word(event.rawValue),
        "problem": push.problemCode.map { .word($0) },
        "exchange": push.exchange.map { .number($0.rawValue) },
      ])
  }
}
