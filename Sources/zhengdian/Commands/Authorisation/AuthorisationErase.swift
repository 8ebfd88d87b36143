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

/// `authorisation erase`: destroys who gave it, for somebody who has a right to that.
enum AuthorisationErase {
  static let command = Command(
    "erase", "Destroys who gave an authorisation and who took it; it holds no more.",
    details: """
      What was agreed to when stays, and a keyed digest by which the same is never kept again. Who did it and why is
      recorded in the access audit in the same transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [AuthorisationCommands.id]
  ) { invocation in
    let id = try AuthorisationCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let isNew = try await AuthorisationCommands.failing {
        try await site.counter.erase(id, at: .now()) { transaction, id in
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["authorisation[\(id)]"]), in: transaction)
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("authorisation", id.rawValue)
          $0.member("erased", isNew)
        }
      } else {
        invocation.output.line(
          isNew ? "authorisation \(id) is erased" : "authorisation \(id) was erased before")
      }
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }
}
