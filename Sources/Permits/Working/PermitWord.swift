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
  /// - Parameter isLate: whether it may be about a time before what is known, so that only what happened until then counts.
  func entries(
    of word: PermitWord, about attempt: PermitItemAttempt, isLate: Bool, _ reader: Reader
  ) throws -> [PermitEntry] {
    let moment = PermitMoment(said: word.said, received: word.received, handedIn: word.handedIn)
    let all = try events(of: attempt.id, reader).known()
    let isRepeated = attempt.told?.isRepeated(by: word.told, isAnswer: !isLate) == true
    let reading = PermitWordReading(word.event, at: moment, received: word.received, isLate: isLate, all)
    if isRepeated || reading.steps.isEmpty {
      let numbered = try numbered(
        word.event, word.decision, of: attempt, reference: word.reference, source: word.source,
        evidence: word.evidence, reader)
      return numbered.map { [$0] } ?? []
    }
    return reading.steps.map { step in
      PermitEntry(
        step, happened: reading.happened, source: word.source, reference: word.reference, said: moment.said,
        note: word.note, decision: step == word.event ? word.decision : nil, evidence: word.evidence)
    }
  }
}
