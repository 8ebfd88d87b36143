public import Authorisations
import Certificates
public import CivilTime
public import Documents
public import Materials
import Registry

/// Writes materials and authorisations as the outside sees them: the same members in the API and on the command line. Whose
/// they are is never shown.
public enum PaperWriter {
  public static func write(_ material: Material, to writer: inout JSONWriter) {
    writer.member("id", material.id.rawValue)
    writer.member("code", material.code)
    writer.member("kind", material.kind?.rawValue)
    writer.member("issued", material.issued?.description)
    writer.member("validTo", material.validTo?.description)
    writer.member("business", material.business)
    writer.member("application", material.application)
    writer.member("channel", material.channel)
    writer.member("received", material.received.iso8601)
    writer.member("size", material.size)
    writer.member("sm3", material.details?.sm3)
    writer.member("check") { writer in
      guard let check = material.check else { return writer.null() }
      writer.object { writer in
        writer.member("state", check.state.rawValue)
        writer.member("because", check.reasons.sorted().map(\.rawValue))
        writer.member("at", check.at.iso8601)
        writer.member("certificate", check.certificate?.rawValue)
      }
    }
    writer.member("withdrawn", material.withdrawn?.iso8601)
    writer.member("erased", material.erased?.iso8601)
  }

  /// - Parameter moment: at which it holds or does not.
  public static func write(
    _ authorisation: Authorisation, at moment: Timestamp, to writer: inout JSONWriter
  ) {
    writer.member("id", authorisation.id.rawValue)
    writer.member("means", authorisation.means.rawValue)
    writer.member("title", authorisation.means.title)
    writer.member("holds", authorisation.holds(at: moment))
    writer.member("given", authorisation.given.iso8601)
    writer.member("until", authorisation.until?.iso8601)
    writer.member("scope") { writer in
      guard let kinds = authorisation.kinds else { return writer.null() }
      writer.array { writer in for kind in kinds.map(\.rawValue).sorted() { writer.string(kind) } }
    }
    writer.member("purposes", authorisation.purposes.sorted())
    writer.member("application", authorisation.application)
    writer.member("channel", authorisation.channel)
    writer.member("kept", authorisation.kept.iso8601)
    writer.member("revoked", authorisation.revoked?.iso8601)
    writer.member("erased", authorisation.erased?.iso8601)
  }
}
