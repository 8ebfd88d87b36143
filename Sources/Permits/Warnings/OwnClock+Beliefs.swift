public import Calendars
import CivilTime

extension PermitCaseView {
  /// What was believed of the step of the utility's own in which an attempt stands, ascending, since that was known to have begun; its
  /// earlier rounds belong to it. While it was not known to have begun, or was taken back, it waited.
  public func ownBeliefs(of item: PermitItemView, _ calendar: WorkCalendar) -> [ClockBelief] {
    guard let limit = item.own?.limit else { return [] }
    let concerned = items.filter {
      $0.attempt.id == item.attempt.id || item.attempt.after.contains($0.attempt.item)
    }
    let entries = concerned.flatMap(\.events)
    func reading(_ moment: CivilDateTime, _ time: Timestamp) -> ClockReading? {
      let there = concerned.filter { $0.attempt.created <= time }
      let own = CaseClocks(calendar: calendar, now: moment, time: time)
        .views(there.map(\.attempt), there.map(\.events), [])
        .first { $0.attempt.id == item.attempt.id }?.own
      return own?.limit.step == limit.step ? own?.reading : nil
    }
    let times = Set([item.attempt.created] + entries.map(\.learned)).sorted().drop { time in
      reading(time.civil(offsetSeconds: UTCOffset.china), time) == nil
    }
    return ClockBelief.all(
      Array(times), until: nil,
      learned: { time in entries.filter { $0.learned == time }.map(\.id).sorted() },
      reading: { moment, time in
        reading(moment, time) ?? Clock(rule: limit.rule, calendar: calendar).reading(ofKnown: [], at: moment)
      })
  }
}
