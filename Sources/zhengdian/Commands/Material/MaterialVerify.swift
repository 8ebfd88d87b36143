import Certificates
import Exchanges
import Applications
import Gateway
import Access
import CivilTime
import Documents
import GatewayAPI
import Materials
import Registry
import SQLDatabase
import Supply

/// `material verify`: compares a material with what platforms say.
enum MaterialVerify {
  static let command = Command(
    "verify", "Compares a material with the certificate of its kind and number.",
    details: """
      Platforms that can be asked for it are asked. A person's papers are looked up only by an authorisation that holds
      and covers the purpose. What came of it is kept with the material, and the look is recorded in the access audit.
      Exit code 1 when it does not agree.
      """,
    options: [Look.purpose, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await Site.with(invocation) { site in
      let desk = site.supplying.desk
      let verified = try await MaterialCommands.failing {
        try await desk.verify(id, for: look.asker, at: .now())
      }
      try await look.record(
        .verifyMaterial, certificates: verified.certificates, keys: verified.keys, in: site.gateway.audit)
      MaterialCommands.write(verified.material, invocation)
      await desk.close()
      return verified.material.check?.state == .agrees ? .done : .failure
    }
  }
}
