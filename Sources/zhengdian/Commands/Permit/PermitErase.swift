import Access
import CivilTime
import Documents
import Exchanges
import Journal
import Permits
import Pushing
import SQLDatabase

/// `permit erase`: destroys what a case was opened with, for somebody who has a right to it.
enum PermitErase {
  static let command = Command(
    "erase", "Destroys what a closed case was opened with and what was handed in for it.",
    details: """
      The application, the files, what was said with entries, and of each push of the case the record, the message,
      the attachments, the receipt and what was said in its exchanges, also in those in which the window was asked
      about it. Answers on which certificates rest stay, and are named. Which permits there were and what happened
      when stays, and so do the certificates that came of decisions. Who did it and why is recorded in the access
      audit in the same transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator], positionals: [PermitCommands.id]
  ) { invocation in
    let id = try PermitCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let (pushes, kept) = try await PermitCommands.failing {
        try await site.database.write { transaction in try erase(id, why, look, site, transaction) }
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("case", id.rawValue)
          PushErasure.write("erasedPushes", pushes.map(\.rawValue), to: &$0)
          PushErasure.write("keptExchanges", kept.map(\.rawValue), to: &$0)
        }
      } else {
        invocation.output.line(
          "what permit case \(id) was opened with is erased"
            + (pushes.isEmpty ? "" : ", with what was handed in as push \(PushErasure.list(pushes))"))
      }
      PushErasure.tell(kept: kept, on: invocation.errors)
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }

  private static func erase(
    _ id: PermitCaseID, _ why: String, _ look: Look, _ site: SiteStore, _ transaction: Transaction
  ) throws -> (pushes: [PushID], kept: [ExchangeID]) {
    let all = try site.permits.erase(id, in: transaction, now: .now()) ?? []
    let pushes = try all.map { try site.pushes.require($0, transaction) }.filter { $0.duplicateOf == nil }
    let erasure = try PushErasure(
      of: pushes, content: true, receipt: true, alsoHeld: false, site, transaction)
    let (exchanges, kept) = try PushErasure.eraseSaid(of: pushes.map(\.id), site, transaction)
    try site.audit.record(
      look.entry(
        .erase, reason: why,
        revealed: ["permits[\(id)]"] + erasure.erased.map { "pushes[\($0)]" }
          + exchanges.map { "exchanges[\($0)]" }), in: transaction)
    return (erasure.erased, kept)
  }
}
