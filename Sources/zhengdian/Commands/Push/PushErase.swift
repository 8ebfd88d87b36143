import Access
import Documents
import Exchanges
import Journal
import Pushing
import SQLDatabase

/// `push erase`: destroys what was handed in, for somebody who has a right to it.
enum PushErase {
  private static let held = CommandOption<Bool>.flag("held", "Also what a replay is still to hand in again.")

  static let command = Command(
    "erase", "Destroys what was handed in and answered; that it was handed in, and its digests, stay.",
    details: """
      The record, the message, the attachments, the receipt, what was said in every exchange by which it was
      sent, and what the platform answered about it. Answers on which certificates rest stay, and are named. It stays listed, and the same again is still its duplicate; nobody can read or repeat it. A push that
      is not decided is never erased. Who did it and why is recorded in the access audit in the same
      transaction. Backups hold it until they end.
      """,
    options: [ExchangeErase.reason, Look.operator, held], positionals: [PushCommands.id]
  ) { invocation in
    let id = try PushCommands.id(invocation)
    let why = try ExchangeErase.why(invocation)
    let look = try Look(erasing: invocation)
    let alsoHeld = invocation[held]
    return try await SiteStore.use(try SiteFile.read(invocation), invocation.environment) { site in
      let (exchanges, kept) = try await site.database.write { transaction in
        let push = try site.pushes.require(id, transaction)
        guard push.duplicateOf == nil else {
          throw CommandFailure(
            .failure,
            "push \(id) is a duplicate of \(push.duplicateOf?.description ?? ""), which has what was handed in",
            remedy: "erase that one")
        }
        let erasure = try PushErasure(
          of: [push], content: true, receipt: true, alsoHeld: alsoHeld, site, transaction)
        let (exchanges, kept) = try PushErasure.eraseSaid(of: [id], site, transaction)
        try site.audit.record(
          look.entry(
            .erase, reason: why,
            revealed: erasure.erased.map { "pushes[\($0)]" } + exchanges.map { "exchanges[\($0)]" }),
          in: transaction)
        return (exchanges, kept)
      }
      if invocation.wantsJSON {
        invocation.output.json {
          $0.member("push", id.rawValue)
          PushErasure.write("erasedExchanges", exchanges.map(\.rawValue), to: &$0)
          PushErasure.write("keptExchanges", kept.map(\.rawValue), to: &$0)
        }
      } else {
        invocation.output.line(
          "what was handed in as push \(id) is erased"
            + (exchanges.isEmpty ? "" : ", with what was said in exchange \(PushErasure.list(exchanges))"))
      }
      PushErasure.tell(kept: kept, on: invocation.errors)
      return try await Erasure.emptyLog(of: site.database, invocation)
    }
  }
}
