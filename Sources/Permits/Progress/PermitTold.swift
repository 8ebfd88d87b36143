import Applications
import Calendars
import CivilTime

/// What a platform said last of an attempt. Whoever is asked again and again says the same again and again, whatever people have
/// entered meanwhile: only what differs is a word. Pure.
struct PermitTold: Hashable, Sendable {
  let event: PermitEvent
  /// When that happened, by the platform.
  let moment: CivilDateTime?

  /// Whether the same words can tell of another event: the moment is not said, or only its day.
  var isVague: Bool { moment.map { $0.secondOfDay == 0 } ?? true }

  /// Whether another word is only this one once more.
  ///
  /// - Parameter isAnswer: the platform was asked. What it tells by itself happens each time, unless the moment is the same too.
  func isRepeated(by other: PermitTold, isAnswer: Bool) -> Bool { self == other && (isAnswer || !isVague) }

  /// Whether this takes the place of what was said before: a call that was late does not.
  func isLater(than other: PermitTold?) -> Bool {
    guard let moment, let before = other?.moment else { return true }
    return moment >= before
  }

  /// Until when what a platform shows may lag behind what it has taken: the same time on the next working day, or on the next day
  /// where no calendar knows that.
  static func endOfLag(after taken: CivilDateTime, _ calendar: WorkCalendar) -> CivilDateTime {
    let next = taken.advanced(bySeconds: 86_400)
    var end = next
    do throws(CalendarError) {
      while try !calendar.isWorkingDay(end.date) { end = end.advanced(bySeconds: 86_400) }
      return end
    } catch {
      return next
    }
  }
}
