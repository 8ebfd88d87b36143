import Access
import CivilTime
import Exchanges
import Gateway
import Journal

/// `exchange export`: exchanges, or a span of the chain, as a package that proves itself, for an auditor or a court.
enum ExchangeExport {
  private static let id = Positional(
    "ID", "The number of an exchange.", isRequired: false, isRepeated: true)
  private static let entries = CommandOption<String>.text(
    "entries", "FIRST..LAST", "In place of exchanges: these entries of the chain.")
  private static let since = CommandOption<Timestamp>.moment(
    "since", "In place of exchanges: what happened then or later; a date begins in China.")
  private static let until = CommandOption<Timestamp>.moment("until", "What happened before.")
  private static let platform = CommandOption<String>.text(
    "platform", "NAME", "Of the entries only this platform's; the others are digests.")
  private static let operation = CommandOption<String>.text(
    "operation", "NAME", "Only this operation of the platform.")
  private static let open = CommandOption<Bool>.flag(
    "open", "Give in clear what was said, too; needs --purpose and --operator.")

  static let command = Command(
    "export",
    "Writes exchanges, or a span of the chain, as a package that 'journal verify FILE' checks anywhere.",
    details: """
      One JSON object a line, on standard output: the entries of the chain from the first exchange to
      the first checkpoint behind the last one. Other exchanges in between are digests only. Without
      --open the contents are ciphertext. With it they are there in clear as well: that is other
      people's data, and it is recorded in the access audit before anything is written.
      With --entries, --since or --until it is everything of that span, of any length; whoever checks it
      sees that nothing in between is missing.
      """,
    options: [entries, since, until, platform, operation, open, Look.purpose, Look.operator],
    positionals: [id]
  ) { invocation in
    let choice = try Choice(invocation)
    let configuration = try SiteFile.read(invocation)
    let opening = invocation[open]
    let look = opening ? try Look(invocation, configuration, mustReveal: true) : nil
    return try await SiteStore.use(configuration, invocation.environment) { site in
      let output = invocation.output
      let write: @Sendable ([UInt8]) throws -> Void = { line in
        // Nobody reads any more: the rest would be opened for nothing.
        guard output.isOpen else { throw CancellationError() }
        output.write(line + [0x0A])
      }
      do {
        switch choice {
        case .exchanges(let ids):
          try await look?.record(
            .evidence,
            revealed: ids.flatMap { id in
              ["request", "response", "problem"].map { "exchanges[\(id)].\($0)" }
            },
            in: site.audit)
          _ = try await site.journal.export(ids, opening: opening, write: write)
        case .span(let span):
          let range = try await span.range(in: site.journal)
          try await look?.record(.evidence, revealed: [Self.word(range)], in: site.audit)
          _ = try await site.journal.export(range, opening: opening, write: write)
        }
      } catch is CancellationError where !output.isOpen {
        return .done
      }
      return .done
    }
  }

  /// How the audit names what was shown.
  private static func word(_ range: JournalRange) -> String {
    let place = [range.platform, range.operation].compactMap(\.self).joined(separator: "/")
    return "journal[\(range.entries.lowerBound)..\(range.entries.upperBound)]"
      + (place.isEmpty ? "" : ".\(place)")
  }

  private enum Choice: Sendable {
    case exchanges([ExchangeID])
    case span(Span)

    init(_ invocation: Invocation) throws {
      let ids = try invocation[id].map { word throws(UsageError) in
        guard let number = Int64(word), number > 0 else {
          throw UsageError("ID is the number of an exchange, as 'zhengdian exchange list' shows it")
        }
        return ExchangeID(number)
      }
      let span = try Span(invocation)
      guard ids.isEmpty != (span == nil) else {
        throw UsageError("say which: the numbers of exchanges, or --entries, or --since and --until")
      }
      if let span {
        self = .span(span)
      } else {
        guard invocation[platform] == nil, invocation[operation] == nil else {
          throw UsageError("--platform and --operation go with --entries, --since and --until")
        }
        self = .exchanges(ids)
      }
    }
  }

  private struct Span: Sendable {
    let entries: ClosedRange<Int64>?
    let since: Timestamp?
    let until: Timestamp?
    let platform: String?
    let operation: String?

    /// nil where nothing of a span was said.
    init?(_ invocation: Invocation) throws {
      entries = try invocation[ExchangeExport.entries].map { text throws(UsageError) in
        let ends = text.split(separator: ".", omittingEmptySubsequences: false)
        guard ends.count == 3, ends[1].isEmpty, let first = Int64(ends[0]), let last = Int64(ends[2]),
          first > 0,
          first <= last
        else { throw UsageError("--entries takes FIRST..LAST, as 1..5000") }
        return first...last
      }
      since = invocation[ExchangeExport.since]
      until = invocation[ExchangeExport.until]
      platform = invocation[ExchangeExport.platform]
      operation = invocation[ExchangeExport.operation]
      if operation != nil, platform == nil {
        throw UsageError("--operation needs --platform: operations are named within their platform")
      }
      guard entries != nil || since != nil || until != nil else { return nil }
      guard entries == nil || since == nil && until == nil else {
        throw UsageError("--entries does not go with --since and --until")
      }
    }

    func range(in journal: Journal) async throws -> JournalRange {
      var found = entries
      if found == nil { found = try await journal.entries(since: since, until: until) }
      guard let found else {
        throw CommandFailure(.failure, "the journal has no entry of that time")
      }
      return JournalRange(found, platform: platform, operation: operation)
    }
  }
}
