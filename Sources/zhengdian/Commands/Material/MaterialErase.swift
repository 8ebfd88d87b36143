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

/// `material erase`: destroys a material, for somebody who has a right to it.
enum MaterialErase {
  static let command = Command(
    "erase", "Destroys a material: its file, what it says and whose it is.",
    details: """
      That something of its code was handed in when stays. Where another material has the same file, that one keeps it.
      Applications that rest on it are judged anew. Who did it and why is recorded in the access audit in the same
      transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [MaterialCommands.id]
  ) { invocation in
    let id = try MaterialCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let isNew = try await MaterialCommands.failing {
        try await site.counter.erase(id, at: .now()) { transaction, id in
          try site.audit.record(
            look.entry(.erase, reason: why, revealed: ["material[\(id)]"]), in: transaction)
        }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("material", id.rawValue)
          $0.member("erased", isNew)
        }
      } else {
        invocation.output.line(
          isNew ? "material \(id) is erased" : "material \(id) was erased before")
      }
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }
}
