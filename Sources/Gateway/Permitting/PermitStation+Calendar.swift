import Calendars
import CivilTime
import Permits
import Telemetry

extension PermitStation {
  /// Says each day that the calendar of working days ends soon, until somebody has added the next year. Returns when its task
  /// is cancelled.
  func watchCalendar() async {
    var watch = CalendarWatch(permits.calendar)
    while !Task.isCancelled {
      let today = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
      if let left = watch.daysToTell(on: today) { log.toldCalendarEnds(daysLeft: left) }
      // A machine's clock may be set meanwhile.
      do { try await Task.sleep(for: .seconds(3600)) } catch { return }
    }
  }
}

extension Log {
  func toldCalendarEnds(daysLeft: Int) {
    self(
      .warning, "calendar of working days ends soon",
      [
        "days": .integer(daysLeft),
        "remedy": .text(
          "add the next year, as the State Council published it, to the file that 'calendar' of the configuration names, and start anew"
        ),
      ])
  }
}
