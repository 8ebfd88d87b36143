import Applications
import Calendars
import Changes
import CivilTime
import SQLDatabase

/// What was found about the alerts of a case.
struct SettledAlerts {
  var warnings: [PermitWarning] = []
  /// When something will change by itself.
  var next: Timestamp?
  /// What the platform's clocks show.
  var colours: [PermitItemID: Warning.Colour] = [:]
}

extension Permits {
  /// Fires and takes back the alerts of a case by what is known, in the caller's transaction, which keeps what was
  /// fired: nothing is fired twice, whoever dies when.
  ///
  /// - Returns: when it has to be done again if nothing is entered meanwhile.
  func warn(_ id: PermitCaseID, in transaction: Transaction, now: Timestamp) throws -> Timestamp? {
    let settled = try settleAlerts(try load(id, transaction), in: transaction, now: now)
    try tell(settled.warnings.map(Self.change), settled.warnings, in: transaction, now: now)
    return settled.next
  }

  /// Tells of an entry, and of the alerts that are fired or taken back by it.
  func tell(
    _ entry: PermitEntry, of item: PermitItemAttempt, _ state: PermitState, hasClosed: Bool,
    in transaction: Transaction, now: Timestamp
  ) throws {
    let permitCase = try load(item.permitCase, transaction)
    let settled = try settleAlerts(permitCase, in: transaction, now: now)
    var changes = [
      Self.change(
        permitCase.id, permitCase.number, entry.name, item: item.item, attempt: item.attempt, state: state,
        colour: settled.colours[item.id])
    ]
    changes += settled.warnings.map(Self.change)
    if hasClosed { changes.append(Self.change(permitCase.id, permitCase.number, "closed")) }
    try tell(changes, settled.warnings, in: transaction, now: now)
  }

  func tell(
    _ changes: [NewChange], _ warnings: [PermitWarning] = [], in transaction: Transaction, now: Timestamp
  ) throws {
    try self.changes?.append(changes, in: transaction, at: now)
    guard !warnings.isEmpty else { return }
    transaction.afterCommit { [warned] in for warning in warnings { warned(warning) } }
  }

  private func settleAlerts(
    _ permitCase: PermitCase, in transaction: Transaction, now: Timestamp
  ) throws -> SettledAlerts {
    let moment = now.civil(offsetSeconds: UTCOffset.china)
    var settled = SettledAlerts()
    var next: CivilDateTime?
    for view in try items(of: permitCase.id, at: moment, transaction) where view.state != nil {
      let (clocks, isOver) = (view.clocks, view.state?.isDecided == true)
      settled.colours[view.attempt.id] = view.colour
      let known = try knownAlerts(of: view.attempt.id, transaction)
      if isOver, !known.contains(where: \.stands) { continue }
      let steps = PermitAlerts.steps(clocks, known: known, isOver: isOver, at: moment)
      for (alert, step) in steps { try keep(alert, step, of: view.attempt.id, transaction, now) }
      settled.warnings += steps.compactMap { alert, step in
        guard let withdrawn = Self.told(step) else { return nil }
        return PermitWarning(
          permitCase: permitCase.id, number: permitCase.number, region: permitCase.region,
          item: view.attempt.item, attempt: view.attempt.attempt, alert: alert,
          skipped: withdrawn == nil ? Self.skipped(steps, alert.clock) : [], withdrawn: withdrawn)
      }
      if let mine = PermitAlerts.next(clocks, isOver: isOver, after: moment) {
        next = next.map { min($0, mine) } ?? mine
      }
    }
    settled.next = next?.timestamp(offsetSeconds: UTCOffset.china)
    return settled
  }

  /// Whether a step is told, and why it is taken back: `nil` where nothing is told, `.some(nil)` where it is fired.
  private static func told(_ step: AlertStep) -> AlertStep.Reason?? {
    switch step {
    case .fire: .some(nil)
    case .withdraw(let reason): .some(reason)
    case .skip, .stand, .fall: nil
    }
  }

  private static func skipped(
    _ steps: [(alert: PermitAlert, step: AlertStep)], _ clock: String
  ) -> [Warning.Colour] {
    let colours = steps.compactMap { alert, step -> Warning.Colour? in
      guard alert.clock == clock, case .skip = step else { return nil }
      return alert.colour
    }
    return Set(colours).sorted()
  }

  private func knownAlerts(of id: PermitItemID, _ reader: Reader) throws -> [KnownAlert] {
    try reader.query(
      """
      SELECT clock, colour, audience, due, stands, is_skipped, withdrawn FROM permit_warning
      WHERE item = ?1 ORDER BY id
      """, .int(id.rawValue)
    ) { row in
      guard let colour = Warning.Colour(rawValue: row.text(1)), let due = CivilDateTime(iso: row.text(3))
      else { throw PermitError.unreadable("a warning of permit item \(id)") }
      return KnownAlert(
        PermitAlert(clock: row.text(0), colour: colour, audience: row.text(2), due: due),
        stands: row.flag(4), isOwed: !row.flag(5) && row.isNull(6))
    }
  }

  private func keep(
    _ alert: PermitAlert, _ step: AlertStep, of id: PermitItemID, _ transaction: Transaction,
    _ now: Timestamp
  ) throws {
    let named: [SQLValue] = [
      .int(id.rawValue), .text(alert.clock), .text(alert.colour.rawValue), .text(alert.audience),
      .text(alert.due.description),
    ]
    let isNamed = "item = ?1 AND clock = ?2 AND colour = ?3 AND audience = ?4 AND due = ?5"
    func insert(isSkipped: Bool, stands: Bool) throws {
      try transaction.execute(
        """
        INSERT INTO permit_warning (item, clock, colour, audience, due, raised, is_skipped, stands)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, named + [.int(now.milliseconds), .flag(isSkipped), .flag(stands)])
    }
    switch step {
    case .fire: try insert(isSkipped: false, stands: true)
    case .skip(let stands): try insert(isSkipped: true, stands: stands)
    case .stand, .fall:
      try transaction.execute(
        "UPDATE permit_warning SET stands = ?6 WHERE \(isNamed)", named + [.flag(step == .stand)])
    case .withdraw(let reason):
      try transaction.execute(
        "UPDATE permit_warning SET stands = 0, withdrawn = ?6, reason = ?7 WHERE \(isNamed)",
        named + [.int(now.milliseconds), .text(reason.rawValue)])
    }
  }
}
