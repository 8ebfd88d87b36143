import Access
import Certificates
import CivilTime
import Documents
import Registry

/// `audit list`: looks at papers, newest first. What was looked for is kept as digests only, so it cannot be
/// shown.
enum AuditList {
  private static let consumer = CommandOption<String>.text(
    "consumer", "NAME", "Only by this consumer; people here are 'command-line'.")
  private static let purpose = CommandOption<String>.text("purpose", "NAME", "Only for this purpose.")
  private static let `operator` = CommandOption<String>.text(
    "operator", "NAME", "Only on behalf of this one.")
  private static let certificate = CommandOption<String>.text(
    "certificate", "ID", "Only looks at this certificate.")
  private static let since = CommandOption<Timestamp>.moment(
    "since", "Looked then or later; a date begins in China.")
  private static let until = CommandOption<Timestamp>.moment("until", "Looked before.")
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  private static let after = CommandOption<Int>.integer(
    "after", "ID", in: 1...Int.max, "Goes on behind the look that was listed last.")

  static let command = Command(
    "list", "Looks at papers, newest first: who, when, what for, and what was shown whole.",
    details: """
      Certificates stand with their opaque ids. What was looked for is not shown: the audit keeps
      keyed digests of it. A row that does not open ends the list with an error.
      """,
    options: [consumer, purpose, `operator`, certificate, since, until, limit, after]
  ) { invocation in
    let certificate = try invocation[certificate].map { try CertificateCommands.id($0) }
    let filter = AccessFilter(
      since: invocation[since], until: invocation[until], consumer: invocation[consumer],
      purpose: invocation[purpose], operator: invocation[`operator`], certificate: certificate,
      after: invocation[after].map { Int64($0) }, limit: invocation[limit] ?? 50, isNewestFirst: true)
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let found = try await site.audit.list(filter)
      if invocation.wantsJSON {
        var lines = JSONLines(invocation.output)
        for look in found { lines.object { write(look, to: &$0) } }
        lines.flush()
      } else if !found.isEmpty {
        table(of: found).write(to: invocation.output)
      }
      if let last = found.last, found.count == filter.limit {
        invocation.errors.line("there may be more: --after \(last.id)")
      }
      return .done
    }
  }

  private static func table(of looks: [AccessRecord]) -> TextTable {
    var table = TextTable(
      "ID", "TIME", "CONSUMER", "OPERATOR", "PURPOSE", "ACTION", "OUTCOME", "HITS", "SHOWN WHOLE",
      "CERTIFICATES")
    for look in looks {
      let entry = look.entry
      table.row(
        "\(look.id)", entry.time.iso8601, entry.consumer, entry.operator, entry.purpose,
        entry.action.rawValue,
        entry.outcome.rawValue, "\(entry.hits)", entry.revealed.joined(separator: " "),
        shortened(entry.certificates.map(\.rawValue)))
    }
    return table
  }

  /// An export may have shown thousands.
  private static func shortened(_ ids: [String]) -> String {
    let shown = ids.prefix(3).joined(separator: " ")
    return ids.count > 3 ? "\(shown) and \(ids.count - 3) more" : shown
  }

  private static func write(_ look: AccessRecord, to writer: inout JSONWriter) {
    let entry = look.entry
    writer.member("id", look.id)
    writer.member("time", entry.time.iso8601)
    writer.member("consumer", entry.consumer)
    writer.member("operator", entry.operator)
    writer.member("purpose", entry.purpose)
    writer.member("item", entry.item)
    writer.member("action", entry.action.rawValue)
    writer.member("outcome", entry.outcome.rawValue)
    writer.member("code", entry.code)
    writer.member("hits", entry.hits)
    writer.member("certificates", entry.certificates.map(\.rawValue))
    writer.member("revealed", entry.revealed)
    if let reason = entry.reason { writer.member("reason", reason) }
    writer.member("requestId", entry.requestID)
  }
}
