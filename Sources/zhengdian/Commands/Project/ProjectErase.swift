import Access
import CivilTime
import Documents
import SQLDatabase
import Supply

/// `project erase`: destroys whose a project is, for somebody who has a right to it.
enum ProjectErase {
  static let command = Command(
    "erase", "Destroys what the reserve knows of a project's owner.",
    details: """
      The code stays, so that the project does not come back with what platforms say next. Certificates, what the journal
      holds, and an application it became are untouched: 'exchange erase' and 'supply erase' destroy those. Who did it and
      why is recorded in the access audit in the same transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [ProjectCommands.id]
  ) { invocation in
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let reserve = site.reserve
      let id = try await ProjectCommands.id(invocation, reserve)
      let isNew = try await ProjectCommands.failing {
        try await site.database.write { transaction -> Bool in
          guard try reserve.erase(id, in: transaction, now: .now()) else { return false }
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["project[\(id)]"]), in: transaction)
          return true
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("project", id.rawValue)
          $0.member("erased", isNew)
        }
      } else {
        invocation.output.line(
          isNew
            ? "what the reserve knew of project \(id) is erased"
            : "what it knew of project \(id) was erased before")
      }
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }
}
