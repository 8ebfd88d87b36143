import Access
import Documents
import Gateway
import GatewayAPI
import Registry
import Telemetry

/// `certificate prove`: derives a certificate once more from the raw bytes of the journal.
enum CertificateProve {
  static let command = Command(
    "prove", "Derives each field again from the raw bytes, and says whether it holds.",
    details: """
      The exchange is opened by the adapter and mapped by the mapping as they were when the record
      came, and compared with what is stored. No value is shown. Exit code 1 when it does not hold
      or cannot be proven any more.
      """,
    options: [Look.purpose, Look.operator], positionals: [CertificateCommands.id]
  ) { invocation in
    let id = try CertificateCommands.id(invocation[CertificateCommands.id][0])
    let configuration = try SiteFile.read(invocation, needsShare: true)
    let look = try Look(invocation, configuration)
    // Answers may be opened with a platform's own key, so its secrets are needed here.
    let proof = try await prove(id, look, configuration, invocation.environment)
    if invocation.wantsJSON {
      invocation.output.json {
        $0.member("id", id.rawValue)
        CertificateWriter.write(proof, to: &$0)
      }
    } else {
      CertificateText.write(proof, of: id, to: invocation.output)
    }
    return proof.holds ? .done : .failure
  }

  private static func prove(
    _ id: CertificateID, _ look: Look, _ configuration: SiteConfiguration, _ environment: Environment
  ) async throws -> CertificateProof {
    try await SiteDatabase.use(configuration.database) { try await SiteDatabase.requireCurrent($0) }
    let gateway = try await Gateway.open(configuration, environment: environment.all, log: .silent)
    do {
      let proof = try await prove(id, look, gateway)
      await gateway.close()
      return proof
    } catch {
      await gateway.close()
      throw error
    }
  }

  private static func prove(_ id: CertificateID, _ look: Look, _ gateway: Gateway) async throws
    -> CertificateProof
  {
    guard let evidence = try await gateway.registry.evidence(for: id) else {
      throw try await look.notFound(.evidence, id, in: gateway.audit)
    }
    let proof: CertificateProof
    do {
      proof = try await JournalProver(gateway).prove(evidence)
    } catch {
      try await look.record(.evidence, .failed, certificates: [id], in: gateway.audit)
      throw error
    }
    try await look.record(.evidence, certificates: [id], in: gateway.audit)
    return proof
  }
}
