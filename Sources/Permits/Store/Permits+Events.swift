public import Applications
import Calendars
public import CivilTime
import Crypto
public import Exchanges
import Registry
public import SQLDatabase

/// Something to be entered of a permit item.
public struct PermitEntry: Sendable {
  /// Who said it.
  public enum Source: String, CaseIterable, Sendable {
    /// The answer to a push or a probe of ours.
    case platform
    /// A platform that called us.
    case inbound
    /// A person who entered it: 补录.
    case person
  }

  /// `nil`: only that another entry is taken back.
  public var event: PermitEvent?
  public var happened: CivilDateTime
  public var source: Source
  /// What it is known by: an exchange, a call, a person's entry. With item, event, time and source it is heard once.
  public var reference: String
  /// The entry that this one stands in for.
  public var retracts: Int64?
  /// The moment that a platform said, where that cannot be and `happened` stands for it.
  public var said: CivilDateTime?
  /// What was said with it; sealed.
  public var note: String?
  /// The number of the platform's decision; sealed.
  public var decision: String?
  /// Who entered it and why; sealed.
  public var signOff: SignOff?
  /// Where a platform told it: what a certificate of it rests on.
  public var evidence: PermitEvidence?

  public init(
    _ event: PermitEvent?, happened: CivilDateTime, source: Source, reference: String, retracts: Int64? = nil,
    said: CivilDateTime? = nil, note: String? = nil, decision: String? = nil, signOff: SignOff? = nil,
    evidence: PermitEvidence? = nil
  ) {
    self.event = event
    self.happened = happened
    self.source = source
    self.reference = reference
    self.retracts = retracts
    self.said = said
    self.note = note
    self.decision = decision
    self.signOff = signOff
    self.evidence = evidence
  }

  var name: String { event?.rawValue ?? ClockEvent.retraction }
}

/// What an entry did.
public struct PermitEntryResult: Hashable, Sendable {
  /// The number of the entry; that of the first where it was heard before.
  public let id: Int64
  public let isNew: Bool
  public let state: PermitState
  /// It does not fit what is known and has changed nothing; it is kept.
  public let isMisfit: Bool
  /// The case's last item was decided by it.
  public let hasClosedCase: Bool
  /// What somebody has to look at since.
  public let doubts: Set<PermitDoubt>
}

extension Permits {
  /// Enters something, however late, and makes the item's state anew of all that is known, in the caller's transaction.
  ///
  /// - Throws: `PermitError`: `notFound`, `notNow` for an item of which nothing is handed in, or an entry that is taken
  ///   back already.
  @discardableResult
  public func enter(
    _ entry: PermitEntry, of id: PermitItemID, in transaction: Transaction, now: Timestamp
  ) throws -> PermitEntryResult {
    let item = try load(id, transaction)
    guard let before = item.state else {
      throw PermitError(
        .notNow, "nothing is handed in of \(item.item.rawValue) in case \(item.permitCase)",
        remedy: "enter it at the item it is about; 'permit show' lists them")
    }
    guard entry.event != nil || entry.retracts != nil else {
      throw PermitError(
        .unfit, "the entry says nothing", remedy: "say what happened, or which entry is taken back")
    }
    let permitCase = try load(item.permitCase, transaction)
    var entry = entry
    // What was said was destroyed with what the case was opened with, and nothing is kept again.
    if permitCase.erased != nil { (entry.note, entry.decision, entry.signOff) = (nil, nil, nil) }
    // Several entries may be taken back in one second.
    if let retracted = entry.retracts { entry.reference += ", for entry \(retracted)" }
    while let known = try self.entry(like: entry, of: id, transaction) {
      // What a person took back only a person enters again.
      guard entry.source == .person, try retraction(of: known, transaction) != nil else {
        return PermitEntryResult(
          id: known, isNew: false, state: before, isMisfit: false, hasClosedCase: false, doubts: [])
      }
      entry.reference += " after \(known)"
    }
    if let retracted = entry.retracts { try requireRetractable(retracted, of: id, transaction) }
    let corrected = try entry.decision == nil ? approval(correctedBy: entry, of: id, transaction) : nil
    if entry.source == .person, entry.decision != nil {
      entry.evidence = try evidence(of: entry, about: item, in: transaction, now: now)
    }
    let number = try transaction.first(
      """
      INSERT INTO permit_event (item, name, happened, learned, source, reference, retracts, note, said)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8) RETURNING id
      """, .int(id.rawValue), .text(entry.name), .text(entry.happened.description),
      .int(now.milliseconds), .text(entry.source.rawValue), .text(entry.reference),
      .intOrNull(entry.retracts), .textOrNull(entry.said?.description)
    ) { $0.int(0) }
    guard let number else { throw DatabaseError(.other, "The insert of a permit event returned no id.") }
    if permitCase.erased == nil, var words = PermitWords(entry, correcting: corrected) {
      if corrected == nil {
        words.adapter = try entry.evidence.flatMap { evidence in
          try registry?.define(
            .adapter, name: evidence.adapter, version: 1, content: evidence.bundle, in: transaction, at: now
          ).rawValue
        }
      }
      let sealed = keys.sealer.seal(words.encoded, context: Self.wordsContext(number))
      try transaction.execute(
        "UPDATE permit_event SET note = ?2 WHERE id = ?1", .int(number), .blob(sealed))
    }
    try forgetWord(outdatedBy: entry, number, of: item, in: transaction)
    let progress = PermitProgress(try events(of: id, transaction).known())
    let isMisfit = progress.misfits.contains { $0.id == String(number) }
    if !isMisfit, entry.event == .supplementReceived || entry.event == .withdrawn {
      try forgetRefusal(of: id, in: transaction)
    }
    let doubts = try doubts(of: item, in: permitCase, progress.state, transaction)
    try transaction.execute(
      "UPDATE permit_item SET state = ?2, changed = ?3, doubts = ?4 WHERE id = ?1", .int(id.rawValue),
      .text(progress.state.rawValue), .int(now.milliseconds), .textOrNull(PermitDoubt.text(doubts)))
    try keepCertificates(
      of: item, in: permitCase, progress.state, told: entry.evidence, in: transaction, now: now)
    let hasClosed = try close(item.permitCase, ifDecidedAt: now, in: transaction)
    try wake(item.permitCase, in: transaction, now: now)
    try tell(entry, of: item, progress.state, hasClosed: hasClosed, in: transaction, now: now)
    return PermitEntryResult(
      id: number, isNew: true, state: progress.state,
      isMisfit: isMisfit, hasClosedCase: hasClosed,
      doubts: doubts.subtracting(item.doubts))
  }

  /// The events of an attempt, in the order in which they were learned.
  func events(of id: PermitItemID, _ reader: Reader) throws -> [ClockEvent] {
    try reader.query(
      "SELECT id, name, happened, learned, retracts FROM permit_event WHERE item = ?1 ORDER BY id",
      .int(id.rawValue)
    ) { try ClockEvent($0) }
  }

  private func entry(
    like entry: PermitEntry, of id: PermitItemID, _ reader: Reader
  ) throws -> Int64? {
    try reader.first(
      """
      SELECT id FROM permit_event WHERE item = ?1 AND name = ?2 AND happened = ?3 AND source = ?4 AND reference = ?5
      """, .int(id.rawValue), .text(entry.name), .text(entry.happened.description),
      .text(entry.source.rawValue), .text(entry.reference)
    ) { $0.int(0) }
  }

  private func retraction(of number: Int64, _ reader: Reader) throws -> Int64? {
    try reader.first("SELECT id FROM permit_event WHERE retracts = ?1", .int(number)) { $0.int(0) }
  }

  private func requireRetractable(
    _ number: Int64, of id: PermitItemID, _ transaction: Transaction
  ) throws {
    let owner = try transaction.first("SELECT item FROM permit_event WHERE id = ?1", .int(number)) {
      $0.int(0)
    }
    guard owner == id.rawValue else { throw Self.notFound("entry \(number) of permit item \(id)") }
    if let other = try retraction(of: number, transaction) {
      throw PermitError(
        .notNow, "entry \(number) has been taken back already, by \(other)", remedy: "correct entry \(other)")
    }
  }
}

extension ClockEvent {
  init(_ row: borrowing Row) throws {
    guard let happened = row.withText(2, { CivilDateTime(iso: $0) }) else {
      throw PermitError.unreadable("permit event \(row.int(0))")
    }
    self.init(
      id: String(row.int(0)), name: row.withText(1) { EventTitle.name($0) } ?? row.text(1),
      happened: happened,
      learned: Timestamp(milliseconds: row.int(3)), retracts: row.intOrNull(4).map { String($0) })
  }
}
