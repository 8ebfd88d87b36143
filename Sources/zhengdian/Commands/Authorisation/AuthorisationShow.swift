import Certificates
import Exchanges
import Access
import Authorisations
import CivilTime
import Documents
import Gateway
import GatewayAPI
import SQLDatabase
import Supply

/// `authorisation show`: one of them.
enum AuthorisationShow {
  static let command = Command(
    "show", "One authorisation, without whose it is.",
    details: "The look is recorded in the access audit first.", options: [Look.purpose, Look.operator],
    positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let authorisation = try await AuthorisationCommands.failing {
        try await site.counter.authorisations.authorisation(id)
      }
      try await look.record(.readAuthorisation, in: site.audit)
      AuthorisationCommands.write(authorisation, invocation)
      return .done
    }
  }
}
