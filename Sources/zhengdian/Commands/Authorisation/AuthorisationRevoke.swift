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

/// `authorisation revoke`: nothing is looked up by it any more.
enum AuthorisationRevoke {
  static let command = Command(
    "revoke", "Has nothing looked up or shown by it from now on.",
    details: """
      Applications that rest on it are judged anew. Who did it and why is kept sealed with it, and recorded in the access
      audit in the same transaction.
      """,
    options: [Decision.reason, Look.operator], positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let signOff = try Decision.signOff(invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let authorisation = try await AuthorisationCommands.failing {
        try await site.counter.revoke(
          id, by: signOff, at: .now(),
          also: AuthorisationCommands.keep(
            .revokeAuthorisation, by: signOff.name, reason: signOff.reason, in: site.audit))
      }
      AuthorisationCommands.write(authorisation, invocation)
      return .done
    }
  }
}
