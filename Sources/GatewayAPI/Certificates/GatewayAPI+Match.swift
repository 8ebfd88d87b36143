import Certificates
import CivilTime
import Documents
import Registry

extension GatewayAPI {
  func compare(_ match: CertificateMatch, _ today: CivilDate) async throws -> CertificateLook {
    var found = try await parts.registry.certificates(
      matching: [match.finding.key], kinds: match.kinds, limit: CertificateMatch.mostHits + 1)
    let hasMore = found.count > CertificateMatch.mostHits
    if hasMore { found.removeLast() }
    let response = Self.json { writer in
      writer.member("foundBy", match.finding.name)
      writer.member("matches") { writer in
        writer.array { writer in
          for certificate in found {
            let findings = MatchComparison(certificate.record, match).findings(match)
            writer.object { writer in
              writer.member("id", certificate.id.rawValue)
              CertificateWriter.write(certificate.record.kind, to: &writer)
              writer.member("verdict", MatchComparison.verdict(findings).rawValue)
              Self.writeState(certificate.record.standing(on: today), on: today, to: &writer)
              Self.write(findings, to: &writer)
            }
          }
        }
      }
      writer.member("more", hasMore)
    }
    return CertificateLook(response: response, certificates: found.map(\.id))
  }

  /// Without the reasons, which would tell dates of the certificate.
  private static func writeState(_ standing: Standing, on day: CivilDate, to writer: inout JSONWriter) {
    writer.member("standing") { writer in
      writer.object { writer in
        writer.member("state", standing.state.rawValue)
        writer.member("title", standing.state.title)
        writer.member("on", day.description)
      }
    }
  }

  private static func write(_ findings: [MatchComparison.Finding], to writer: inout JSONWriter) {
    writer.member("fields") { writer in
      writer.array { writer in
        for finding in findings {
          writer.object { writer in
            writer.member("field", finding.name)
            writer.member("verdict", finding.verdict.rawValue)
            writer.member("reason", finding.reason.rawValue)
            writer.member("title", finding.reason.title)
            writer.member("titleEn", finding.reason.englishTitle)
          }
        }
      }
    }
  }
}
