import Access
import Certificates
import Documents
import Gateway
import GatewayAPI
import Registry

/// `certificate history`: what the platforms said about a certificate, and what each word changed.
enum CertificateHistory {
  static let command = Command(
    "history", "Everything platforms have said about a certificate, oldest first.",
    details: """
      An observation without a version changed nothing: another platform's word counts more, or
      a newer one was known.
      """,
    options: [Look.reveal, Look.purpose, Look.operator], positionals: [CertificateCommands.id]
  ) { invocation in
    let id = try CertificateCommands.id(invocation[CertificateCommands.id][0])
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let observations = try await site.registry.observations(of: id)
      guard !observations.isEmpty else { throw try await look.notFound(.history, id, in: site.audit) }
      try await look.record(.history, certificates: [id], in: site.audit)
      if !invocation.wantsJSON {
        let kind = observations[0].record.kind
        invocation.output.line(
          "\(invocation.output.paint(id.rawValue, .bold))  \(kind.title) (\(kind.rawValue))")
      }
      var lines = JSONLines(invocation.output)
      var previous: CertificateRecord?
      for observation in observations {
        if invocation.wantsJSON {
          lines.object {
            $0.member("id", id.rawValue)
            CertificateWriter.write(observation, since: previous, revealing: look.revealing, to: &$0)
          }
        } else {
          CertificateText.write(
            observation, since: previous, revealing: look.revealing, to: invocation.output)
        }
        if observation.version != nil { previous = observation.record }
      }
      lines.flush()
      return .done
    }
  }
}
