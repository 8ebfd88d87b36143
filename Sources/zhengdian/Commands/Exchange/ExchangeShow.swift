import Access
import Crypto
import Documents
import Exchanges
import Gateway
import GatewayAPI
import Journal
import Registry

/// `exchange show`: one exchange, and on demand what was said.
enum ExchangeShow {
  private static let id = Positional("ID", "The number of the exchange.")
  static let bodies = CommandOption<Bool>.flag(
    "bodies", "Show what was said, raw and whole; needs --purpose and --operator.")

  private static let mostRows = 10_000

  static let command = Command(
    "show", "One exchange: when, how it ended, digests, and why rows of it gave no record.",
    details: """
      --bodies shows address, headers and bodies of both sides and the text of a problem as they
      crossed the border, less the secrets. That is other people's data: it is recorded in the
      access audit before it is shown. In JSON a body that is not UTF-8 is Base64.
      """,
    options: [bodies, Look.purpose, Look.operator], positionals: [id]
  ) { invocation in
    guard let number = Int64(invocation[id][0]), number > 0 else {
      throw UsageError("ID is the number of an exchange, as 'zhengdian exchange list' shows it")
    }
    let id = ExchangeID(number)
    let configuration = try SiteFile.read(invocation)
    let look = invocation[bodies] ? try Look(invocation, configuration, mustReveal: true) : nil
    return try await SiteStore.use(configuration, invocation.environment) { site in
      guard let summary = try await site.journal.summary(id) else {
        throw CommandFailure(.failure, "there is no exchange \(id)")
      }
      let rows = try await site.registry.quarantined(exchange: id, limit: mostRows)
      var exchange: Exchange?
      if let look {
        exchange = try await site.journal.exchange(id)
        try await look.record(
          .evidence, revealed: ["exchanges[\(id)].request", "exchanges[\(id)].response"], in: site.audit)
      }
      if invocation.wantsJSON {
        invocation.output.json { writer in
          ExchangeWriter.writeMembers(summary, to: &writer)
          ExchangeQuarantine.write(rows, to: &writer)
          if let exchange { write(exchange, to: &writer) }
        }
      } else {
        ExchangeView.write(summary, to: invocation.output)
        ExchangeQuarantine.write(rows, to: invocation.output)
        if let exchange { write(exchange, to: invocation.output) }
      }
      return .done
    }
  }

  private static func write(_ exchange: Exchange, to writer: inout JSONWriter) {
    writer.member("fullAddress", exchange.address)
    write(exchange.requestHeaders, exchange.requestBody, as: "request", to: &writer)
    write(exchange.responseHeaders, exchange.responseBody, as: "response", to: &writer)
    if let problem = exchange.problem {
      writer.member("problemText", problem.message)
      writer.member("remedy", problem.remedy)
    }
  }

  private static func write(
    _ headers: [ExchangeHeader], _ body: [UInt8], as side: String, to writer: inout JSONWriter
  ) {
    writer.member("\(side)Headers") { writer in
      writer.array { writer in
        for header in headers {
          writer.object {
            $0.member("name", header.name)
            $0.member("value", header.value)
          }
        }
      }
    }
    if let text = String(validating: body, as: UTF8.self) {
      writer.member("\(side)Body", text)
    } else {
      writer.member("\(side)BodyBase64", Base64.encode(body))
    }
  }

  private static func write(_ exchange: Exchange, to output: Output) {
    if let problem = exchange.problem { output.line(TerminalText.safe("\n\(problem)")) }
    output.line("\n\(output.paint("request", .bold))")
    output.line(TerminalText.safe("\(exchange.method) \(exchange.address)"))
    write(exchange.requestHeaders, exchange.requestBody, to: output)
    output.line("\n\(output.paint("response", .bold))")
    write(exchange.responseHeaders, exchange.responseBody, to: output)
  }

  private static func write(_ headers: [ExchangeHeader], _ body: [UInt8], to output: Output) {
    for header in headers { output.line(TerminalText.safe("\(header.name): \(header.value)")) }
    output.line()
    guard let text = String(validating: body, as: UTF8.self) else {
      output.line("(\(body.count) bytes that are not UTF-8; --json gives them as Base64)")
      return
    }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      output.line(TerminalText.safe(String(line)))
    }
  }
}
