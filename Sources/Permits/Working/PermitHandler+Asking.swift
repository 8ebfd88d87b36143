import SQLDatabase
import Adapters
import Calendars
import CivilTime
import Exchanges
import Pushing

extension PermitHandler {
  /// Asks the window how far an item is, when its time has come, and enters what must have happened.
  ///
  /// - Parameter least: seconds between two questions at least.
  func ask(
    _ item: PermitItemView, in view: PermitCaseView, by window: PermitRoutes?, atLeast least: Double = 0
  ) async throws -> Look {
    let time = now()
    // What becomes of the push wakes the case.
    guard item.attempt.state != .planned, let number = item.attempt.push else {
      return Look(after: polling.longest)
    }
    guard let window else {
      guard let push = try await pushes.push(PushID(number)) else { return Look(after: polling.longest) }
      // When it is there again it is asked at once.
      if item.attempt.asked != Self.atOnce { try await permits.noteAsked(item.attempt.id, at: Self.atOnce) }
      throw PermitError.noWindow(has: push)
    }
    guard let probe = window.progress else { return Look(after: polling.longest, isPutOff: true) }
    let changed = lastChange(item)
    let usual = polling.wait(
      sinceChange: Double(time.milliseconds(since: changed)) / 1000, fraction: fraction(), at: moment(),
      in: permits.calendar)
    let wait = max(usual, least)
    let last = max(changed, item.attempt.asked ?? changed)
    // Where the window tells nobody, people and its own calls do.
    if window.untold.contains(item.attempt.item) { return Look(after: Self.day, isPutOff: true) }
    // After a restore everything is asked at once.
    let due = item.attempt.asked == Self.atOnce ? time : last.advanced(bySeconds: wait)
    if time < due { return Look(after: Double(due.milliseconds(since: time)) / 1000, isPutOff: true) }
    guard let push = try await pushes.push(PushID(number)) else { return Look(after: polling.longest) }
    // Of a day's calls that are few those come first whose deadline is near.
    var call = try await pushes.question(for: push, by: probe)
    call.due = item.nextDue
    let (exchange, answer) = try await window.client.askTogether(
      call, probe, requestID: push.requestID, parent: push.exchange)
    if exchange == nil, case .undecided(let error) = answer, error.isOwnLimit {
      // Closed hours, a breaker or a limit of ours kept it from being asked.
      return Look(after: max(60, Double(error.retryAfter ?? 60)), isPutOff: true)
    }
    try await permits.noteAsked(item.attempt.id, at: time)
    let known = Double(time.milliseconds(since: push.changed)) / 1000
    // It may need a moment until it finds what it has just taken.
    if case .absent = answer, known > polling.longest {
      throw PermitError(
        .notAtWindow,
        "the window of \(window.platform) knows nothing of push \(push.id), which it had taken",
        remedy: "ask the window; enter what happened, or that it is withdrawn and have it handed in again")
    }
    // A platform that cannot say is asked again; the breaker and the log have it.
    guard case .found(let acknowledgement) = answer else { return Look(after: wait, isPutOff: true) }
    guard let stated = acknowledgement.progress else { return Look(after: wait) }
    guard let event = stated.event else {
      throw PermitError(
        .noRule, "the window of \(window.platform) tells a state that its manifest does not know",
        remedy: "look at exchange \(exchange?.description ?? "?") and add the word under 'progress.states'")
    }
    let word = PermitWord(
      event: event, said: stated.moment.flatMap(Self.moment),
      received: time.civil(offsetSeconds: UTCOffset.china),
      handedIn: push.created.civil(offsetSeconds: UTCOffset.china), decision: stated.decision,
      note: stated.note, source: .platform, reference: "exchange \(exchange?.description ?? "")",
      evidence: exchange.map {
        PermitEvidence(
          platform: window.platform, exchange: $0, adapter: window.client.adapter.name,
          bundle: window.client.adapter.bundle)
      })
    let id = item.attempt.id
    let entries = try await permits.database.read { reader in
      try permits.entries(of: word, about: try permits.load(id, reader), isLate: false, reader)
    }
    try await enter(entries, of: item, in: view) { transaction in
      try permits.remember(word, isNews: entries.contains { $0.retracts == nil }, of: id, in: transaction)
    }
    return Look(after: wait)
  }

  /// Of an item that is to be asked about, however short a time ago that was done.
  static let atOnce = Timestamp(milliseconds: 0)

  /// When something was last learned of an item. What did not fit has changed nothing.
  private func lastChange(_ item: PermitItemView) -> Timestamp {
    let misfits = Set(PermitProgress(item.events.known()).misfits.map(\.id))
    return item.events.filter { !misfits.contains($0.id) }.map(\.learned).max() ?? item.attempt.changed
  }

  /// As platforms write times: with a blank or a T, or fourteen digits.
  static func moment(_ text: String) -> CivilDateTime? {
    CivilDateTime(iso: text) ?? CivilDateTime(compact: text)
      ?? CivilDate(iso: text).map { CivilDateTime(startOf: $0) }
  }
}
