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

/// `authorisation find`: what somebody has agreed to.
enum AuthorisationFind {
  static let command = Command(
    "find", "What somebody has agreed to, the latest first, whether or not it still holds.",
    details: """
      A person without a code is found by the name within one 'application'. The look is recorded in the access audit
      first.
      """,
    options: [Look.purpose, Look.operator], positionals: [MaterialFind.holder]
  ) { invocation in
    let form = try await MaterialFind.read(invocation)
    let configuration = try SiteFile.read(invocation)
    let look = try Look(invocation, configuration)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let now = Timestamp.now()
      let found = try await AuthorisationCommands.failing {
        try await site.counter.authorisations.authorisations(
          of: form.holder, application: form.application)
      }
      try await look.record(.searchAuthorisations, keys: MaterialFind.keys(form), in: site.audit)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for one in found { lines.object { PaperWriter.write(one, at: now, to: &$0) } }
        lines.flush()
      } else {
        var table = TextTable("AUTHORISATION", "BY", "GIVEN", "UNTIL", "REVOKED", "APPLICATION", "HOLDS")
        for one in found {
          table.row(
            "\(one.id)", one.means.rawValue, one.given.iso8601, one.until?.iso8601 ?? "",
            one.revoked?.iso8601 ?? "", one.application ?? "", one.holds(at: now) ? "yes" : "no")
        }
        if !found.isEmpty { table.write(to: invocation.output) }
      }
      return .done
    }
  }
}
