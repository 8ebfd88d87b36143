import Adapters
import CivilTime
import Documents
import Exchanges

/// What one live call asked, what came back, and what became of its rows. The request is the journal's, without secrets.
struct AdapterTryReport {
  let id: ExchangeID
  let exchange: Exchange
  let facts: PageFacts
  /// Whether this page is all of its window.
  let isComplete: Bool
  let records: MappingTryReport

  func write(to output: Output) {
    output.line(
      "\(output.paint("request", .bold))   \(exchange.method) \(TerminalText.safe(exchange.address))")
    for header in exchange.requestHeaders {
      output.line("          \(TerminalText.safe("\(header.name): \(header.value)"))")
    }
    if !exchange.requestBody.isEmpty { output.line("          \(TerminalText.safe(requestBody))") }
    output.line(
      "\(output.paint("response", .bold))  \(exchange.status.map(String.init) ?? "none"), "
        + "\(exchange.responseBody.count) bytes in \(milliseconds) ms, exchange \(id)")
    output.line(
      "\(output.paint("rows", .bold))      \(facts.rows) in this page, "
        + "\(facts.total.map { "\($0) in all" } ?? "no total declared"); "
        + (isComplete ? "nothing is left" : "more pages follow"))
    output.line()
    records.write(to: output)
  }

  func writeJSON(to output: Output) {
    output.json { writer in
      writer.member("exchange", id.rawValue)
      writer.member("method", exchange.method)
      writer.member("address", exchange.address)
      writer.member("headers") { writer in
        writer.array { writer in
          for header in exchange.requestHeaders {
            writer.object {
              $0.member("name", header.name)
              $0.member("value", header.value)
            }
          }
        }
      }
      writer.member("body", requestBody)
      writer.member("status", exchange.status)
      writer.member("bytes", exchange.responseBody.count)
      writer.member("milliseconds", milliseconds)
      writer.member("rows", facts.rows)
      writer.member("total", facts.total)
      writer.member("complete", isComplete)
    }
    records.writeJSON(to: output)
  }

  private var requestBody: String { String(decoding: exchange.requestBody, as: UTF8.self) }

  private var milliseconds: Int64 {
    guard let sent = exchange.sent, let received = exchange.received else { return 0 }
    return Int64(received.milliseconds(since: sent))
  }
}
