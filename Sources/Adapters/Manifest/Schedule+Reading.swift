public import Calendars
import CivilTime
public import Documents

extension Schedule {
  /// Reads `{cron, zone, jitter, catchUp}`, the form of manifests and of a site's overrides; nil after a report.
  public static func read(_ reader: ConfigurationReader) -> Schedule? {
    let cron = reader.parse("cron", "five fields: minute hour day month weekday, such as */10 * * * *") {
      CronExpression($0)
    }
    let zone =
      reader.parse(ifPresent: "zone", "a zone of China, UTC, or an offset such as +08:00") {
        Schedule.offset(ofZone: $0)
      } ?? UTCOffset.china
    let jitter = reader.duration("jitter", in: .zero ... .seconds(3600), default: .zero)
    let catchUp = reader.choice("catchUp", among: Schedule.CatchUp.self, default: .once)
    return cron.map {
      Schedule(cron: $0, offsetSeconds: zone, jitter: Int(jitter.components.seconds), catchUp: catchUp)
    }
  }
}
