import Access
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Registry
import Sync

/// `certificate show`: one certificate as it is known now.
enum CertificateShow {
  static let command = Command(
    "show", "One certificate as it is known now, and whether it can be relied on today.",
    options: [Look.reveal, Look.purpose, Look.operator], positionals: [CertificateCommands.id]
  ) { invocation in
    let id = try CertificateCommands.id(invocation[CertificateCommands.id][0])
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      guard let certificate = try await site.registry.certificate(id) else {
        throw try await look.notFound(.read, id, in: site.audit)
      }
      try await look.record(.read, certificates: [id], in: site.audit)
      let today = Timestamp.now().civil(offsetSeconds: UTCOffset.china).date
      let stale = try await site.incidents.staleness(site.registry).since(of: certificate)
      let disagreements = try await site.registry.disagreements(DisagreementFilter(certificate: id))
      if invocation.wantsJSON {
        invocation.output.json {
          CertificateWriter.write(
            certificate, staleSince: stale, revealing: look.revealing, on: today, to: &$0)
          $0.member("disagreements") { writer in
            writer.array { writer in
              for one in disagreements { writer.object { DisagreementWriter.write(one, to: &$0) } }
            }
          }
        }
      } else {
        CertificateText.write(
          certificate, staleSince: stale, disagreements, revealing: look.revealing, on: today,
          to: invocation.output)
      }
      return .done
    }
  }
}
