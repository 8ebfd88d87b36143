import Applications
import Calendars
import CivilTime
import SQLDatabase

/// What a platform says of an attempt, asked or by itself.
struct PermitWord {
  let event: PermitEvent
  /// When that happened, by the platform.
  let said: CivilDateTime?
  let received: CivilDateTime
  /// When the attempt was given on its way.
  let handedIn: CivilDateTime?
  let decision: String?
  let note: String?
  let source: PermitEntry.Source
  let reference: String
  let evidence: PermitEvidence?

  var told: PermitTold { PermitTold(event: event, moment: said) }
}

extension Permits {
  /// Remembers what a platform has said, so that it is no news when it says it once more.
  func remember(_ word: PermitWord, of id: PermitItemID, in transaction: Transaction) throws {
    let attempt = try load(id, transaction)
    guard word.told != attempt.told, word.told.isLater(than: attempt.told) else { return }
    try transaction.execute(
      "UPDATE permit_item SET told_event = ?2, told_moment = ?3 WHERE id = ?1", .int(id.rawValue),
      .text(word.event.rawValue), .textOrNull(word.said?.description))
  }

  /// The platform has taken something: the same words may tell of another event from now on, unless they say when it was.
  func forgetVagueWord(of id: PermitItemID, in transaction: Transaction) throws {
    guard try load(id, transaction).told?.isVague == true else { return }
    try transaction.execute(
      "UPDATE permit_item SET told_event = NULL, told_moment = NULL WHERE id = ?1", .int(id.rawValue))
  }

  /// The entries that a word of a platform makes: what must have happened for it to be so, in order.
  ///
  /// - Parameters:
  ///   - isLate: whether it may be about a time before what is known, so that only what happened until then counts.
  ///   - first: what is entered before them.
  func entries(
    of word: PermitWord, about attempt: PermitItemAttempt, isLate: Bool, behind first: [PermitEntry] = [],
    _ reader: Reader
  ) throws -> [PermitEntry] {
    let moment = PermitMoment(said: word.said, received: word.received, handedIn: word.handedIn)
    let all = try events(of: attempt.id, reader).known()
    // Its own word takes the place of what was only concluded.
    let implied = word.event == .accepted ? try impliedAcceptance(of: attempt.id, reader) : nil
    let others = all.filter { $0.id != implied.map(String.init) }
    let isRepeated = attempt.told?.isRepeated(by: word.told, isAnswer: !isLate) == true
    let reading = PermitWordReading(word.event, at: moment, received: word.received, isLate: isLate, others)
    if isRepeated || reading.steps.isEmpty {
      let numbered = try numbered(
        word.event, word.decision, of: attempt, reference: word.reference, source: word.source,
        evidence: word.evidence, reader)
      return numbered.map { [$0] } ?? []
    }
    let receipt = Self.receipt(all, first)
    var entries = reading.steps.map { step in
      let isImplied = step == .accepted && word.event != .accepted
      var entry = PermitEntry(
        step, happened: reading.happened, source: word.source,
        reference: isImplied ? word.reference + Self.impliedMark : word.reference, said: moment.said,
        note: word.note, decision: step == word.event ? word.decision : nil, evidence: word.evidence)
      if isImplied, PermitProgress(reading.known).isDeemedAccepted(by: word.event) {
        let since = receipt.flatMap { deemedSince($0, reading.known, hours: attempt.clock?.hours) }
        entry.happened = min(since ?? reading.happened, reading.happened)
      }
      if step == .accepted, let implied { entry.retracts = implied }
      return entry
    }
    // What is decided is decided: the clock that has run until then warns nobody any more.
    if let first = entries.first, entries.count > 1, first.happened < reading.happened {
      entries.append(entries.removeFirst())
    }
    return entries
  }

  /// When the window had it, as far as is known.
  private static func receipt(_ known: [ClockEvent], _ first: [PermitEntry]) -> CivilDateTime? {
    for name in [PermitEvent.received, .submitted] {
      if let event = known.first(where: { $0.name == name.rawValue }) { return event.happened }
      if let entry = first.first(where: { $0.event == name }) { return entry.happened }
    }
    return nil
  }

  /// Since when an application counts as accepted of which nobody has said so. Who is not told within five working days what is
  /// missing has it accepted from the day of its receipt; who is told in time, from the day on which that has come (行政许可法
  /// 第三十二条). `nil` while it is missing. In a year without a calendar nobody can hold against the window that it was late.
  private func deemedSince(
    _ receipt: CivilDateTime, _ known: [ClockEvent], hours: OfficeHours?
  ) -> CivilDateTime? {
    var since: CivilDateTime? = receipt
    for event in known {
      switch PermitEvent(rawValue: event.name) {
      case .supplementRequested?:
        if let begin = since, isInTime(event.happened, after: begin, hours) { since = nil }
      case .supplementReceived?: if since == nil { since = event.happened }
      default: break
      }
    }
    return since
  }

  /// Whether what is missing was told within the time for that.
  private func isInTime(
    _ moment: CivilDateTime, after receipt: CivilDateTime, _ hours: OfficeHours?
  ) -> Bool {
    do throws(CalendarError) {
      let start = try hours?.effective(receipt, in: calendar) ?? receipt
      return moment.date <= (try calendar.deadline(start: start.date, days: 5, count: .working).date)
    } catch {
      return true
    }
  }

  /// The acceptance that a decision implies which a person enters, as ``entries(of:about:isLate:behind:_:)`` has it of a
  /// platform's; nil where one was told, something is missing still, or nobody knows when the window had it.
  func deemedAcceptance(
    by entry: PermitEntry, of id: PermitItemID, _ reader: Reader
  ) throws -> PermitEntry? {
    let known = try events(of: id, reader).known().filter { $0.happened <= entry.happened }
    let hours = try load(id, reader).clock?.hours
    guard let event = entry.event, PermitProgress(known).isDeemedAccepted(by: event),
      let receipt = Self.receipt(known, []), let since = deemedSince(receipt, known, hours: hours),
      since < entry.happened
    else { return nil }
    return PermitEntry(
      .accepted, happened: since, source: entry.source, reference: entry.reference + Self.impliedMark,
      signOff: entry.signOff)
  }

  /// The acceptance that was only concluded from a decision, and falls with it when that is taken back.
  func impliedAcceptance(
    besides number: Int64, of id: PermitItemID, _ reader: Reader
  ) throws -> Int64? {
    var next: Int64? = number
    // A decision may stand in for another, of which it was concluded.
    while let current = next {
      let row = try reader.first(
        "SELECT name, reference, retracts FROM permit_event WHERE id = ?1 AND item = ?2", .int(current),
        .int(id.rawValue)
      ) { (name: $0.text(0), reference: $0.text(1), retracts: $0.intOrNull(2)) }
      guard let row, PermitEvent(rawValue: row.name)?.impliesAcceptance == true else { return nil }
      let implied = try reader.first(
        """
        SELECT id FROM permit_event WHERE item = ?1 AND name = ?2 AND reference = ?3
          AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id)
        """, .int(id.rawValue), .text(PermitEvent.accepted.rawValue), .text(row.reference + Self.impliedMark)
      ) { $0.int(0) }
      if let implied { return implied }
      next = row.retracts
    }
    return nil
  }

  private static let impliedMark = ", implied"

  /// The acceptance that nobody has told, and that still stands.
  private func impliedAcceptance(of id: PermitItemID, _ reader: Reader) throws -> Int64? {
    let rows = try reader.query(
      """
      SELECT id, reference FROM permit_event WHERE item = ?1 AND name = ?2
        AND NOT EXISTS (SELECT 1 FROM permit_event AS other WHERE other.retracts = permit_event.id) ORDER BY id
      """, .int(id.rawValue), .text(PermitEvent.accepted.rawValue)
    ) { (id: $0.int(0), reference: $0.text(1)) }
    return rows.last { $0.reference.hasSuffix(Self.impliedMark) }?.id
  }
}

extension PermitEvent {
  /// Whoever decides an item has accepted it.
  var impliesAcceptance: Bool {
    switch self {
    case .approved, .approvedDeferred, .rejected: true
    default: false
    }
  }
}
