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

/// `material withdraw`: takes a material back.
enum MaterialWithdraw {
  static let command = Command(
    "withdraw", "Takes a material back: it stands for no paper any more.",
    details: """
      Applications that rest on it are judged anew. Who did it and why is kept sealed with the material, and recorded in
      the access audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let material = try await MaterialCommands.failing {
        try await site.counter.withdraw(
          id, by: signOff, at: .now(),
          also: MaterialCommands.keep(
            .withdrawMaterial, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      MaterialCommands.write(material, invocation)
      return .done
    }
  }
}
