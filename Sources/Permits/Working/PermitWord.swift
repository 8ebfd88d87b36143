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
}

extension Permits {
  /// The entries that a word of a platform makes: what must have happened for it to be so, in order.
  ///
  /// - Parameter isLate: whether it may be about a time before what is known, so that only what happened until then counts.
  func entries(
    of word: PermitWord, about attempt: PermitItemAttempt, isLate: Bool, _ reader: Reader
  ) throws -> [PermitEntry] {
    let moment = PermitMoment(said: word.said, received: word.received, handedIn: word.handedIn)
    let known = try events(of: attempt.id, reader).known().filter { event in
      !isLate || event.happened <= moment.happened
    }
    let steps = PermitProgress(known).steps(toward: word.event)
    if steps.isEmpty {
      let numbered = try numbered(
        word.event, word.decision, of: attempt, reference: word.reference, source: word.source,
        evidence: word.evidence, reader)
      return numbered.map { [$0] } ?? []
    }
    return steps.map { step in
      PermitEntry(
        step, happened: moment.happened, source: word.source, reference: word.reference, said: moment.said,
        note: word.note, decision: step == word.event ? word.decision : nil, evidence: word.evidence)
    }
  }
}
