public import Certificates
public import CivilTime
public import Documents
import Exchanges
public import Registry

/// Writes certificates as the outside sees them, masked and with their standing: the same members in the API and on the command line.
public enum CertificateWriter {
  /// - Parameters:
  ///   - staleSince: since when nothing newer can have come, because the operation that brings it is held.
  ///   - revealing: the fields that may be shown whole.
  public static func write(
    _ certificate: Certificate, staleSince: Timestamp?, revealing: Set<Field>, on today: CivilDate,
    to writer: inout JSONWriter
  ) {
    writer.member("id", certificate.id.rawValue)
    write(certificate.record.kind, to: &writer)
    writer.member("version", certificate.version)
    writer.member("platform", certificate.platform)
    write(certificate.record.standing(on: today), on: today, to: &writer)
    write(certificate.record, revealing: revealing, to: &writer)
    writer.member("created", certificate.created.iso8601)
    writer.member("changed", certificate.changed.iso8601)
    writer.member("seen", certificate.seen.iso8601)
    writer.member("stale", staleSince != nil)
    writer.memberIfPresent("staleSince", staleSince?.iso8601)
  }

  /// - Parameter previous: what the certificate said before this observation, for the paths that it changed.
  public static func write(
    _ observation: StoredObservation, since previous: CertificateRecord?, revealing: Set<Field>,
    to writer: inout JSONWriter
  ) {
    writer.member("version", observation.version)
    writer.member("platform", observation.platform)
    writer.member("exchange", observation.exchange.rawValue)
    writer.member("received", observation.received.iso8601)
    writer.member("lastSeen", observation.lastSeen.iso8601)
    writer.member("lastExchange", observation.lastExchange.rawValue)
    if let previous { writer.member("differs", previous.differences(to: observation.record)) }
    write(observation.record, revealing: revealing, to: &writer)
  }

  public static func write(_ proof: CertificateProof, to writer: inout JSONWriter) {
    writer.member("holds", proof.holds)
    writer.member("fields") { writer in
      writer.array { writer in
        for field in proof.fields {
          writer.object { writer in
            writer.member("path", field.path)
            writer.member("verdict", field.verdict.rawValue)
            writer.memberIfPresent("origin", field.origin)
          }
        }
      }
    }
    writer.member("notes", proof.notes)
  }

  static func write(_ kind: CertificateKind, to writer: inout JSONWriter) {
    writer.member("kind", kind.rawValue)
    writer.member("title", kind.title)
    writer.member("titleEn", kind.englishTitle)
  }

  static func write(_ standing: Standing, on day: CivilDate, to writer: inout JSONWriter) {
    writer.member("standing") { writer in
      writer.object { writer in
        writer.member("state", standing.state.rawValue)
        writer.member("title", standing.state.title)
        writer.member("on", day.description)
        writer.member("reasons") { writer in
          writer.array { writer in
            for reason in standing.reasons {
              writer.object { writer in
                writer.member("path", reason.path)
                writer.member("title", reason.title)
                writer.member("titleEn", reason.englishTitle)
              }
            }
          }
        }
      }
    }
  }

  private static func write(_ record: CertificateRecord, revealing: Set<Field>, to writer: inout JSONWriter) {
    let masked = record.masked(revealing: revealing)
    writer.member("record") { masked.record.write(to: &$0) }
    writer.member("hidden", masked.hiddenPaths)
  }
}
