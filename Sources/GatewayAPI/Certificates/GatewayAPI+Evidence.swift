import CivilTime
import Crypto
import Documents
import Exchanges
import Journal
import Registry

extension GatewayAPI {
  func evidence(_ id: CertificateID, prove: Bool) async throws -> CertificateLook {
    if prove, parts.prover == nil {
      throw APIProblem(.proofUnavailable, "This gateway answers without deriving records again.")
    }
    guard let observation = try await parts.registry.evidence(for: id) else { throw Self.noCertificate }
    let mapping = try await parts.registry.definition(observation.mapping)
    let adapter = try await parts.registry.definition(observation.adapter)
    let exchange = try await parts.journal.summary(observation.exchange)
    let proof = prove ? try await parts.prover?.prove(id) : nil
    let response = Self.json { writer in
      writer.member("id", id.rawValue)
      writer.member("version", observation.version)
      writer.member("platform", observation.platform)
      writer.member("exchange") { writer in
        if let exchange { ExchangeWriter.write(exchange, to: &writer) } else { writer.null() }
      }
      writer.member("locator", observation.locator.path)
      writer.member("mapping") { Self.write(mapping, to: &$0) }
      writer.member("adapter") { Self.write(adapter, to: &$0) }
      writer.member("received", observation.received.iso8601)
      writer.member("lastSeen", observation.lastSeen.iso8601)
      writer.member("lastExchange", observation.lastExchange.rawValue)
      if let proof { writer.member("proof") { $0.object { CertificateWriter.write(proof, to: &$0) } } }
    }
    return CertificateLook(response: response, certificates: [id])
  }

  private static func write(_ definition: Definition, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", definition.name)
      writer.member("version", definition.version)
      writer.member("sm3", Hex.encode(definition.digest))
      writer.member("firstUsed", definition.firstUsed.iso8601)
    }
  }
}
