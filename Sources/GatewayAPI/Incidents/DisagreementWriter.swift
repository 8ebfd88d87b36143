import Certificates
import CivilTime
public import Documents
public import Registry

/// Writes disagreements as the outside sees them: that they are, not what is said.
public enum DisagreementWriter {
  public static func write(_ disagreement: Disagreement, to writer: inout JSONWriter) {
    writer.member("id", disagreement.id.rawValue)
    writer.member("certificate", disagreement.certificate.rawValue)
    writer.member("kind", disagreement.kind.rawValue)
    writer.member("field", disagreement.field)
    writer.member("platforms", disagreement.platforms)
    writer.member("prevailing", disagreement.prevailing)
    writer.member("state", disagreement.state.rawValue)
    writer.member("opened", disagreement.opened.iso8601)
    writer.member("updated", disagreement.updated.iso8601)
    writer.member("ended", disagreement.ended?.iso8601)
    writer.member("endedBy", disagreement.endedBy)
    writer.member("reason", disagreement.reason)
  }
}
