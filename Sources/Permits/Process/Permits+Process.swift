import Calendars
public import CivilTime
import Crypto
public import Exchanges
import Registry
public import SQLDatabase

/// Something to be entered of the utility's own process in a case.
public struct ProcessEntry: Sendable {
  /// `nil`: only that another entry is taken back.
  public var event: ProcessEvent?
  public var happened: CivilDateTime
  /// The entry that this one stands in for.
  public var retracts: Int64?
  /// What was said with it; sealed.
  public var note: String?
  /// Who entered it and why; sealed.
  public var signOff: SignOff?

  public init(
    _ event: ProcessEvent?, happened: CivilDateTime, retracts: Int64? = nil, note: String? = nil,
    signOff: SignOff? = nil
  ) {
    self.event = event
    self.happened = happened
    self.retracts = retracts
    self.note = note
    self.signOff = signOff
  }

  var name: String { event?.rawValue ?? ClockEvent.retraction }
}

extension Permits {
  /// Enters what the utility did for the customer behind a case, however late, in the caller's transaction. The same once
  /// more is one.
  ///
  /// - Returns: the number of the entry, and whether it is new.
  /// - Throws: `PermitError`: `notFound`, `unfit` where nothing is said, `notNow` for an entry that is taken back already.
  @discardableResult
  public func enter(
    _ entry: ProcessEntry, of id: PermitCaseID, in transaction: Transaction, now: Timestamp
  ) throws -> (id: Int64, isNew: Bool) {
    let permitCase = try load(id, transaction)
    guard entry.event != nil || entry.retracts != nil else {
      throw PermitError(
        .unfit, "the entry says nothing", remedy: "say what happened, or which entry is taken back")
    }
    let known = try transaction.first(
      """
      SELECT entry.id FROM permit_step AS entry
      WHERE entry.permit_case = ?1 AND entry.name = ?2 AND entry.happened = ?3
        AND coalesce(entry.retracts, 0) = ?4
        AND NOT EXISTS (SELECT 1 FROM permit_step AS other WHERE other.retracts = entry.id)
      """, .int(id.rawValue), .text(entry.name), .text(entry.happened.description), .int(entry.retracts ?? 0)
    ) { $0.int(0) }
    if let known { return (known, false) }
    if let retracted = entry.retracts { try requireRetractable(retracted, of: id, transaction) }
    let number = try transaction.first(
      """
      INSERT INTO permit_step (permit_case, name, happened, learned, retracts, note)
      VALUES (?1, ?2, ?3, ?4, ?5, NULL) RETURNING id
      """, .int(id.rawValue), .text(entry.name), .text(entry.happened.description), .int(now.milliseconds),
      .intOrNull(entry.retracts)
    ) { $0.int(0) }
    guard let number else { throw DatabaseError(.other, "The insert of a permit step returned no id.") }
    if let words = PermitWords(note: entry.note, signOff: entry.signOff) {
      let sealed = keys.sealer.seal(words.encoded, context: Self.stepContext(number))
      try transaction.execute(
        "UPDATE permit_step SET note = ?2 WHERE id = ?1", .int(number), .blob(sealed))
    }
    // Settles its warnings at once, and sleeps until the next one.
    try wake(id, in: transaction, now: now)
    let settled = try settleAlerts(permitCase, in: transaction, now: now)
    try tell(
      [Self.change(id, permitCase.number, entry.name)] + settled.warnings.map(Self.change), settled.warnings,
      in: transaction, now: now)
    return (number, true)
  }

  static func stepContext(_ entry: Int64) -> String { context("step|\(entry)", "note") }

  private func requireRetractable(
    _ number: Int64, of id: PermitCaseID, _ transaction: Transaction
  ) throws {
    let owner = try transaction.first("SELECT permit_case FROM permit_step WHERE id = ?1", .int(number)) {
      $0.int(0)
    }
    guard owner == id.rawValue else { throw Self.notFound("entry \(number) of the process of case \(id)") }
    let other = try transaction.first("SELECT id FROM permit_step WHERE retracts = ?1", .int(number)) {
      $0.int(0)
    }
    if let other {
      throw PermitError(
        .notNow, "entry \(number) has been taken back already, by \(other)", remedy: "correct entry \(other)")
    }
  }

  /// What was entered of the process, in the order in which it was learned.
  func steps(of id: PermitCaseID, _ reader: Reader) throws -> [ClockEvent] {
    try reader.query(
      "SELECT id, name, happened, learned, retracts FROM permit_step WHERE permit_case = ?1 ORDER BY id",
      .int(id.rawValue)
    ) { try ClockEvent($0) }
  }

  /// The clocks of the process by what is known, or was known at a time.
  func process(
    of permitCase: PermitCase, at now: CivilDateTime, knownAt time: Timestamp? = nil, _ reader: Reader
  ) throws -> (clocks: [ProcessClock], events: [ClockEvent]) {
    guard !permitCase.process.isEmpty else { return ([], []) }
    let known = try steps(of: permitCase.id, reader).known(at: time)
    return (permitCase.process.map { ProcessClock($0, known: known, calendar, at: now) }, known)
  }

  /// Everything entered of the process, in the order in which it was learned, also what was taken back since.
  func stepHistory(
    of id: PermitCaseID, knownAt time: Timestamp?, _ reader: Reader
  ) throws -> [PermitHistoryEntry] {
    let sealer = keys.sealer
    return try reader.query(
      """
      SELECT id, name, happened, learned, retracts, note FROM permit_step
      WHERE permit_case = ?1 AND learned <= ?2 ORDER BY id
      """, .int(id.rawValue), .int(time?.milliseconds ?? .max)
    ) { row in
      let number = row.int(0)
      let words = try row.blobOrNull(5).map { sealed in
        try PermitWords(decoding: try sealer.open(sealed, context: Self.stepContext(number)))
      }
      return PermitHistoryEntry(
        id: number, event: try ClockEvent(row), source: .person, reference: "entry", said: nil,
        words: words)
    }
  }
}
