import CivilTime
public import Documents
import Exchanges
public import Sync

/// Writes incidents as the outside sees them: the same members in the API and on the command line.
public enum IncidentWriter {
  public static func write(_ incident: Incident, to writer: inout JSONWriter) {
    writer.member("id", incident.id.rawValue)
    writer.member("platform", incident.key.platform)
    writer.member("operation", incident.key.operation)
    writer.member("entity", incident.subject.entity)
    writer.member("kind", incident.subject.kind.rawValue)
    writer.member("title", incident.subject.kind.title)
    writer.member("subject", incident.subject.subject)
    writer.member("state", incident.state.rawValue)
    writer.member("held", incident.isHeld)
    writer.member("accepted", incident.isAccepted)
    writer.member("count", incident.count)
    writer.member("detail", incident.detail)
    writer.member("exchange", incident.exchange?.rawValue)
    writer.member("locator", incident.locator?.path)
    writer.member("firstSeen", incident.firstSeen.iso8601)
    writer.member("lastSeen", incident.lastSeen.iso8601)
    writer.member("opened", incident.opened.iso8601)
    write("acknowledged", incident.acknowledged, to: &writer)
    write("closed", incident.closed, to: &writer)
  }

  private static func write(_ name: String, _ step: IncidentStep?, to writer: inout JSONWriter) {
    writer.member(name) { writer in
      guard let step else { return writer.null() }
      writer.object { writer in
        writer.member("time", step.time.iso8601)
        writer.member("by", step.by)
        writer.member("note", step.note)
      }
    }
  }
}
