import Access
import CivilTime
import Documents
import Gateway
import GatewayAPI
import Supply

/// `supply connected`: notes that the customer has electricity.
enum SupplyConnected {
  private static let at = CommandOption<Timestamp>.moment(
    "at", "When the customer had electricity; a date begins in China.")
  private static let contract = CommandOption<String>.text(
    "contract", "NUMBER", "The utility's own number of a contract.", isRepeated: true)

  static let command = Command(
    "connected", "Notes that the customer is connected, and has the archive looked through.",
    details: """
      'serve' looks through the archive at once, and until it is whole; the change feed says supply.archived, or
      supply.incomplete with what is missing. The same once more is one note; another stands in for it, and both
      stay. It is recorded in the access audit who noted it.
      """,
    options: [at, contract, Look.operator], positionals: [SupplyShow.id]
  ) { invocation in
    let id = try SupplyShow.id(invocation)
    guard let moment = invocation[at] else { throw UsageError("--at is needed: when it was") }
    let contracts = invocation.arguments.all(contract)
    let name = try Look.operatorName(invocation[Look.operator], invocation.environment)
    return try await Site.with(invocation) { site in
      let audit = site.gateway.audit
      let entry = Look.decision(.connectSupply, by: name, on: "supply-\(id)")
      let standing = try await SupplyCommands.failing {
        try await site.supplying.archivist.connected(id, at: moment, contracts: contracts, now: .now()) {
          try audit.record(entry, in: $0)
        }
      }
      if invocation.wantsJSON {
        invocation.output.json { ArchiveWriter.writeMembers(standing, of: id, to: &$0) }
      } else {
        invocation.output.line(
          "application \(id) is connected since \(moment.iso8601); its archive has to be whole before "
            + (standing.due?.iso8601 ?? "a moment that nobody can tell: a calendar is missing"))
      }
      return .done
    }
  }
}
