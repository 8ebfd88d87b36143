import Adapters
import CivilTime
import Documents
import Exchanges

/// What one live call asked, what came back, and what became of its rows. The request is the journal's, without secrets.
struct AdapterTryReport {
  struct Page {
    let facts: PageFacts
    /// Whether this page is all of its window.
    let isComplete: Bool
    let records: MappingTryReport
  }

  let id: ExchangeID
  let exchange: Exchange
  /// How the answer is wrapped; nil for that of a token, of which nothing is shown.
  let envelope: Envelope?
  /// Nil where the platform did not give one.
  let page: Page?

  func write(_ invocation: Invocation) {
    if invocation.wantsJSON { writeJSON(to: invocation.output) } else { write(to: invocation.output) }
  }

  private func write(to output: Output) {
    output.line(
      "\(output.paint("request", .bold))   \(exchange.method) \(TerminalText.safe(exchange.address))")
    for header in exchange.requestHeaders {
      output.line("          \(TerminalText.safe("\(header.name): \(header.value)"))")
    }
    if !exchange.requestBody.isEmpty { output.line("          \(TerminalText.safe(requestBody))") }
    output.line(
      "\(output.paint("response", .bold))  \(exchange.status.map(String.init) ?? "none"), "
        + "\(exchange.responseBody.count) bytes in \(milliseconds) ms, exchange \(id)")
    if let outline { output.line("          \(TerminalText.safe(outline))") }
    guard let page else { return }
    output.line(
      "\(output.paint("rows", .bold))      \(page.facts.rows) in this page, "
        + "\(page.facts.total.map { "\($0) in all" } ?? "no total declared"); "
        + (page.isComplete ? "nothing is left" : "more pages follow"))
    output.line()
    page.records.write(to: output)
  }

  private func writeJSON(to output: Output) {
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
      writer.member("outline", outline)
      writer.member("rows", page?.facts.rows)
      writer.member("total", page?.facts.total)
      writer.member("complete", page?.isComplete)
    }
    page?.records.writeJSON(to: output)
  }

  private var outline: String? {
    envelope.flatMap { AnswerOutline.text(of: exchange.responseBody, $0) }
  }

  private var requestBody: String { String(decoding: exchange.requestBody, as: UTF8.self) }

  private var milliseconds: Int64 {
    guard let sent = exchange.sent, let received = exchange.received else { return 0 }
    return Int64(received.milliseconds(since: sent))
  }
}
