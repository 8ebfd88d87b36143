import Applications
import Calendars
import CivilTime

/// What a word of a platform says beside what is known: when it happened, and what must have happened by then. Pure.
struct PermitWordReading {
  let happened: CivilDateTime
  /// What it goes on from.
  let known: [ClockEvent]
  /// Nothing where it is no news.
  let steps: [PermitEvent]

  /// Of the ways in which it can be understood the first that is no news, or fits; the first of all where none does.
  ///
  /// - Parameters:
  ///   - isLate: it may be about a time before what is known, so that only what happened until then counts.
  ///   - events: all that are known.
  init(
    _ word: PermitEvent, at moment: PermitMoment, received: CivilDateTime, isLate: Bool,
    _ events: [ClockEvent]
  ) {
    func reading(_ happened: CivilDateTime, isLate: Bool) -> PermitWordReading {
      let known = isLate ? events.filter { $0.happened <= happened } : events
      return PermitWordReading(
        happened: happened, known: known, steps: PermitProgress(known).steps(toward: word))
    }
    var readings: [PermitWordReading] = []
    // Of a day without a time it is not known before which of its events it was: most are told one after the other.
    let last = events.last { $0.happened.date == moment.happened.date && $0.happened <= received }?.happened
    if moment.isDay, let last, last > moment.happened { readings.append(reading(last, isLate: isLate)) }
    readings.append(reading(moment.happened, isLate: isLate))
    // A person may have entered something later, of which the window's answer knows nothing yet.
    if !isLate { readings.append(reading(moment.happened, isLate: true)) }
    self = readings.first { $0.steps.isEmpty || $0.fits(events) } ?? readings[0]
  }

  private init(happened: CivilDateTime, known: [ClockEvent], steps: [PermitEvent]) {
    self.happened = happened
    self.known = known
    self.steps = steps
  }

  /// Whether the steps fit between all events, those that happened later among them.
  private func fits(_ events: [ClockEvent]) -> Bool {
    let added = steps.enumerated().map { place, step in
      ClockEvent(
        id: "step \(place)", name: step.rawValue, happened: happened, learned: Timestamp(milliseconds: .max))
    }
    let misfits = PermitProgress((events + added).known()).misfits
    return !misfits.contains { misfit in added.contains { $0.id == misfit.id } }
  }
}
