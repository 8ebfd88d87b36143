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
  ///
  /// - Parameter isNews: whether it was entered. Else it was so already by other entries, and counts as said only as long as those do.
  func remember(
    _ word: PermitWord, isNews: Bool, of id: PermitItemID, in transaction: Transaction
  ) throws {
    let attempt = try load(id, transaction)
    if word.told == attempt.told {
      guard attempt.toldTaken != nil, word.source == .inbound || isSaidStill(word, of: attempt) else {
        return
      }
    } else {
      guard word.told.isLater(than: attempt.told) else { return }
    }
    try transaction.execute(
      """
      UPDATE permit_item SET told_event = ?2, told_moment = ?3, told_taken = NULL, told_idle = ?4 WHERE id = ?1
      """, .int(id.rawValue), .text(word.event.rawValue), .textOrNull(word.said?.description), .flag(!isNews))
  }

  /// Forgets a word that said nothing new where an entry changes what was before it, so that it is read anew when it is said once more:
  /// what it told of may never have been entered. What the platform has taken since stays known.
  ///
  /// - Parameter number: of the entry, which is stored already.
  func forgetWord(
    outdatedBy entry: PermitEntry, _ number: Int64, of attempt: PermitItemAttempt,
    in transaction: Transaction
  ) throws {
    guard let told = attempt.told else { return }
    if let retracted = entry.retracts {
      // What a person takes back of the platform's own word stays taken back.
      guard try !isEntered(told, by: retracted, transaction),
        Self.rested(told.event, on: retracted, notOn: number, try events(of: attempt.id, transaction))
      else { return }
    } else {
      guard let moment = told.moment, entry.happened < moment else { return }
    }
    try transaction.execute(
      """
      UPDATE permit_item SET told_event = NULL, told_moment = NULL, told_idle = 0 WHERE id = ?1 AND told_idle = 1
      """, .int(attempt.id.rawValue))
  }

  /// Whether a word was no news by an entry that was taken back, and would be by what stands in its place: by all that happened up to
  /// there, for later entries neither made it known nor hide it.
  static func rested(
    _ word: PermitEvent, on retracted: Int64, notOn number: Int64, _ events: [ClockEvent]
  ) -> Bool {
    let before = events.filter { $0.id != String(number) }.known()
    guard let place = before.firstIndex(where: { $0.id == String(retracted) }) else { return false }
    let after = events.known()
    let next = after.firstIndex { $0.id == String(number) }
    return PermitProgress(before[...place]).steps(toward: word).isEmpty
      && !PermitProgress(next.map { after[...$0] } ?? before[..<place]).steps(toward: word).isEmpty
  }

  /// Whether an entry of a platform is what it has told, as far as its words say that.
  private func isEntered(_ told: PermitTold, by number: Int64, _ reader: Reader) throws -> Bool {
    let entry = try reader.first(
      "SELECT name, source, coalesce(said, happened) FROM permit_event WHERE id = ?1", .int(number)
    ) { (name: $0.text(0), source: $0.text(1), moment: CivilDateTime(iso: $0.text(2))) }
    guard let entry, entry.name == told.event.rawValue, entry.source != PermitEntry.Source.person.rawValue
    else { return false }
    guard let moment = told.moment else { return true }
    return moment == entry.moment || told.isVague && moment.date == entry.moment?.date
  }

  /// The platform has taken something. What it shows may lag behind that, so that the same words tell of another event only where
  /// they say when it was, something else was said between, or they are said still when a working day is over.
  func noteTaken(at time: Timestamp, of id: PermitItemID, in transaction: Transaction) throws {
    try transaction.execute(
      "UPDATE permit_item SET told_taken = ?2 WHERE id = ?1", .int(id.rawValue), .int(time.milliseconds))
  }

  /// Whether a word that does not say when it was is said still so long after something was taken that it is about another event.
  private func isSaidStill(_ word: PermitWord, of attempt: PermitItemAttempt) -> Bool {
    guard let taken = attempt.toldTaken, word.told.isVague else { return false }
    return PermitTold.endOfLag(after: taken.civil(offsetSeconds: UTCOffset.china), calendar) <= word.received
  }

  /// The entries that a word of a platform makes: what must have happened for it to be so, in order.
  ///
  /// - Parameter isLate: whether it may be about a time before what is known, so that only what happened until then counts.
  func entries(
    of word: PermitWord, about attempt: PermitItemAttempt, isLate: Bool, _ reader: Reader
  ) throws -> [PermitEntry] {
    let moment = PermitMoment(said: word.said, received: word.received, handedIn: word.handedIn)
    let all = try events(of: attempt.id, reader).known()
    let isRepeated =
      attempt.told?.isRepeated(by: word.told, isAnswer: !isLate) == true && !isSaidStill(word, of: attempt)
    let reading = PermitWordReading(word.event, at: moment, received: word.received, isLate: isLate, all)
    if isRepeated || reading.steps.isEmpty {
      let numbered = try numbered(
        word.event, word.decision, of: attempt, isLatest: word.told.isLater(than: attempt.told),
        reference: word.reference, source: word.source, evidence: word.evidence, reader)
      return numbered.map { [$0] } ?? []
    }
    return reading.steps.map { step in
      PermitEntry(
        step, happened: reading.happened, source: word.source, reference: word.reference, said: moment.said,
        note: word.note, decision: step == word.event ? word.decision : nil, evidence: word.evidence)
    }
  }
}
