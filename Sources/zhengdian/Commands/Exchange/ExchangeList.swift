import GatewayAPI
import CivilTime
import Documents
import Exchanges
import Journal

/// `exchange list`: exchanges, newest first. Opens nothing, so nobody's data is in it.
enum ExchangeList {
  static let platform = CommandOption<String>.text("platform", "NAME", "Only with this platform.")
  static let operation = CommandOption<String>.text(
    "operation", "NAME", "Only this operation of the platform.")
  static let outcome = CommandOption<Outcome>.choice("outcome", "Only those that ended so.")
  static let errorClass = CommandOption<ErrorClass>.choice("class", "Only those with trouble of this class.")
  static let request = CommandOption<String>.text(
    "request", "ID", "Only those of one call or run, by its request id.")
  static let parent = CommandOption<Int>.integer(
    "parent", "ID", in: 1...Int.max, "Only those that repeat or continue this exchange.")
  static let since = CommandOption<Timestamp>.moment(
    "since", "Recorded then or later; a date begins in China.")
  static let until = CommandOption<Timestamp>.moment("until", "Recorded before.")
  static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the exchange that was listed last.")

  static let command = Command(
    "list", "Exchanges, newest first.",
    details: "Addresses are outlines: what may name a person is left out and stands sealed in the journal.",
    options: [platform, operation, outcome, errorClass, request, parent, since, until, limit, after]
  ) { invocation in
    if invocation[operation] != nil, invocation[platform] == nil {
      throw UsageError("--operation needs --platform: operations are named within their platform")
    }
    let filter = ExchangeFilter(
      platform: invocation[platform], operation: invocation[operation], outcome: invocation[outcome],
      problemClass: invocation[errorClass], parent: invocation[parent].map { ExchangeID(Int64($0)) },
      requestID: invocation[request], since: invocation[since], until: invocation[until],
      after: invocation[after].map { ExchangeID(Int64($0)) }, limit: invocation[limit] ?? 50)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.journal.list(filter)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for exchange in found { lines.object { ExchangeWriter.writeMembers(exchange, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        ExchangeView.table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == filter.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }
}
