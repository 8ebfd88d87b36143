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
  /// What the platform's clocks show, each item's by itself.
  var colours: [PermitItemID: Warning.Colour] = [:]
}

/// What alerts are about, and where they are kept.
private enum AlertPlace {
  case item(PermitItemID)
  /// Of clocks of the case as a whole.
  case permitCase(PermitCaseID)

  var table: String {
    switch self {
    case .item: "permit_warning"
    case .permitCase: "permit_case_warning"
    }
  }

  var column: String {
    switch self {
    case .item: "item"
    case .permitCase: "permit_case"
    }
  }

  var id: Int64 {
    switch self {
    case .item(let id): id.rawValue
    case .permitCase(let id): id.rawValue
    }
  }
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

  func settleAlerts(
    _ permitCase: PermitCase, in transaction: Transaction, now: Timestamp
  ) throws -> SettledAlerts {
    let moment = now.civil(offsetSeconds: UTCOffset.china)
    var settled = SettledAlerts()
    var next: CivilDateTime?
    let whole = try view(permitCase, at: moment, transaction)
    for view in whole.items where view.state != nil {
      let (clocks, isOver) = (view.clocks, view.state?.isDecided == true)
      settled.colours[view.attempt.id] = view.colour
      let place = AlertPlace.item(view.attempt.id)
      let known = try knownAlerts(of: place, transaction)
      if isOver, !known.contains(where: \.stands) { continue }
      let steps = PermitAlerts.steps(clocks, known: known, isOver: isOver, at: moment)
      for (alert, step) in steps { try keep(alert, step, of: place, transaction, now) }
      settled.warnings += Self.warnings(steps, permitCase, view.attempt)
      if let mine = PermitAlerts.next(clocks, isOver: isOver, after: moment) {
        next = next.map { min($0, mine) } ?? mine
      }
    }
    let clocks = whole.clocks
    if !clocks.isEmpty {
      let place = AlertPlace.permitCase(permitCase.id)
      let steps = PermitAlerts.steps(
        clocks, known: try knownAlerts(of: place, transaction), isOver: false, at: moment)
      for (alert, step) in steps { try keep(alert, step, of: place, transaction, now) }
      settled.warnings += Self.warnings(steps, permitCase, nil)
      if let mine = PermitAlerts.next(clocks, isOver: false, after: moment) {
        next = next.map { min($0, mine) } ?? mine
      }
      // Nobody is told when a calendar comes: it is looked for each day, also when nothing else would wake a closed case.
      if clocks.contains(where: \.waitsForCalendar) {
        let tomorrow = moment.advanced(bySeconds: 86_400)
        next = next.map { min($0, tomorrow) } ?? tomorrow
      }
    }
    settled.next = next?.timestamp(offsetSeconds: UTCOffset.china)
    return settled
  }

  /// - Parameter attempt: nil for clocks of the case as a whole.
  private static func warnings(
    _ steps: [(alert: PermitAlert, step: AlertStep)], _ permitCase: PermitCase, _ attempt: PermitItemAttempt?
  ) -> [PermitWarning] {
    steps.compactMap { alert, step in
      guard let withdrawn = told(step) else { return nil }
      return PermitWarning(
        permitCase: permitCase.id, number: permitCase.number, region: permitCase.region,
        item: attempt?.item, attempt: attempt?.attempt, alert: alert,
        skipped: withdrawn == nil ? skipped(steps, alert.clock) : [], withdrawn: withdrawn)
    }
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

  private func knownAlerts(of place: AlertPlace, _ reader: Reader) throws -> [KnownAlert] {
    try reader.query(
      """
      SELECT clock, colour, audience, due, stands, is_skipped, withdrawn FROM \(place.table)
      WHERE \(place.column) = ?1 ORDER BY id
      """, .int(place.id)
    ) { row in
      guard let colour = Warning.Colour(rawValue: row.text(1)), let due = CivilDateTime(iso: row.text(3))
      else { throw PermitError.unreadable("a warning in \(place.table) of \(place.id)") }
      return KnownAlert(
        PermitAlert(clock: row.text(0), colour: colour, audience: row.text(2), due: due),
        stands: row.flag(4), isOwed: !row.flag(5) && row.isNull(6))
    }
  }

  private func keep(
    _ alert: PermitAlert, _ step: AlertStep, of place: AlertPlace, _ transaction: Transaction,
    _ now: Timestamp
  ) throws {
    let named: [SQLValue] = [
      .int(place.id), .text(alert.clock), .text(alert.colour.rawValue), .text(alert.audience),
      .text(alert.due.description),
    ]
    let isNamed = "\(place.column) = ?1 AND clock = ?2 AND colour = ?3 AND audience = ?4 AND due = ?5"
    func insert(isSkipped: Bool, stands: Bool) throws {
      try transaction.execute(
        """
        INSERT INTO \(place.table) (\(place.column), clock, colour, audience, due, raised, is_skipped, stands)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """, named + [.int(now.milliseconds), .flag(isSkipped), .flag(stands)])
    }
    switch step {
    case .fire: try insert(isSkipped: false, stands: true)
    case .skip(let stands): try insert(isSkipped: true, stands: stands)
    case .stand, .fall:
      try transaction.execute(
        "UPDATE \(place.table) SET stands = ?6 WHERE \(isNamed)", named + [.flag(step == .stand)])
    case .withdraw(let reason):
      try transaction.execute(
        "UPDATE \(place.table) SET stands = 0, withdrawn = ?6, reason = ?7 WHERE \(isNamed)",
        named + [.int(now.milliseconds), .text(reason.rawValue)])
    }
  }
}
