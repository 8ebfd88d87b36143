import Access
import Certificates
import CivilTime
import Documents
import HTTPService
import Registry
import Supply

extension GatewayAPI {
  static let noSupply = APIProblem(
    .supplyNotFound, "No application has this number, or there is no such version of its verdict.")

  /// Judges, signs and keeps, after asking those platforms whose word is needed. The audit has what was looked for and what was found.
  func evaluate(
    _ form: SupplyForm, for asker: SupplyAsker, at moment: Timestamp
  ) async throws -> CertificateLook {
    let (kept, answer) = try await parts.supply.evaluate(form, for: asker, at: moment)
    return try Self.look(kept, certificates: answer.certificates, keys: answer.keys)
  }

  func verdict(
    _ id: SupplyApplicationID, _ version: Int?, at moment: Timestamp
  ) async throws -> CertificateLook {
    let kept = try await parts.supply.verdict(id, version: version, at: moment)
    return try Self.look(kept, certificates: try kept.certificates, keys: [])
  }

  private static func look(
    _ kept: KeptVerdict, certificates: [CertificateID], keys: [LookupKey]
  ) throws -> CertificateLook {
    CertificateLook(
      response: HTTPServerResponse.json(kept.signed), certificates: certificates,
      keys: keys, item: "supply-\(kept.application)")
  }
}
