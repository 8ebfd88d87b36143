import Access
import Crypto
import Documents
import Gateway
import Pushing
import Registry

/// `certificate object`: tells a platform that its data is thought to be wrong.
enum CertificateObjection {
  private static let id = Positional("NUMBER", "The disagreement, as 'certificate disagreements' shows it.")

  static let command = Command(
    "object", "Hands in an objection at the platform that is thought to be wrong (数据异议).",
    details: """
      The platform of less authority is told what the other one says, where it takes objections. Both words
      leave the house with it, so it is recorded in the access audit. 'push show' tells what became of it.
      """,
    options: [Look.purpose, Look.operator], positionals: [id]
  ) { invocation in
    guard let number = Int64(invocation[id].first ?? ""), number > 0 else {
      throw UsageError("NUMBER is that of a disagreement, as 'certificate disagreements' shows it")
    }
    let id = DisagreementID(rawValue: number)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration, mustReveal: true)
    return try await Site.with(invocation) { site in
      guard let disagreement = try await site.gateway.registry.disagreement(id) else {
        throw CommandFailure(.failure, "there is no disagreement \(id)")
      }
      try await look.record(
        .objectToDisagreement, certificates: [disagreement.certificate], revealed: [disagreement.field],
        in: site.gateway.audit)
      let ticket = try await ObjectionDesk(site.gateway, site.pushing).object(
        to: id, requestID: "cli-" + Hex.encode(SecureRandom.bytes(8)))
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("disagreement", number)
          $0.member("push", ticket.id.rawValue)
        }
      } else {
        invocation.output.line("push \(ticket.id)")
      }
      return .done
    }
  }
}
