import Access
import CivilTime
import Documents
import SQLDatabase
import Supply

/// `supply erase`: destroys what an application said, for somebody who has a right to it.
enum SupplyErase {
  static let command = Command(
    "erase", "Destroys the form of an application and the verdicts on it.",
    details: """
      The number of the application stays, so that it never comes to stand for another one. Certificates and what
      the journal holds are untouched: 'exchange erase' destroys those. Who did it and why is recorded in the access
      audit in the same transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [SupplyShow.id]
  ) { invocation in
    let id = try SupplyShow.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let store = SupplyStore(database: site.database, keys: site.registryKeys)
      let verdicts = try await SupplyCommands.failing {
        try await site.database.write { transaction -> Int? in
          guard let verdicts = try store.erase(id, in: transaction, now: .now()) else { return nil }
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["supply[\(id)]"]), in: transaction)
          return verdicts
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("application", id.rawValue)
          $0.member("erasedVerdicts", verdicts ?? 0)
        }
      } else {
        invocation.output.line(
          verdicts.map { "what application \(id) said is erased, with \($0) verdicts on it" }
            ?? "what application \(id) said was erased before")
      }
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }
}
