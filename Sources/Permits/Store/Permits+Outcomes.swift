import Applications
import Calendars
import CivilTime
import Policies
import Pushing
import SQLDatabase

/// What became of the push that hands an attempt in.
enum PermitOutcome: Sendable {
  case entered(PermitEntry, PermitEntryResult)
  /// The window has it after all, and somebody has to look.
  case takenAfterAll
}

extension Permits {
  /// Enters what became of the push that hands an attempt in. What had counted as not taken, and was accepted after all, is at the window again where all
  /// later attempts have come to nothing. Where another is under way or allowed, or a person had said that it was not to be, somebody has to look.
  ///
  /// - Parameter latest: the window had it by then.
  /// - Returns: nil where nothing is to be entered.
  func enterOutcome(
    of id: PermitItemID, by pushes: Pushes, notAfter latest: CivilDateTime? = nil,
    in transaction: Transaction, now: Timestamp
  ) throws -> PermitOutcome? {
    let attempt = try load(id, transaction)
    guard let number = attempt.push, let way = attempt.way, let state = attempt.state,
      let push = try pushes.push(PushID(number), in: transaction)
    else { return nil }
    var replaced: Int64?
    if state != .planned {
      guard state.hasFailed, push.state == .accepted, try !events(of: id, transaction).tellTaken else {
        return nil
      }
      replaced = try declined(push.id, of: id, transaction)
      let isDeclinedByPerson = try replaced == nil && pushes.hadEnded(push.id, in: transaction)
      guard try !isDeclinedByPerson && isLast(attempt, transaction) else { return .takenAfterAll }
    }
    let event: PermitEvent
    switch push.state {
    case .accepted: event = way.isDecided ? .submitted : .filed
    case .refused: event = .notAccepted
    case .cancelled: event = .withdrawn
    // Nothing is known of it, or it waits for a person: 'push list' shows it.
    case .queued, .sending, .unknown, .parked, .unrecognized: return nil
    }
    let reached = try pushes.reached(push, in: transaction).civil(offsetSeconds: UTCOffset.china)
    let entry = PermitEntry(
      event, happened: latest.map { min($0, reached) } ?? reached, source: .platform,
      reference: "push \(push.id)", retracts: replaced)
    return .entered(entry, try enter(entry, of: id, in: transaction, now: now))
  }

  /// Whether nothing comes of any attempt behind one.
  private func isLast(_ attempt: PermitItemAttempt, _ reader: Reader) throws -> Bool {
    try reader.query(
      "SELECT state FROM permit_item WHERE permit_case = ?1 AND item = ?2 AND attempt > ?3",
      .int(attempt.permitCase.rawValue), .text(attempt.item.rawValue), .int(Int64(attempt.attempt))
    ) { $0.textOrNull(0).flatMap(PermitState.init) }.allSatisfy { $0?.hasFailed == true }
  }

  /// The entry by which an attempt counts as not taken since its push was refused or taken back; nil where there is none that holds.
  private func declined(_ push: PushID, of id: PermitItemID, _ reader: Reader) throws -> Int64? {
    try reader.first(
      """
      SELECT id FROM permit_event WHERE item = ?1 AND source = ?2 AND reference = ?3 AND name IN (?4, ?5)
        AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id)
      """, .int(id.rawValue), .text(PermitEntry.Source.platform.rawValue), .text("push \(push)"),
      .text(PermitEvent.notAccepted.rawValue), .text(PermitEvent.withdrawn.rawValue)
    ) { $0.int(0) }
  }
}

extension [ClockEvent] {
  /// Whether they say that the window took an attempt. What does not fit says nothing.
  var tellTaken: Bool {
    let known = known()
    let misfits = Set(PermitProgress(known).misfits.map(\.id))
    return known.contains { event in
      (event.name == PermitEvent.submitted.rawValue || event.name == PermitEvent.filed.rawValue)
        && !misfits.contains(event.id)
    }
  }
}
