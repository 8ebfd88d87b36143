import CivilTime
import Documents
import Exchanges
import Registry

/// `exchange quarantine`: rows that gave no record, and why. Reasons hold no value of the row.
enum ExchangeQuarantine {
  private static let limit = CommandOption<Int>.integer(
    "limit", "NUMBER", in: 1...100_000, "At most so many; 50 if not given.")
  private static let settled = CommandOption<Int>.integer(
    "settled", "ID", in: 1...Int.max, "Take out the rows of this exchange: they have been seen to.")

  static let command = Command(
    "quarantine", "Rows that gave no record, newest first, with every reason.",
    details: """
      A row that says the same again stands there once, with the exchange it came with last. It
      leaves by itself when it gives a record: with a mended mapping, import the message again
      ('sync --from'). Where the platform has corrected the row, --settled takes it out.
      No value of a row is shown; 'exchange show --bodies' shows what was said.
      """,
    options: [ExchangeList.platform, ExchangeList.operation, limit, settled]
  ) { invocation in
    if invocation[ExchangeList.operation] != nil, invocation[ExchangeList.platform] == nil {
      throw UsageError("--operation needs --platform: operations are named within their platform")
    }
    let configuration = try SiteFile.read(invocation)
    return try await SiteStore.use(configuration, invocation.environment) { site in
      if let id = invocation[settled] {
        let count = try await site.registry.settleQuarantine(of: ExchangeID(Int64(id)))
        if invocation.wantsJSON {
          invocation.output.json { $0.member("settled", count) }
        } else {
          invocation.output.line("\(count) rows of exchange \(id) taken out")
        }
        return .done
      }
      let most = invocation[limit] ?? 50
      let rows = try await site.registry.quarantined(
        platform: invocation[ExchangeList.platform], operation: invocation[ExchangeList.operation],
        limit: most)
      try await show(rows, site, invocation)
      if rows.count == most { invocation.errors.line("there may be more: --limit") }
      return .done
    }
  }

  private static func show(
    _ rows: [QuarantineEntry], _ site: SiteStore, _ invocation: Invocation
  ) async throws {
    var names: [DefinitionID: String] = [:]
    for id in Set(rows.map(\.mapping)) {
      let definition = try await site.registry.definition(id)
      names[id] = "\(definition.name)@\(definition.version)"
    }
    guard invocation.wantsJSON else {
      for row in rows {
        invocation.output.line(
          TerminalText.safe(
            "exchange \(row.exchange)  \(row.platform)/\(row.operation)  \(row.locator)  "
              + "\(names[row.mapping] ?? "")  received \(row.received.iso8601)"))
        write(row.reasons, to: invocation.output)
      }
      return
    }
    var lines = JSONLines(invocation.output)
    for row in rows {
      lines.object {
        $0.member("exchange", row.exchange.rawValue)
        $0.member("platform", row.platform)
        $0.member("operation", row.operation)
        $0.member("locator", row.locator.path)
        $0.member("mapping", names[row.mapping])
        $0.member("reasons", row.reasons)
        $0.member("received", row.received.iso8601)
      }
    }
    lines.flush()
  }

  /// The rows of one exchange, for people.
  static func write(_ rows: [QuarantineEntry], to output: Output) {
    guard !rows.isEmpty else { return }
    output.line("\n\(output.paint("quarantined rows", .bold))")
    for row in rows {
      output.line(TerminalText.safe(row.locator.path))
      write(row.reasons, to: output)
    }
  }

  static func write(_ rows: [QuarantineEntry], to writer: inout JSONWriter) {
    writer.member("quarantined") { writer in
      writer.array { writer in
        for row in rows {
          writer.object {
            $0.member("locator", row.locator.path)
            $0.member("reasons", row.reasons)
          }
        }
      }
    }
  }

  private static func write(_ reasons: [String], to output: Output) {
    for reason in reasons { output.line(TerminalText.safe("    \(reason)")) }
  }
}
